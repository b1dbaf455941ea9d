from datetime import timedelta

from courses import interest, privacy, reminders
from courses.models import Course
from courses.seats import series_offers, waiting_offers
from kit.texts.cover_art import paper_of
from kit.work.due import Lane, due
from pictures.cards import draw_cards
from practice.models import Practice

remind = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(reminders.remind)
offer_everywhere = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(waiting_offers.offer_everywhere)
offer_series_everywhere = due(every=timedelta(seconds=10), lane=Lane.UPKEEP)(series_offers.offer_everywhere)
tell_of_new_workshops = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(interest.tell_of_new_workshops)
forget_access_needs = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_access_needs)
forget_who_waited = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_who_waited)
forget_interest = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_interest)


@due(every=timedelta(minutes=1), lane=Lane.UPKEEP)
def draw_course_cards() -> int:
    published = Course.objects.published().only("title", "slug", "cover_paper")
    return draw_cards(published, name=Practice.current().name, of=("cover_paper",), paper=_paper)


def _paper(course: Course) -> str:
    return paper_of(course.slug, course.cover_paper)
