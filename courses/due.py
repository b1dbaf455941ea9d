from datetime import timedelta

from courses import interest, reminders
from courses.seats import waiting_offers
from kit.due import Lane, due

remind = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(reminders.remind)
offer_everywhere = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(waiting_offers.offer_everywhere)
tell_of_new_workshops = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(interest.tell_of_new_workshops)
