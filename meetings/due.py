from datetime import timedelta

from kit.due import Lane, due
from meetings import privacy

forget_presences = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_presences)
