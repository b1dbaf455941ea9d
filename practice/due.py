from datetime import timedelta

from kit.due import due
from practice import enquiries


@due(every=timedelta(hours=1))
def delete_old_enquiries() -> int:
    return enquiries.delete_old_enquiries()
