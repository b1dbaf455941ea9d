"""Which cards are to be drawn: those whose page has another title, paper or practice than when it was drawn."""

from collections.abc import Callable

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Concat

from kit.work.rounds import do_for_each, in_any_order
from pictures.card_art import draw_card
from pictures.files import write_file
from pictures.models import SharingCard

DRAWING = 1  # one more whenever the same words are drawn in another way
DEFAULT_PAPER = "paper"
PaperOf = Callable[[SharingCard], str]


def draw_cards(rows: QuerySet, *, name: str, title: str = "title", of: tuple[str, ...] = (), paper: PaperOf) -> int:
    """Of these rows. `title` is the column that the card shows, `of` are others that its colours come from."""
    wanted = drawn_from(name, title, *of)
    due = rows.annotate(wanted=wanted).exclude(card_drawn_from=F("wanted"))

    def draw(row: SharingCard) -> int:
        content = draw_card(title=getattr(row, title), name=name, paper=paper(row), seed=str(row.pk))
        card = write_file(content, ending="png")
        still = rows.model._base_manager.annotate(wanted=wanted).filter(pk=row.pk, wanted=row.wanted)
        return still.update(card=card, card_drawn_from=row.wanted)

    return do_for_each(in_any_order(due), draw)


def drawn_from(name: str, *columns: str) -> Concat:
    """What a card notes that it was drawn from: the practice's name, and these columns."""
    parts = [part for column in columns for part in (Value(" "), F(column))]
    return Concat(Value(f"{DRAWING} {name}"), *parts, output_field=CharField())
