"""What the books found is kept, so that a person can say that it is seen, and the rest is told until then."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from orders.books import books
from orders.books.books import Finding
from orders.models import BooksFinding

SEEN = "seen"


class SeenAlready(Exception):
    """Somebody was quicker, or it is not there any more."""


def check_rows() -> int:
    """Asks every rule of the rows, and keeps what it finds; Stripe is not asked. Returns how many nobody has seen.

    A document that was proved before is not read again, so that it costs the same in ten years.
    """
    rules = [*books.RULES, *books.LOSSES]
    keep([each for rule in rules for each in books.findings_of(rule, anew=False)], of=rules)
    return BooksFinding.objects.present().unseen().count()


@transaction.atomic
def keep(found: Iterable[Finding], *, of: Collection[str]) -> None:
    """What these rules find now. What they find no more goes; if it was seen, it stays seen, should it come again."""
    of_rules = BooksFinding.objects.filter(rule__in=of)
    here = {(each.rule, each.about, each.words): each for each in of_rules}
    now = {_key(each): each for each in found}
    new = [BooksFinding(rule=key[0], about=key[1], words=key[2], is_loss=key[0] in books.LOSSES) for key in now]
    BooksFinding.objects.bulk_create([each for each in new if _key(each) not in here], ignore_conflicts=True)
    gone = [row.pk for key, row in here.items() if key not in now]
    again = [row.pk for key, row in here.items() if key in now and not row.is_present]
    of_rules.unseen().filter(pk__in=gone).delete()
    of_rules.filter(pk__in=gone).update(is_present=False)
    of_rules.filter(pk__in=again).update(is_present=True)


def unseen(found: Iterable[Finding]) -> list[Finding]:
    """Those that nobody has said to have seen."""
    seen = set(BooksFinding.objects.exclude(seen_at=None).values_list("rule", "about", "words"))
    return [each for each in found if _key(each) not in seen]


def in_words(found: Sequence[Finding], *, unseen: Sequence[Finding]) -> Iterator[str]:
    """For the terminal: a line for each that is not seen, and one for the rest."""
    for each in unseen:
        yield f"{each.about}: {each.words}."
    if seen := len(found) - len(unseen):
        yield f"{seen} more {'was' if seen == 1 else 'were'} seen by a person, with a reason."


@transaction.atomic
def mark_seen(finding: BooksFinding, *, by: User, because: str) -> None:
    """It may stand, for that reason. Raises SeenAlready."""
    locked = BooksFinding.objects.select_for_update().filter(pk=finding.pk, seen_at=None).first()
    if locked is None:
        raise SeenAlready
    locked.seen_at, locked.seen_by, locked.seen_because = timezone.now(), by, because
    locked.save(update_fields=["seen_at", "seen_by", "seen_because"])
    audit.record(locked, after=SEEN, reason=because)


def _key(each: Finding | BooksFinding) -> tuple[str, str, str]:
    return each.rule, each.about[:120], each.words[:300]
