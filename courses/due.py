from datetime import timedelta

from courses import reminders
from kit.due import due

remind = due(every=timedelta(minutes=1))(reminders.remind)
