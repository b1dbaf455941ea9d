from datetime import timedelta

from kit.due import Lane, due
from practice import enquiries


@due(every=timedelta(hours=1), lane=Lane.UPKEEP)
def delete_old_enquiries() -> int:
    return enquiries.delete_old_enquiries()
