"""Where the site's texts lead: which addresses there are, and whether readers still find something there."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote, urldefrag, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from kit.desk.desk_pages import named
from kit.texts.links_out import sources
from kit.work.rounds import do_for_each
from practice import other_sites, shown
from practice.models import Link
from practice.old_addresses import address_now
from practice.other_sites import Answer
from practice.own_links import page_meant
from practice.redirects import spelled
from practice.standing_pages import is_taken, own_address

MOST_OWN, MOST_HOSTS = 200, 20  # of a round; of each host one address
OWN_AGAIN = timedelta(hours=1)
WHILE_ASKING = timedelta(hours=1)  # nobody else asks; and nothing was learnt where the worker was stopped
FOUND_AGAIN = timedelta(days=7)
FAILED_AGAIN = timedelta(days=1)
ANOTHER_DAY = timedelta(hours=20)  # since the first time in vain

ANOTHER_PAGE = "The page that was meant is gone, and another one is there now."
NO_PAGE = "There is no such page, or it is not shown."


def gather_links() -> int:
    """Makes a row for each address that a text leads to now, and forgets those that none does; returns how many.

    Of a page of ours it keeps which one is meant, for as long as a text leads there.
    """
    used = _addresses_in_use()
    known = {link.address: link for link in Link.objects.defer("answer")}
    unknown = used.keys() - known.keys()
    added = [Link(address=each, host=_host_of(each), used_in=used[each]) for each in sorted(unknown)]
    changed = [link for address, link in known.items() if address in used and link.used_in != used[address]]
    for link in changed:
        link.used_in = used[link.address]
    for link in (*added, *known.values()):
        if not link.host and link.page_id is None and (meant := page_meant(link.address)):
            link.page_model, link.page_id = meant
            changed += [link] if link.pk else []
    gone = [link.pk for address, link in known.items() if address not in used]
    with transaction.atomic():
        Link.objects.filter(pk__in=gone).delete()
        Link.objects.bulk_update(changed, ["used_in", "page_model", "page_id"], batch_size=200)
        Link.objects.bulk_create(added, batch_size=200, ignore_conflicts=True)
    return len(gone) + len(added)


def look_at_links() -> int:
    """Few at a time, and each host once in a round: nobody is troubled. Returns how many were looked at."""
    return do_for_each(_due(), _look_at)


def _addresses_in_use() -> dict[str, list[list]]:
    used: dict[str, list[list]] = {}
    for source in sources():
        for row, links in source():
            for address in dict.fromkeys(map(_address_of, links)):
                if address:
                    used.setdefault(address, []).append(list(named(row)))
    return used


def _address_of(link: str) -> str:
    """In one spelling, without the place within the page; empty for what is no address of a page."""
    own = own_address(link)
    address = urldefrag(link.strip() if own is None else own).url
    leads_somewhere = address.startswith("/") if own is not None else address.startswith(("http://", "https://"))
    return address if leads_somewhere and len(address) <= Link.LONGEST else ""


def _host_of(address: str) -> str:
    if address.startswith("/") and not address.startswith("//"):
        return ""
    try:
        return (urlsplit(address).hostname or "?")[:255]
    except ValueError:
        return "?"


def _due() -> Iterator[Link]:
    due = Link.objects.filter(next_check_at__lte=timezone.now(), is_left_alone=False).order_by("next_check_at", "pk")
    yield from due.filter(host="")[:MOST_OWN]
    if settings.CHECK_LINKS:
        first = due.filter(host=OuterRef("host")).values("pk")[:1]
        yield from due.exclude(host="").filter(pk=Subquery(first))[:MOST_HOSTS]


def _look_at(link: Link) -> int:
    """Whoever takes it first asks alone."""
    taken = Link.objects.filter(pk=link.pk, next_check_at=link.next_check_at)
    if not taken.update(next_check_at=timezone.now() + WHILE_ASKING):
        return 0
    answer = other_sites.ask(link.address) if link.host else _answer_of_ours(link)
    if answer.is_there is not None:
        _note(link, answer)
    return 1


def _answer_of_ours(link: Link) -> Answer:
    """A link means the page that it was made for: one that has its address since is another."""
    now = unquote(urlsplit(address_now(link.address)).path)
    if link.page_id and page_meant(link.address) not in {None, (link.page_model, link.page_id)}:
        return Answer(False, ANOTHER_PAGE)
    is_there = is_taken(now) or spelled(urlsplit(link.address).path) in shown.redirects()
    return Answer(is_there, "A page of this site." if is_there else NO_PAGE)


def _note(link: Link, answer: Answer) -> None:
    """One time in vain may be anybody's bad day; after a second one on another day the link is called broken."""
    now = timezone.now()
    since = None if answer.is_there else link.failing_since or now
    is_broken = since is not None and (not link.host or now - since >= ANOTHER_DAY)
    again = FOUND_AGAIN if answer.is_there or is_broken else FAILED_AGAIN
    Link.objects.filter(pk=link.pk).update(
        checked_at=now,
        answer=answer.words,
        failing_since=since,
        is_broken=is_broken,
        next_check_at=now + (again if link.host else OWN_AGAIN),
    )
