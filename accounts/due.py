from datetime import timedelta

from accounts import proof, sessions
from kit.due import due

end_unproved_accounts = due(every=timedelta(minutes=10))(proof.end_unproved_accounts)
end_unproved_addresses = due(every=timedelta(hours=1))(proof.end_unproved_addresses)
delete_ended_sessions = due(every=timedelta(hours=1))(sessions.delete_ended_sessions)
forget_ended_sessions = due(every=timedelta(days=1))(sessions.forget_ended_sessions)
