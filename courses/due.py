from datetime import timedelta

from courses import interest, reminders
from courses.seats import waiting_offers
from kit.due import due

remind = due(every=timedelta(minutes=1))(reminders.remind)
offer_everywhere = due(every=timedelta(minutes=1))(waiting_offers.offer_everywhere)
tell_of_new_workshops = due(every=timedelta(minutes=1))(interest.tell_of_new_workshops)
