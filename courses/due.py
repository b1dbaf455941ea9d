from datetime import timedelta

from courses import offers, reminders
from kit.due import due

remind = due(every=timedelta(minutes=1))(reminders.remind)
offer_everywhere = due(every=timedelta(minutes=1))(offers.offer_everywhere)
