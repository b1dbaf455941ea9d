"""What the desk writes to people of a workshop in its own words."""

from dataclasses import dataclass, replace
from typing import Any

from courses.models import Workshop
from orders.mails.about import sessions_with_times
from outbox.post import Words, queue_message, words_of
from practice.models import Practice

TEMPLATE = "orders/announcement"
FOR_ONESELF = "[For you alone] "


@dataclass(frozen=True)
class Letter:
    """The words as one person reads them."""

    workshop: Workshop
    subject: str
    text: str
    link: str
    is_to_buyer: bool

    @property
    def context(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("workshop", "subject", "text", "link", "is_to_buyer")}


def tell(letter: Letter, *, to: str, key: str, about: str = "") -> None:
    reply_to = Practice.current().email
    queue_message(key=key, about=about, to=to, template=TEMPLATE, context=letter.context, reply_to=reply_to)


def tell_oneself(letter: Letter, *, to: str, key: str) -> None:
    """As it will look, to whoever is writing it."""
    tell(replace(letter, subject=FOR_ONESELF + letter.subject), to=to, key=key)


def as_sent(letter: Letter) -> Words:
    return words_of(TEMPLATE, letter.context)


def times_in_words(workshop: Workshop, zone: str) -> str:
    """A line for each session and clock: `Friday 5 March 2027, London: 10:00 to 16:00 GMT`."""
    lines = [
        f"{place.day}, {place.city}: {place.hours} {place.zone_words}"
        for _, times in sessions_with_times(workshop, zone)
        for place in times
    ]
    return "\n".join(lines) or "no date at present"
