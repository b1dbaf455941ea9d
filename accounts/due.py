from datetime import timedelta

from accounts import binning, privacy, proof, sessions, tries
from kit.work.due import Lane, due

end_unproved_accounts = due(every=timedelta(minutes=10), lane=Lane.UPKEEP)(proof.end_unproved_accounts)
end_unproved_addresses = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(proof.end_unproved_addresses)
delete_ended_sessions = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(sessions.delete_ended_sessions)
forget_ended_sessions = due(every=timedelta(days=1), lane=Lane.UPKEEP)(sessions.forget_ended_sessions)
forget_ended_counts = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(tries.forget_ended_counts)
forget_log = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_log)
forget_audit = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_audit)
end_binned = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(binning.end_binned)
