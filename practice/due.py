from datetime import timedelta

from kit.work.due import Lane, due
from pictures.cards import DEFAULT_PAPER, draw_cards
from practice import enquiries, entered_hours, links
from practice.models import Practice


@due(every=timedelta(hours=1), lane=Lane.UPKEEP)
def delete_old_enquiries() -> int:
    return enquiries.delete_old_enquiries()


@due(every=timedelta(minutes=1), lane=Lane.UPKEEP)
def draw_practice_card() -> int:
    """For every page that has none of its own."""
    name = Practice.current().name
    return draw_cards(
        Practice.objects.only("name", "tagline"), name=name, title="tagline", paper=lambda row: DEFAULT_PAPER
    )


note_hours = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(entered_hours.note_hours)
gather_links = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(links.gather_links)
look_at_links = due(every=timedelta(minutes=5), lane=Lane.LINKS)(links.look_at_links)
