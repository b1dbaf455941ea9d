"""One person is found, copied and erased everywhere, however the address is written."""

import json
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from articles.models import ErrorReport
from courses.models import CourseInterest, SeriesWaitingEntry, Ticket, WaitingListEntry
from learning.models import (
    AttendanceSheet,
    CalendarFeed,
    CertificateFile,
    CpdEntry,
    Feedback,
    FeedbackGiven,
    JoinClick,
    Recognition,
    RecordingExtension,
    RecordingView,
    Review,
)
from meetings.models import Presence, Registrant, ZoomEvent
from newsletter import signup
from newsletter.models import Subscriber
from orders.books import books
from orders.changes import cancellations, refunds
from orders.jobs import failed_refunds
from orders.models import Order, Payment, Refund, StripeEvent
from orders.pricing.codes import issue_code
from orders.settling import reconcile, settle
from outbox.models import Message
from practice.models import Enquiry
from privacy import people
from privacy.models import PersonRequest
from tests.articles.commenters import make_comment, open_article
from tests.builders import (
    make_article,
    make_discount,
    make_practice,
    make_presence,
    make_recording,
    make_registrant,
    make_series,
    make_terms,
    make_ticket,
    make_user,
    make_workshop,
)
from tests.builders import queue_words as queue
from tests.learning.certificates import certify, make_past_workshop
from tests.orders import purchases

pytestmark = pytest.mark.django_db

NOOR = "noor.haddad@gmail.com"
WRITTEN = "Noor.Haddad+courses@googlemail.com"  # the same mailbox
IVO = "ivo@example.org"


@pytest.fixture
def owner():
    make_practice()
    make_terms()
    return make_user("owner@example.org", is_staff=True, is_superuser=True)


def leave_traces(email, name):
    """In every row that somebody may leave without buying anything."""
    workshop = make_workshop()
    Enquiry.objects.create(name=name, email=email, setting="room", message="Words for a clinician.")
    signup.subscribe(email=email, placement="article")
    WaitingListEntry.objects.create(workshop=workshop, email=email, email_key=email.lower())
    CourseInterest.objects.create(course=workshop.course, email=email, email_key=email.lower())
    queue(key=f"k:{name[:1]}", to=email, subject=f"Dear {name}")
    user = make_user(email.lower(), name=name)
    issue_code(discount=make_discount(f"First course {user.pk}"), email=email, percent=20)
    order = purchases.place(workshop, by=purchases.buyer(email, name))
    Order.objects.filter(pk=order.pk).update(status=Order.Status.LAPSED)
    Ticket.objects.filter(workshop=workshop).update(
        status=Ticket.Status.LAPSED, attendee_email=email, attendee_name=name, place_number=None
    )
    StripeEvent.objects.create(
        event_id=f"evt_{user.pk}", type="charge.updated", done_at=timezone.now(), payload={"email": email, "name": name}
    )
    LogEntry.objects.create(
        user=User.objects.get(email="owner@example.org"),
        content_type=ContentType.objects.get_for_model(Subscriber),
        object_repr=email,
        action_flag=CHANGE,
        change_message=f"Kept: {name}",
    )
    AuditEntry.objects.create(
        model="orders.order", object_id=order.pk, label="Order", changes={"buyer_name": ["N.", name]}, actor="the desk"
    )


def everything():
    """Every value of every row, as text."""
    rows = [row for model in apps.get_models() for row in model._base_manager.values()]
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, default=str).lower()


def test_nothing_of_somebody_who_bought_nothing_is_left_anywhere_and_all_of_others_is(owner):
    leave_traces(IVO, "Ivo Marek")
    others = everything().count("ivo")
    leave_traces(WRITTEN, "Noor Haddad")

    found = people.erase(NOOR, user=owner)

    left = everything()
    assert [each.kept.model for each in found if each.staying] == []
    assert ("haddad" in left, left.count("ivo")) == (False, others)
    assert [each.kept.model for each in people.find(WRITTEN)] == []


def take_part(email, name):
    """All that a place without a sale leads to, once it is over."""
    who = {"attendee_email": email, "attendee_name": name}
    ticket = make_ticket(make_past_workshop(), **who)
    session = ticket.workshop.sessions.get()
    user = make_user(email.lower(), name=name)
    make_registrant(ticket)
    make_presence(ticket, registrant="r1")
    by_name_alone = {"registrant": "", "email": "", "name": f"{name} (she)"}
    make_presence(ticket, joined_at=session.starts_at + timedelta(minutes=1), **by_name_alone)
    sheet = AttendanceSheet.objects.get_or_create(session=session)[0]
    Recognition.objects.create(sheet=sheet, ticket=ticket, **by_name_alone)
    from_work = {"registrant": "", "email": f"{name.split()[-1].lower()}@trust.example", "name": name.split()[-1]}
    Recognition.objects.create(sheet=sheet, ticket=ticket, **from_work)
    later = make_workshop(course=ticket.workshop.course, day=timezone.localdate() - timedelta(days=1))
    make_presence(ticket, session=later.sessions.get(), **from_work)
    certificate = certify(ticket)
    CertificateFile.objects.create(certificate=certificate, content=name.encode())
    Review.objects.create(ticket=ticket, stars=5, words=f"I, {name}, liked it. " * 5)
    said = {"answers": [{"kind": "words", "words": name}], "given_on": timezone.localdate()}
    Feedback.objects.create(ticket=ticket, workshop=ticket.workshop, **said)
    FeedbackGiven.objects.create(ticket=ticket)
    RecordingExtension.objects.create(ticket=ticket, last_day=timezone.localdate(), reason=f"{name} was away.")
    RecordingView.objects.create(ticket=ticket, recording=make_recording(ticket.workshop))
    JoinClick.objects.create(ticket=ticket, session=session)
    CpdEntry.objects.create(user=user, certificate=certificate, reflection=f"{name} learned much.")
    CalendarFeed.objects.create(user=user)
    SeriesWaitingEntry.objects.create(series=make_series(), email=email, email_key=email.lower())
    ZoomEvent.objects.create(digest=f"z{user.pk}", type="meeting.participant_joined", payload={"user_name": name})
    article = make_article(f"Of {user.pk}", slug=f"of-{user.pk}")
    ErrorReport.objects.create(article=article, email=email, words=f"{name} found it.", sent_as=f"{user.pk}")
    make_comment(open_article(f"Minds {user.pk}", slug=f"minds-{user.pk}"), name=name, email=email, network=email)


def test_nothing_is_left_of_somebody_who_took_part_and_all_of_others_is(owner):
    take_part(IVO, "Ivo Marek")
    others = everything().count("ivo")
    take_part(WRITTEN, "Noor Haddad")

    found = people.erase(NOOR, user=owner)

    left = everything()
    assert [each.kept.model for each in found if each.staying] == []
    assert ([*re.findall(r".{60}haddad.{20}", left)], left.count("ivo")) == ([], others)
    assert [each.kept.model for each in people.find(WRITTEN)] == []


@pytest.mark.parametrize("name", ["Anna", "paid", '": "', '", "', "@example.org", "   .org", "20 12"])
def test_what_anybody_may_type_as_a_name_erases_nothing_of_others(owner, name):
    leave_traces(IVO, "Hanna Anna")
    AuditEntry.objects.update(changes={"status": ["pending", "paid 20 12"]}, reason="Said by Hanna Anna")
    others = everything().count("erased")
    Enquiry.objects.create(name=name, email=NOOR, setting="room")

    people.erase(NOOR, user=owner)

    assert everything().replace('"kind": "erasure"', "").count("erased") == others
    assert StripeEvent.objects.get().payload


def note(words):
    """In the desk's own log, and in what Stripe told."""
    kind = ContentType.objects.get_for_model(Subscriber)
    LogEntry.objects.create(user=User.objects.get(), content_type=kind, object_repr=words, action_flag=CHANGE)
    event = {"event_id": f"evt_{LogEntry.objects.count()}", "type": "charge.updated", "done_at": timezone.now()}
    StripeEvent.objects.create(payload={"of": [{"words": f"New:\n{words}"}]}, **event)


def words_in_logs():
    told = [event.payload["of"][0]["words"] for event in StripeEvent.objects.exclude(payload={}).order_by("pk")]
    entries = LogEntry.objects.exclude(object_repr="Erased").order_by("pk")
    assert [f"New:\n{entry.object_repr}" for entry in entries] == told
    return [entry.object_repr for entry in entries]


THEIRS = ["noor.haddad@gmail.com", "Now: NoorHaddad+spring@Googlemail.com.", "to=noorhaddad@gmail.com", "“Noor Haddad”"]
OF_OTHERS = [
    "Eleanoor Haddad",
    "Noor Haddadian",
    "Noor Haddad-Lind",
    "e.noorhaddad@gmail.com",
    "noorhaddad@gmail.com.a",
]


def test_logs_are_searched_for_every_spelling_of_an_address_and_for_nobody_whose_name_is_longer(owner):
    Enquiry.objects.create(name="Noor Haddad", email=NOOR, setting="room")
    for words in [*THEIRS, *OF_OTHERS]:
        note(words)

    people.erase(NOOR, user=owner)

    assert words_in_logs() == OF_OTHERS


def test_in_logs_an_address_is_not_the_end_of_a_longer_one(owner):
    others = ["maria@example.org", "m-a@example.org", "b+a@example.org", "a@example.org.uk", "a@example.organic"]
    for words in ["a@example.org", "A+courses@example.org", *others]:
        note(words)

    people.erase("a@example.org", user=owner)

    assert words_in_logs() == others


def test_who_bought_something_stays_by_law_and_everything_else_goes(owner):
    order = purchases.place(make_workshop(), by=purchases.buyer(NOOR))
    purchases.paid_behind_the_back(order)
    Order.objects.update(status=Order.Status.PAID)
    Enquiry.objects.create(name="Noor Haddad", email=NOOR, setting="room")

    found = {each.kept.model: each for each in people.erase(WRITTEN, user=owner)}

    kept = found["orders.order"]
    assert (len(kept.staying), kept.goes, "6 years" in kept.kept.stays_because) == (1, 0, True)
    assert Order.objects.get().buyer_email == NOOR
    assert Enquiry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_money_that_comes_after_somebody_was_erased_gives_no_place_to_nobody_and_goes_back(owner, standin):
    """The page to pay on was paid in its last second, Stripe's word got lost, and the order lapsed."""
    standin.webhooks.mode = "drop"
    order = purchases.place(make_workshop(), by=purchases.buyer(NOOR))
    standin.pay(purchases.open_session(order))
    Payment.objects.update(status=Payment.Status.EXPIRED, created_at=timezone.now() - timedelta(hours=1))
    Order.objects.update(status=Order.Status.LAPSED)
    Ticket.objects.update(status=Ticket.Status.LAPSED, place_number=None)

    people.erase(NOOR, user=owner)
    reconcile.find_untold_payments()
    reconcile.send_waiting_refunds()

    assert [Order.objects.get().status, Ticket.objects.get().status] == [Order.Status.REFUNDED, Ticket.Status.LAPSED]
    assert Refund.objects.values_list("amount", "status").get() == (order.total, Refund.Status.SUCCEEDED)
    assert (Message.objects.filter(to="").exclude(state=Message.State.SKIPPED).count(), [*books.findings()]) == (0, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pays", [True, False], ids=["the bank pays", "the bank refuses"])
def test_the_desk_hears_of_money_of_somebody_who_was_erased_while_her_bank_was_silent(
    owner, standin, time_machine, pays
):
    """Her place was not kept so long: what the bank pays goes back, and no mail has an address to go to."""
    standin.webhooks.mode = "drop"
    order = purchases.place(make_workshop(), by=purchases.buyer(NOOR))
    standin.pay(session_id := purchases.open_session(order), method="delayed")
    settle.settle(purchases.as_stripe_sees_it(session_id))
    time_machine.move_to(timezone.now() + timedelta(days=8))
    reconcile.close_ended_holds()

    people.erase(NOOR, user=owner)
    standin.settle_delayed(session_id, succeeded=pays)
    reconcile.ask_about_open_attempts(at_once=True)

    order.refresh_from_db()
    told = Message.objects.exclude(state=Message.State.SKIPPED)
    assert (order.buyer_email, order.status, [*books.findings()]) == ("", "refunded" if pays else "lapsed", [])
    assert [mail.key for mail in told] == [f"order:{order.pk}:unseated:practice"] * pays
    assert [mail.text.count("Whoever ordered it was erased, so nobody else is told.") for mail in told] == [1] * pays
    assert list(Refund.objects.values_list("amount", flat=True)) == [order.total] * pays


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [True, False], ids=["at Stripe", "not sent yet"])
@pytest.mark.parametrize("fails", [True, False], ids=["comes back", "arrives"])
def test_a_refund_under_way_while_its_buyer_is_erased_still_finds_its_row_and_a_person(owner, standin, asked, fails):
    standin.webhooks.mode = "drop"
    order = paid_by_a_slow_bank(standin, purchases.buyer(NOOR))
    if not asked:
        standin.faults.add(method="POST", path="/v1/refunds", kind="drop_before")
    cancellations.cancel_places(order, tickets=order.tickets(), shown=order.total)
    before = Refund.objects.get().status

    people.erase(NOOR, user=owner)
    standin.faults.clear()
    reconcile.send_waiting_refunds()
    [at_stripe] = standin.refunds
    (standin.fail_refund if fails else standin.settle_refund)(at_stripe["id"])
    reconcile.find_untold_refunds()

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert before == (Refund.Status.PENDING if asked else Refund.Status.REQUESTED)
    assert (order.buyer_email, refund.refund_id, refund.amount) == (NOOR, at_stripe["id"], order.total)
    assert set(Ticket.objects.values_list("attendee_name", "status")) == {("Erased", "cancelled")}
    assert (refund.status, order.status) == (("failed", "owed") if fails else ("succeeded", "refunded"))
    assert [job.words for job in failed_refunds()] == (["1 refund failed"] if fails else [])
    assert [each.rule for each in books.findings()] == (["a failed refund is sent again"] if fails else [])

    if fails:
        refunds.ask_again(refund)
        standin.settle_refund(standin.refunds[-1]["id"])
        reconcile.find_untold_refunds()
        order.refresh_from_db()
        assert (order.status, order.balance(), list(books.findings())) == ("refunded", 0, [])


def paid_by_a_slow_bank(standin, by):
    """Its refund is under way for days, too."""
    order = purchases.place(make_workshop(), by=by)
    Ticket.objects.update(attendee_email=by.email)
    session_id = purchases.open_session(order)
    standin.pay(session_id, method="delayed")
    standin.settle_delayed(session_id, succeeded=True)
    settle.settle(purchases.as_stripe_sees_it(session_id))
    order.refresh_from_db()
    return order


def test_that_somebody_was_there_stays_without_saying_who(owner):
    ticket = make_ticket(make_workshop(), attendee_email=NOOR, attendee_name="Noor Haddad")
    first = make_presence(ticket)
    make_presence(ticket, joined_at=first.joined_at, source="file")

    people.erase(WRITTEN, user=owner)

    assert [each.name for each in Presence.objects.order_by("pk")] == [f"Erased {first.pk}", f"Erased {first.pk + 1}"]
    assert set(Presence.objects.values_list("email", "left_at")) == {("", first.left_at)}


@pytest.mark.parametrize(("status", "name"), [("confirmed", "Noor Haddad"), ("cancelled", "Erased")])
def test_a_link_into_zoom_goes_with_the_place(owner, status, name):
    ticket = make_ticket(make_workshop(), attendee_email=NOOR, attendee_name="Noor Haddad")
    make_registrant(ticket)
    Ticket.objects.update(status=status)

    people.erase(WRITTEN, user=owner)

    registrant = Registrant.objects.get()
    assert (registrant.name, registrant.join_url == "") == (name, status == "cancelled")


def test_a_place_that_is_still_to_come_stays_until_it_is_cancelled(owner):
    ticket = make_ticket(make_workshop(), attendee_email=NOOR, attendee_name="Noor Haddad", access_needs="Large print")

    people.erase(NOOR, user=owner)
    still = Ticket.objects.get(pk=ticket.pk)
    Ticket.objects.update(status=Ticket.Status.CANCELLED, place_number=None)
    people.erase(NOOR, user=owner)

    gone = Ticket.objects.get(pk=ticket.pk)
    assert still.attendee_email == NOOR
    assert (gone.attendee_name, gone.attendee_email, gone.access_needs) == ("Erased", "", "")
    assert gone.secret != ticket.secret


def test_a_mail_that_waits_for_somebody_who_was_erased_is_not_sent(owner, mailoutbox):
    queue(to=NOOR)

    people.erase(NOOR, user=owner)

    message = Message.objects.get()
    assert (message.state, message.to, message.text, message.person) == (Message.State.SKIPPED, "", "", "")


def test_a_copy_holds_what_is_kept_and_no_secret(owner):
    leave_traces(WRITTEN, "Noor Haddad")

    text = json.dumps(people.copy(NOOR, user=owner), cls=people.Encoder)

    facts = {each["what"]: each for each in json.loads(text)["kept"]}
    assert facts["Enquiries"]["rows"][0]["message"] == "Words for a clinician."
    assert (facts["Log entries"]["count"], facts["Log entries"]["rows"]) == (1, [])
    secrets = [Subscriber.objects.get().secret, User.objects.get(name="Noor Haddad").password]
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("verb", ["copy", "erase"])
def test_minutes_that_zoom_told_under_a_name_alone_are_theirs_whose_the_desk_said_they_are(owner, verb):
    ticket = make_ticket(make_workshop(), attendee_email=NOOR, attendee_name="Noor Haddad")
    hers = make_presence(ticket, name="Noors iPad", email="")
    others = make_presence(ticket, name="Ivo’s phone", email="")
    sheet = AttendanceSheet.objects.create(session=hers.session)
    sheet.recognitions.create(name=hers.name, ticket=ticket)
    sheet.recognitions.create(name=others.name)

    found = getattr(people, verb)(WRITTEN, user=owner)

    if verb == "copy":
        told = {each["what"]: each["rows"] for each in found["kept"]}
        assert [(row["name"], row["left_at"]) for row in told["Presences"]] == [(hers.name, hers.left_at)]
    else:
        assert set(Presence.objects.values_list("name", flat=True)) == {f"Erased {hers.pk}", others.name}


def test_minutes_of_a_registrant_are_theirs_whatever_zoom_called_them(owner):
    ticket = make_ticket(make_workshop(), attendee_email=NOOR, attendee_name="Noor Haddad")
    registrant = make_registrant(ticket)
    make_presence(ticket, name="N", email="", registrant=registrant.number)
    make_presence(ticket, name="Ivo’s phone", email="", registrant="another")

    told = {each["what"]: each["rows"] for each in people.copy(WRITTEN, user=owner)["kept"]}

    assert [row["name"] for row in told["Presences"]] == ["N"]


def test_a_colleague_is_not_erased(owner):
    make_user(IVO, is_staff=True)

    people.erase(IVO, user=owner)

    assert User.objects.filter(email=IVO).count() == 1


@pytest.mark.parametrize(("verb", "kind"), [("copy", "copy"), ("erase", "erasure")])
def test_what_was_done_is_noted_without_saying_for_whom(owner, verb, kind):
    Enquiry.objects.create(name="Noor Haddad", email=NOOR, setting="room")

    getattr(people, verb)(NOOR, user=owner)
    getattr(people, verb)(WRITTEN, user=owner)

    [second, first] = PersonRequest.objects.all()
    assert (first.kind, first.user, first.counts) == (kind, owner, {"practice.enquiry": [1, 0]})
    assert first.person == second.person


# The desk -------------------------------------------------------------------------------------


def test_an_owner_sees_what_there_is_takes_a_copy_and_erases(client, owner):
    leave_traces(NOOR, "Noor Haddad")
    client.force_login(owner)

    shown = client.post(reverse("admin:privacy_person"), {"address": WRITTEN}).content.decode()
    copied = client.post(reverse("admin:privacy_person_copy"), {"address": WRITTEN})
    unsure = client.post(reverse("admin:privacy_person_erase"), {"address": WRITTEN})
    still = Enquiry.objects.count()
    erased = client.post(reverse("admin:privacy_person_erase"), {"address": WRITTEN, "is_sure": "on"}, follow=True)

    assert "Enquiries" in shown
    assert copied["Content-Disposition"] == 'attachment; filename="what-we-keep.json"'
    assert {row["email"] for each in copied.json()["kept"] for row in each["rows"] if "email" in row} == {NOOR}
    assert (unsure.status_code, still) == (422, 1)
    assert (erased.status_code, Enquiry.objects.count()) == (200, 0)
    assert "stay, as the page said" in erased.content.decode()


def test_a_page_shows_nothing_before_somebody_is_named_but_what_is_kept_of_anybody(client, owner):
    client.force_login(owner)

    page = client.get(reverse("admin:privacy_person")).content.decode()

    assert "As many days as “enquiries kept” of the practice says." in page


def test_nobody_erases_themselves(client, owner):
    client.force_login(owner)

    client.post(reverse("admin:privacy_person_erase"), {"address": owner.email, "is_sure": "on"})

    assert User.objects.filter(pk=owner.pk).exists()
    assert PersonRequest.objects.count() == 0


def test_an_address_that_is_none_is_refused_with_words(client, owner):
    client.force_login(owner)

    page = client.post(reverse("admin:privacy_person_erase"), {"address": "nobody", "is_sure": "on"})

    assert (page.status_code, "Enter an email address" in page.content.decode()) == (422, True)
