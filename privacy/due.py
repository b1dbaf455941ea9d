from datetime import timedelta

from kit.work.due import Lane, due
from privacy import ended_places

forget_ended_places = due(every=timedelta(days=1), lane=Lane.UPKEEP)(ended_places.forget_ended_places)
