from datetime import timedelta

from kit.work.due import Lane, due
from learning import attendance, books, files, tellings
from learning.certificates import bundles, issuing

count_attendance = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(attendance.count_due)
count_what_changed = due(every=timedelta(minutes=10), lane=Lane.UPKEEP)(attendance.count_changed)
issue_recent_certificates = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(issuing.issue_recent)
issue_series_certificates = due(every=timedelta(minutes=10), lane=Lane.UPKEEP)(issuing.issue_wholes)
issue_certificates = due(every=timedelta(minutes=10), lane=Lane.UPKEEP)(issuing.issue_due)
make_bundles = due(every=timedelta(seconds=2), lane=Lane.UPKEEP)(bundles.make_bundles)
delete_old_bundles = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(bundles.delete_old_bundles)
tell_of_recordings = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(tellings.tell_of_recordings)
tell_of_ends = due(every=timedelta(minutes=10), lane=Lane.UPKEEP)(tellings.tell_of_ends)
tell_what_is_missing = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(tellings.tell_what_is_missing)
ask_for_feedback = due(every=timedelta(minutes=10), lane=Lane.UPKEEP)(tellings.ask_for_feedback)
sweep_files = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(files.sweep_files)
check_learning = due(every=timedelta(days=1), lane=Lane.UPKEEP)(books.check_rows)
