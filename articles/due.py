from datetime import timedelta

from articles import reports
from kit.due import Lane, due


@due(every=timedelta(hours=1), lane=Lane.UPKEEP)
def delete_old_error_reports() -> int:
    return reports.delete_old_reports()
