from datetime import timedelta

from kit.due import Lane, due
from learning import attendance

count_attendance = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(attendance.count_due)
