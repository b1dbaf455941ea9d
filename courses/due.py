from datetime import timedelta

from courses import interest, privacy, reminders
from courses.seats import waiting_offers
from kit.due import Lane, due

remind = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(reminders.remind)
offer_everywhere = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(waiting_offers.offer_everywhere)
tell_of_new_workshops = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(interest.tell_of_new_workshops)
forget_access_needs = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_access_needs)
forget_who_waited = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_who_waited)
forget_interest = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_interest)
