"""Writing to the people of a workshop: the page, whom it reaches, and the mails that the worker writes."""

import html
import re
from uuid import uuid4

import pytest
from django.conf import settings

from accounts.models import AuditEntry
from courses.models import Announcement, AnnouncementCopy, Ticket
from orders.changes import announcements
from orders.changes.announcements import readers_of, write_announcements
from orders.models import Order
from outbox.models import Message
from tests.builders import make_practice, make_ticket, make_ticket_type, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice
from tests.orders.purchases import buy, buyer, place
from tests.orders.test_refund_desk import sign_in
from tests.pressing import told, words_of

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "whom": "attendees",
    "places": "booked",
    "subject": "{workshop}: bring a pen",
    "text": "Dear {name},\n\n{link}",
}


@pytest.fixture
def workshop(standin):
    """Noor comes to one place and has booked two; Ida has a free place."""
    make_practice()
    workshop = make_workshop()
    buy(standin, workshop, 2)
    Ticket.objects.filter(place_number=2).update(attendee_name="Ada Field", attendee_email="ada@example.org")
    make_ticket(workshop, attendee_name="Ida Roe", attendee_email="ida@example.org")
    Message.objects.all().delete()
    return workshop


@pytest.fixture
def desk(client):
    return sign_in(client, "Organisers")


def url(workshop):
    return f"/admin/courses/announcement/write/{workshop.pk}/"


def hidden(response, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', response.text)[1])


def look(desk, workshop, **changed):
    """The page that shows the mail; what was typed is sent with it."""
    typed = WORDS | {"key": hidden(desk.get(url(workshop)), "key")} | changed
    return typed, desk.post(url(workshop), typed)


def send(desk, workshop, **changed):
    typed, page = look(desk, workshop, **changed)
    return desk.post(url(workshop), typed | {"seen": hidden(page, "seen"), "send": "1"})


def written_to():
    return sorted(Message.objects.values_list("to", flat=True))


def draft(workshop, **fields):
    return Announcement(workshop=workshop, key=str(uuid4()), subject="Hello", text="Hello", **fields)


def addresses(workshop, **fields):
    return [reader.email for reader in readers_of(draft(workshop, **fields))]


# Whom it reaches ---------------------------------------------------------------------------------------------------
def test_attendees_are_written_to_unless_somebody_says_otherwise(desk, workshop):
    send(desk, workshop)
    write_announcements()

    assert written_to() == ["ada@example.org", "ida@example.org", "noor@example.org"]


def test_buyers_are_written_to_once_however_many_places_they_bought(workshop):
    assert addresses(workshop, whom="buyers") == ["noor@example.org"]


def test_who_comes_and_pays_gets_one_mail(workshop):
    everybody = addresses(workshop, whom="everybody")

    assert sorted(everybody) == ["ada@example.org", "ida@example.org", "noor@example.org"]


def test_one_person_with_two_places_gets_one_mail(workshop):
    make_ticket(workshop, attendee_email="Noor@Example.org")

    assert addresses(workshop).count("noor@example.org") == 1
    assert len(addresses(workshop)) == 3


def test_a_place_that_waits_for_its_invoice_is_reached_when_asked_for(workshop):
    make_invoicing_practice()
    invoice(workshop, by=buyer("ward@example.org"))
    Ticket.objects.filter(status="held").update(attendee_email="lee@example.org")

    assert "lee@example.org" not in addresses(workshop)
    assert "lee@example.org" in addresses(workshop, places="taken")


def test_a_place_that_was_given_up_or_has_lapsed_is_not_reached(workshop):
    place(workshop, by=buyer("late@example.org"))
    Ticket.objects.filter(status="held").update(held_until="2026-01-01T00:00Z", attendee_email="late@example.org")
    Ticket.objects.filter(attendee_email="ida@example.org").update(status="cancelled")

    assert sorted(addresses(workshop, places="taken")) == ["ada@example.org", "noor@example.org"]


def test_an_address_that_nobody_has_confirmed_is_not_reached(workshop):
    make_invoicing_practice()
    order = invoice(workshop, by=buyer("ward@example.org"))
    Order.objects.filter(pk=order.pk).update(status=Order.Status.UNCONFIRMED)
    Ticket.objects.filter(status="held").update(attendee_email="typed@example.org")

    assert "typed@example.org" not in addresses(workshop, places="taken")
    assert "ward@example.org" not in addresses(workshop, places="taken", whom="buyers")


def test_a_ticket_type_or_chosen_tickets_reach_those_alone(workshop):
    other = make_ticket_type(workshop, "Recording", access="catch_up")
    make_ticket(workshop, ticket_type=other, access="catch_up", place_number=None, attendee_email="rec@example.org")
    chosen = Ticket.objects.get(attendee_email="ida@example.org")

    assert addresses(workshop, ticket_type=other) == ["rec@example.org"]
    assert [each.email for each in readers_of(draft(workshop), tickets=[chosen.pk])] == ["ida@example.org"]


def test_nobody_of_another_workshop_is_reached(workshop):
    foreign = make_ticket(make_workshop(), attendee_email="elsewhere@example.org")

    assert readers_of(draft(workshop), tickets=[foreign.pk]) == []


# The page ----------------------------------------------------------------------------------------------------------
def test_an_unknown_placeholder_is_refused_at_its_field(desk, workshop):
    _, page = look(desk, workshop, text="Dear {attendee_name}, {name}")

    assert page.status_code == 422
    assert "Not known: {attendee_name}. There are {name}, {workshop}, {date}, {times}, {link}." in words_of(page)
    assert "This goes to" not in page.text


def test_the_preview_shows_a_real_persons_mail_as_text_and_as_html_and_sends_nothing(desk, workshop):
    _, page = look(desk, workshop)

    ticket = Ticket.objects.get(attendee_email="noor@example.org", place_number=1)
    mail = html.unescape(page.text)
    assert "This goes to 3 people" in words_of(page)
    assert f"Dear Noor Haddad,\n\n{settings.SITE_URL}{ticket.get_absolute_url()}" in mail
    assert "<p>Dear Noor Haddad,</p>" in html.unescape(mail)
    assert (Announcement.objects.count(), Message.objects.count()) == (0, 0)


def test_nothing_is_sent_but_what_was_shown(desk, workshop):
    typed, page = look(desk, workshop)
    seen = {"seen": hidden(page, "seen"), "send": "1"}

    other_words = desk.post(url(workshop), typed | seen | {"text": "Something else"})
    make_ticket(workshop, attendee_email="new@example.org")
    other_people = desk.post(url(workshop), typed | seen)
    unseen = desk.post(url(workshop), typed | {"send": "1"})

    assert [each.status_code for each in (other_words, other_people, unseen)] == [409] * 3
    assert "This goes to 4 people" in words_of(other_people)
    assert Announcement.objects.count() == 0


def test_a_second_press_sends_nothing_and_says_so(desk, workshop):
    typed, page = look(desk, workshop)
    typed |= {"seen": hidden(page, "seen"), "send": "1"}

    first, second = desk.post(url(workshop), typed), desk.post(url(workshop), typed)
    write_announcements()

    assert second["Location"] == first["Location"]
    assert (Announcement.objects.count(), Message.objects.count()) == (1, 3)
    assert ("info", "This was sent already; it goes to nobody twice.") in told(desk.get(second["Location"]))


def test_two_presses_at_once_store_one(workshop):
    """The second reads under the workshop's lock."""
    first, second = draft(workshop), draft(workshop)
    second.key = first.key

    sent = [announcements.send_announcement(each, by=None) for each in (first, second)]

    assert (sent[0].pk, AnnouncementCopy.objects.count()) == (sent[1].pk, 3)


def test_whoever_booked_between_the_page_and_the_press_is_seen_under_the_lock(workshop):
    shown = announcements.keys_of(announcements.readers_of(draft(workshop)))
    make_ticket(workshop, attendee_email="new@example.org")

    with pytest.raises(announcements.OthersMeanwhile):
        announcements.send_announcement(draft(workshop), shown=shown, by=None)

    assert Announcement.objects.count() == 0


def test_it_can_be_tried_on_oneself_without_anybody_elses_link(desk, workshop):
    typed, _ = look(desk, workshop)

    for _ in range(2):
        page = desk.post(url(workshop), typed | {"try": "1"})

    mail = Message.objects.get()
    assert page.status_code == 200
    assert mail.subject == f"[For you alone] {workshop.title}: bring a pen"
    assert workshop.get_absolute_url() in mail.text
    assert "/join/" not in mail.text + mail.html
    assert Announcement.objects.count() == 0


def test_editors_may_neither_write_nor_read_what_was_written(client, workshop):
    desk = sign_in(client, "Editors")

    assert desk.get(url(workshop)).status_code == 403
    assert desk.post(url(workshop), WORDS).status_code == 403
    assert desk.get("/admin/courses/announcement/").status_code == 403
    assert "Write to people" not in desk.get(f"/admin/courses/workshop/{workshop.pk}/change/").text


def test_it_stands_in_the_history_with_its_sender_and_can_be_written_again(desk, workshop):
    page = desk.get(send(desk, workshop)["Location"])
    announcement = Announcement.objects.get()

    again = desk.get(f"{url(workshop)}?again={announcement.pk}")

    assert (announcement.people, announcement.written_by.is_staff) == (3, True)
    assert AuditEntry.objects.get(model="courses.announcement").after == "sent to 3"
    assert f"{url(workshop)}?again={announcement.pk}" in page.text
    assert "Dear {name}," in again.text
    assert hidden(again, "key") != announcement.key


def test_the_list_of_attendees_leads_there_with_those_who_were_chosen(desk, workshop):
    chosen = Ticket.objects.get(attendee_email="ida@example.org")
    action = {"action": "write", "_selected_action": [chosen.pk]}

    path = desk.post("/admin/courses/ticket/", action)["Location"]

    assert path == f"{url(workshop)}?tickets={chosen.pk}"
    assert hidden(desk.get(path), "tickets") == str(chosen.pk)


def test_people_of_two_workshops_are_not_written_to_at_once(desk, workshop):
    chosen = [Ticket.objects.first().pk, make_ticket(make_workshop()).pk]

    page = desk.post("/admin/courses/ticket/", {"action": "write", "_selected_action": chosen}, follow=True)

    assert told(page) == [("warning", "Choose people of one workshop, 200 at most. Nothing was done.")]


# The mails ---------------------------------------------------------------------------------------------------------
def test_each_reader_has_their_own_words_and_link(desk, workshop):
    send(desk, workshop)
    write_announcements()

    mail, ticket = Message.objects.get(to="ida@example.org"), Ticket.objects.get(attendee_email="ida@example.org")
    assert mail.subject == f"{workshop.title}: bring a pen"
    assert mail.text.startswith(f"Dear Ida Roe,\n\n{settings.SITE_URL}{ticket.get_absolute_url()}\n")
    assert "Dear Ida Roe,</p>" in mail.html


def test_what_a_reader_wrote_as_their_name_is_no_markup(desk, workshop):
    Ticket.objects.filter(attendee_email="ida@example.org").update(attendee_name="<b>{link}</b>")

    send(desk, workshop)
    write_announcements()

    mail = Message.objects.get(to="ida@example.org")
    assert "Dear &lt;b&gt;{link}&lt;/b&gt;," in mail.html
    assert mail.text.startswith("Dear <b>{link}</b>,")


def test_a_buyer_is_led_to_the_booking(desk, workshop):
    send(desk, workshop, whom="buyers")
    write_announcements()

    assert "/orders/" in Message.objects.get().text
    assert "/join/" not in Message.objects.get().text


def test_the_frame_holds_the_whole_mail_as_mail_programs_show_it(desk, workshop):
    _, page = look(desk, workshop)

    framed = html.unescape(re.search(r'srcdoc="([^"]*)"', page.text)[1])

    assert "Dear Noor Haddad," in framed
    assert framed.rstrip().endswith("</html>")


def test_a_worker_that_dies_in_between_loses_nobody_and_writes_to_nobody_twice(workshop, monkeypatch):
    announcements.send_announcement(draft(workshop), by=None)
    dying = iter([None, RuntimeError("killed")])

    def die(name):
        if error := next(dying, None):
            raise error

    monkeypatch.setattr(announcements, "checkpoint", die)
    with pytest.raises(RuntimeError):
        write_announcements()
    after_death = Message.objects.count()

    assert (after_death, write_announcements(), write_announcements()) == (2, 1, 0)
    assert written_to() == ["ada@example.org", "ida@example.org", "noor@example.org"]


def test_who_was_erased_is_written_to_no_more(workshop):
    announcements.send_announcement(draft(workshop), by=None)
    Ticket.objects.filter(attendee_email="ida@example.org").update(attendee_email="")

    assert write_announcements() == 2
    assert addresses(workshop) == ["noor@example.org", "ada@example.org"]
