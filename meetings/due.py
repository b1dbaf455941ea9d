from datetime import timedelta

from kit.work.due import Lane, due
from meetings import events, privacy, registering, reports, syncing

cancel_registrants = due(every=timedelta(seconds=10), lane=Lane.ZOOM)(registering.cancel_registrants)
sync_meetings = due(every=timedelta(seconds=10), lane=Lane.ZOOM)(syncing.sync_meetings)
register_attendees = due(every=timedelta(seconds=10), lane=Lane.ZOOM)(registering.register_attendees)
check_meetings = due(every=timedelta(minutes=10), lane=Lane.ZOOM)(syncing.check_meetings)
read_reports = due(every=timedelta(minutes=5), lane=Lane.ZOOM)(reports.read_reports)
work_on_events = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(events.work_on_events)
forget_presences = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_presences)
forget_events = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_events)
