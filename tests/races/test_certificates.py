"""A certificate and its place are changed by several people at once: the one comes after the other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, connections

from accounts.models import AuditEntry
from courses.models import Ticket
from courses.seats import places
from courses.seats.places import cancel_ticket
from kit.forms.seen import ChangedMeanwhile, seal
from learning.certificates import issuing, papers
from learning.models import Attendance, Certificate, CertificateFile
from orders.changes import cancellations
from outbox.models import Message
from privacy import people
from tests.builders import make_practice, make_series, make_terms, make_ticket
from tests.learning.certificates import make_certificate, make_past_workshop
from tests.learning.weekends import go_there, weekend
from tests.orders import series_purchases

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = range(4)


def at_once(*works):
    """What each came to: what it returned, or what it raised."""

    def run(work):
        try:
            return work()
        except (ChangedMeanwhile, IntegrityError, OperationalError) as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def issue(ticket):
    return lambda: issuing.issue(Ticket.objects.get(pk=ticket.pk))


def cancel(ticket):
    return lambda: cancel_ticket(Ticket.objects.get(pk=ticket.pk))


def correct(certificate):
    seen = seal(issuing.facts_seen(certificate))
    return lambda: issuing.reissue(certificate, name="Noor El Haddad", seen=seen, why="Her wish").version


def revoke(certificate):
    seen = seal(issuing.facts_seen(certificate))
    return lambda: issuing.revoke(certificate, seen=seen, why="Not there")


def earned():
    ticket = make_ticket(make_past_workshop())
    session = ticket.workshop.sessions.get()
    Attendance.objects.create(ticket=ticket, session=session, corrected_minutes=360, corrected_because="Seen")
    return ticket


def story():
    return list(AuditEntry.objects.order_by("pk").values_list("after", flat=True))


def mails():
    return Message.objects.filter(key__startswith="certificate:").count()


@pytest.fixture
def unlocked(monkeypatch):
    monkeypatch.setattr(issuing, "locked_ticket", lambda pk: Ticket.objects.select_related("workshop").get(pk=pk))
    monkeypatch.setattr(Certificate.objects, "select_for_update", Certificate.objects.all)


@pytest.mark.parametrize("_", ROUNDS)
def test_none_is_issued_of_a_place_that_was_cancelled_a_moment_ago(_):
    ticket = earned()

    issued, _ = at_once(issue(ticket), cancel(ticket))

    assert story() == ["issued", "cancelled"][1 - issued :]
    assert (Certificate.objects.valid().count(), mails()) == (0, issued)


def test_without_the_lock_one_is_issued_after_its_place_was_cancelled(unlocked, monkeypatch):
    """The test above would notice."""
    ticket, has_looked, is_cancelled = earned(), threading.Event(), threading.Event()
    look = issuing.outcome_of

    def look_and_wait(place):
        found = look(place)
        has_looked.set()
        is_cancelled.wait(timeout=60)
        return found

    def cancel_meanwhile():
        has_looked.wait(timeout=60)
        cancel(ticket)()
        is_cancelled.set()

    monkeypatch.setattr(issuing, "outcome_of", look_and_wait)
    at_once(issue(ticket), cancel_meanwhile)

    assert (story(), mails()) == (["cancelled", "issued"], 1)


@pytest.mark.parametrize("_", ROUNDS)
def test_a_certificate_that_is_corrected_while_its_place_is_cancelled_does_not_count(_):
    old = make_certificate()

    corrected, _ = at_once(correct(old), cancel(old.ticket))

    before = ["issued", "replaced", "issued"] if corrected == 2 else ["issued"]
    assert (story(), Certificate.objects.valid().count()) == ([*before, "cancelled"], 0)
    assert mails() == Certificate.objects.count()


@pytest.mark.parametrize("_", ROUNDS)
def test_of_two_who_correct_and_one_who_revokes_the_first_alone_does(_):
    old = make_certificate()

    outcomes = at_once(correct(old), correct(old), revoke(old))

    assert outcomes.count(ChangedMeanwhile) == 2
    assert Certificate.objects.valid().count() == (0 if outcomes[2] is None else 1)
    assert mails() == Certificate.objects.count()


def test_without_the_locks_it_is_revoked_and_replaced(unlocked, monkeypatch):
    """The test above would notice."""
    old = make_certificate()
    both_have_looked = threading.Barrier(2, timeout=60)
    check = issuing.check_seen

    def check_together(seen, facts):
        check(seen, facts)
        both_have_looked.wait()

    monkeypatch.setattr(issuing, "check_seen", check_together)
    outcomes = at_once(correct(old), revoke(old))

    assert (outcomes, Certificate.objects.valid().count()) == ([2, None], 1)


def test_one_for_a_whole_series_is_issued_while_the_desk_takes_a_place_of_it_back(bought, monkeypatch):
    """It points at the order, which the desk has locked; the desk asks for its places, which it has locked itself."""
    outcomes = issue_the_whole_while_the_desk_cancels(bought, monkeypatch)

    assert (outcomes, Certificate.objects.valid().filter(order=bought).exists()) == ([1, None], False)


def test_with_the_key_of_the_order_locked_they_wait_in_a_ring(bought, monkeypatch):
    """The test above would notice."""
    ours = type(connection.ops)
    monkeypatch.setattr(ours, "for_update_sql", super(ours, ours).for_update_sql)

    assert issue_the_whole_while_the_desk_cancels(bought, monkeypatch).count(OperationalError) == 1


@pytest.fixture
def bought(standin, time_machine):
    """A series of two weekends, each with its certificate."""
    time_machine.move_to("2027-01-04T09:00Z", tick=False)
    make_practice()
    make_terms()
    series = make_series(weekend("2027-02-06", "Grief"), weekend("2027-03-06", "Play"))
    order = series_purchases.buy(standin, series)
    go_there(order, time_machine)
    issuing.issue_due()
    return order


def issue_the_whole_while_the_desk_cancels(order, monkeypatch):
    both_have_locked = threading.Barrier(2, timeout=60)
    tell, take_back = issuing.tell_ready, places.cancel_tickets

    def tell_together(made):
        both_have_locked.wait()
        tell(made)

    def take_back_together(workshop, *, tickets):
        both_have_locked.wait()
        take_back(workshop, tickets=tickets)

    def cancel_one():
        cancellations.cancel_at_desk(order, tickets=order.tickets()[:1], shown=Decimal())

    monkeypatch.setattr(issuing, "tell_ready", tell_together)
    monkeypatch.setattr(places, "cancel_tickets", take_back_together)

    return at_once(lambda: issuing.issue_whole(order), cancel_one)


def test_ten_who_open_a_new_certificate_at_once_get_one_file(monkeypatch):
    found = make_certificate(make_past_workshop())
    monkeypatch.setattr(papers.pdf, "render", lambda *args, **options: uuid4().bytes)
    monkeypatch.setattr(papers, "MADE_PER_HOUR", 10)

    answers = at_once(*[lambda: papers.kept_pdf(found, "a4")] * 10)

    assert set(answers) == {bytes(CertificateFile.objects.get().content)}


def test_an_erasure_at_the_moment_at_which_a_file_is_kept_leaves_none(monkeypatch):
    """Who keeps it holds the certificate's row; without that lock the file would come after all were deleted."""
    found, held, erased = make_certificate(make_past_workshop()), threading.Event(), threading.Event()
    monkeypatch.setattr(papers.pdf, "render", lambda *args, **options: b"PDF")
    keep = CertificateFile.objects.get_or_create

    def keep_slowly(**options):
        held.set()
        erased.wait(4)  # with the lock it cannot come
        return keep(**options)

    monkeypatch.setattr(CertificateFile.objects, "get_or_create", keep_slowly)

    def erase():
        held.wait(20)
        people.erase(found.ticket.attendee_email, user=None)
        erased.set()

    at_once(lambda: papers.kept_pdf(found, "a4"), erase)

    assert (CertificateFile.objects.count(), Certificate.objects.get().name) == (0, "Erased")
