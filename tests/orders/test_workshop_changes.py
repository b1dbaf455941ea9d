"""What people have booked is changed at the desk: a page asks first, then everybody is told and may go."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from courses.models import Course, Session, Ticket, Workshop, WorkshopChange
from courses.schedule import store_sessions
from kit.guard.secret_links import without_secrets
from orders.changes import workshop_changes
from orders.changes.workshop_changes import tell_of_changes
from orders.models import Order
from orders.pricing.refund_policy import refund_for
from outbox.models import Message
from tests.builders import (
    make_cities,
    make_person,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_session,
    make_ticket,
    make_ticket_type,
    make_workshop,
)
from tests.desk_forms import answers_in, save
from tests.orders.purchases import buy, buyer
from tests.orders.test_refund_desk import sign_in
from tests.pressing import told, words_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop(standin):
    """In nine days, when nothing comes back any more. Noor has booked, for herself and for Ada."""
    make_practice()
    make_cities()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=9))
    buy(standin, workshop, 2)
    Ticket.objects.filter(place_number=2).update(attendee_name="Ada Field", attendee_email="ada@example.org")
    Message.objects.all().delete()
    return workshop


@pytest.fixture
def desk(client):
    return sign_in(client, "Editors")


def url(workshop):
    return f"/admin/courses/workshop/{workshop.pk}/change/"


def confirm(desk, page, path):
    """The button of the page that asks; its form is the only one on it that was opened at a form of the desk."""
    return desk.post(path, answers_in(page), follow=True)


def later(workshop):
    return {"sessions-0-day": str(workshop.session_list[0].day + timedelta(days=14))}


def change(desk, workshop, **changed):
    return confirm(desk, save(desk, url(workshop), **changed), url(workshop))


def stored(workshop):
    return Workshop.objects.values().get(pk=workshop.pk), list(workshop.sessions.values())


def day_of(workshop):
    return workshop.sessions.get().day


# The page that asks ------------------------------------------------------------------------------------------------
CHANGES = {
    "the date": (later, "Session"),
    "the time": (lambda workshop: {"sessions-0-start_time": "11:00:00"}, "Session"),
    "the zone": (lambda workshop: {"time_zone": "America/New_York"}, "Time zone"),
    "the course": (lambda workshop: {"course": str(make_workshop().course_id)}, "Course"),
    "the catch-up": (lambda workshop: {"catch_up_days": "0"}, "Catch-up"),
}


@pytest.mark.parametrize(("changed", "label"), CHANGES.values(), ids=CHANGES)
def test_what_people_booked_is_not_saved_in_passing(desk, workshop, changed, label):
    answers, before = changed(workshop), stored(workshop)

    page = save(desk, url(workshop), **answers)

    assert stored(workshop) == before
    assert "Nothing is saved yet. 2 places are booked or held" in words_of(page)
    assert label in words_of(page)
    assert (WorkshopChange.objects.count(), Message.objects.count()) == (0, 0)


def test_a_zone_that_is_none_of_the_common_ones_stays(desk):
    make_practice()
    workshop = make_workshop(time_zone="Pacific/Chatham")

    save(desk, url(workshop), note="Bring a pen.")

    assert Workshop.objects.values_list("time_zone", "note").get() == ("Pacific/Chatham", "Bring a pen.")


def test_the_page_says_what_was_and_what_will_be_in_words(desk, workshop):
    Session.objects.update(day=date(2099, 1, 15))
    store_sessions(workshop)

    page = words_of(save(desk, url(workshop), **{"sessions-0-day": "2099-07-15", "time_zone": "Europe/Paris"}))

    assert "Thursday 15 January 2099, 10:00 to 16:00, London time (UTC+0)" in page
    assert "Wednesday 15 July 2099, 10:00 to 16:00, Paris time (UTC+2)" in page
    assert "Whoever booked before may take everything back" in page


def test_the_page_shows_the_mail_that_is_then_sent(desk, workshop):
    order = workshop.orders.get()

    page = save(desk, url(workshop), **later(workshop))
    confirm(desk, page, url(workshop))
    tell_of_changes()

    mail = Message.objects.get(to=order.buyer_email)
    assert f"“{mail.subject}”, as one of 2 people would read it" in words_of(page)
    assert without_secrets(mail.text, "…") in unescape(page.text)
    assert "cancel on the page of your booking, until" in mail.text
    secrets = [order.secret, *Ticket.objects.values_list("secret", flat=True)]
    assert [each for each in secrets if each in page.text] == []


def test_its_button_saves_the_whole_form_and_writes_it_down(desk, workshop):
    page = change(desk, workshop, note="See you then.", **later(workshop))

    stored = Workshop.objects.get(pk=workshop.pk)
    assert (day_of(workshop), stored.note) == (workshop.session_list[0].day + timedelta(days=14), "See you then.")
    assert (WorkshopChange.objects.get().gives_back, stored.changed_at is not None) == (True, True)
    assert ("info", "2 places are booked there: the mails leave within a minute.") in told(page)
    assert Session.objects.get().revision == 1


def test_the_press_is_no_good_for_another_change_or_for_more_people(desk, workshop):
    asked = answers_in(save(desk, url(workshop), **later(workshop)))

    other = desk.post(url(workshop), asked | {"sessions-0-start_time": "12:00:00"})
    make_ticket(workshop)
    more = desk.post(url(workshop), asked)

    assert [other.status_code, more.status_code] == [409, 409]
    assert "3 places are booked or held" in words_of(more)
    assert day_of(workshop) == workshop.session_list[0].day


def test_a_colleagues_change_meanwhile_is_shown_before_anything_is_saved(desk, workshop):
    asked = answers_in(save(desk, url(workshop), **later(workshop)))
    Workshop.objects.update(note="By somebody else.")

    page = desk.post(url(workshop), asked)

    assert "Changed since you opened this page" in page.text
    assert day_of(workshop) == workshop.session_list[0].day


def test_what_nobody_booked_is_saved_at_once(desk, workshop):
    """The note, places, the address, a Zoom link that nobody has seen; and anything of what nobody has booked."""
    free = make_workshop()

    save(
        desk,
        url(workshop),
        note="Bring a pen.",
        capacity="12",
        slug="other",
        **{"sessions-0-join_url": "https://zoom.example/j/2"},
    )
    save(desk, url(free), slug="free", time_zone="Europe/Paris")

    assert Workshop.objects.get(note="Bring a pen.").capacity == 12
    assert Workshop.objects.get(slug="free").time_zone == "Europe/Paris"
    assert WorkshopChange.objects.count() == 0


def test_an_address_that_changes_says_that_the_old_one_leads_on_before_and_after(desk, workshop):
    leads_on, is_new = "The old one leads to it", "The address of the page is new: the old one leads to it"

    asked = save(desk, url(workshop), slug="other", catch_up_days="10")
    unasked = save(desk, url(workshop), slug="third")

    told_of = [words for _, words in told(desk.get(url(workshop))) if is_new in words]
    assert (leads_on in words_of(asked), is_new in asked.text) == (True, False)
    assert (unasked.status_code, len(told_of)) == (302, 1)


def test_a_workshop_that_is_over_changes_without_a_question(desk, workshop):
    workshop.sessions.update(day=date(2026, 1, 5))
    store_sessions(workshop)

    save(desk, url(workshop), catch_up_days="10")

    assert Workshop.objects.get(pk=workshop.pk).catch_up_days == 10


def test_the_recording_is_still_to_come_after_the_last_session(desk, workshop):
    """Nobody is asked about hours that are over; who waits for the recording is told of it."""
    workshop.sessions.update(day=timezone.localdate() - timedelta(days=2))
    store_sessions(workshop)

    page = save(desk, url(workshop), catch_up_days="3", **{"sessions-0-start_time": "11:00:00"})
    assert words_of(page).count("28 days from its publication 3 days from its publication") == 1
    assert "Session" not in words_of(page).partition("What they booked")[2].partition("The mail")[0]
    confirm(desk, page, url(workshop))

    tell_of_changes()
    mail = Message.objects.get(to="ada@example.org")
    assert "Catch-up\nSo far: 28 days from its publication\nFrom now on: 3 days from its publication" in mail.text
    assert ("The sessions as they are now" in mail.text, mail.attachments) == (False, [])


def open_now(workshop):
    start = timezone.localtime(timezone.now() - timedelta(hours=1)).replace(second=0, microsecond=0, tzinfo=None)
    end = start + timedelta(hours=6)
    Session.objects.update(day=start.date(), start_time=start.time(), end_time=end.time())
    store_sessions(workshop)


def test_a_link_that_people_have_seen_is_asked_about(desk, workshop):
    open_now(workshop)

    page = save(desk, url(workshop), **{"sessions-0-join_url": "https://zoom.example/j/2"})

    assert "Zoom link as on the joining page as on the joining page" in words_of(page)


@pytest.mark.parametrize("provider", ["manual", "zoom"])
def test_who_types_a_link_beside_zoom_reads_what_becomes_of_its_meeting(desk, workshop, settings, provider):
    settings.SESSION_PROVIDER = provider
    open_now(workshop)

    form = words_of(desk.get(url(workshop)))
    asked = words_of(save(desk, url(workshop), **{"sessions-0-join_url": "https://zoom.example/j/2"}))

    assert ("it ends that meeting and the links to it" in form) == (provider == "zoom")
    assert ("that goes on with those who are in it, and its report is still read" in asked) == (provider == "zoom")
    assert "Zoom link as on the joining page as on the joining page" in asked


def test_a_session_that_is_taken_off_is_asked_about(desk, workshop):
    make_session(workshop, workshop.session_list[0].day + timedelta(days=7), title="Second day")

    page = save(desk, url(workshop), **{"sessions-1-DELETE": "on"})
    assert "called off" in words_of(page)
    confirm(desk, page, url(workshop))

    assert (workshop.sessions.count(), workshop.removed_sessions.get().title) == (1, "Second day")


def test_another_presenter_of_the_course_is_a_change_of_its_workshops(desk, workshop):
    path = f"/admin/courses/course/{workshop.course_id}/change/"
    other = make_person("Rosa Lindahl")

    page = save(desk, path, presenters=[str(other.pk)])
    assert "Rosa Lindahl" in words_of(page)
    assert other not in workshop.course.presenters.all()
    confirm(desk, page, path)

    assert list(workshop.course.presenters.all()) == [other]
    assert WorkshopChange.objects.get().words[0][::2] == ["Presenters", "Rosa Lindahl"]


def test_other_hours_of_the_course_are_a_change_of_its_workshops(desk, workshop):
    page = save(desk, f"/admin/courses/course/{workshop.course_id}/change/", cpd_hours="4.5")

    assert "CPD hours 5 4.5" in words_of(page)
    assert Course.objects.get(pk=workshop.course_id).cpd_hours == 5


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        ("course", {"title": "Grief, anew"}),
        ("course", {"blurb": "Other words."}),
        ("workshop", {"sessions-0-title": "The first evening"}),
    ],
)
def test_other_words_raise_the_number_by_which_calendars_take_them(desk, workshop, model, changed):
    unchanged = make_workshop()
    path = f"/admin/courses/{model}/{workshop.pk if model == 'workshop' else workshop.course_id}/change/"

    numbers = []
    for answers in ({}, changed, changed):
        assert "Please correct" not in save(desk, path, **answers).text
        numbers.append(workshop.sessions.get().sequence)

    assert (numbers, unchanged.sessions.get().sequence) == ([0, 1, 1], 0)


def test_a_course_with_people_booked_cannot_leave_the_site(desk, workshop):
    page = save(desk, f"/admin/courses/course/{workshop.course_id}/change/", is_published=None)

    assert "Places of its workshops are booked or held: 2. So it stays" in page.text
    assert Course.objects.get(pk=workshop.course_id).is_published


# The mails ---------------------------------------------------------------------------------------------------------
def test_everybody_who_comes_or_pays_is_told_once_with_a_new_calendar_file(desk, workshop):
    change(desk, workshop, **later(workshop))

    assert (tell_of_changes(), tell_of_changes()) == (2, 0)
    noor, ada = Message.objects.get(to="noor@example.org"), Message.objects.get(to="ada@example.org")
    assert "So far: " in ada.text
    assert "From now on: " in ada.text
    assert ("everything back" in noor.text, "everything back" in ada.text) == (True, False)
    assert "SEQUENCE:2" in ada.attachments[0]["content"]
    assert WorkshopChange.objects.get().told_at is not None


def test_who_has_booked_twice_has_one_mail_with_both_bookings(desk, standin, workshop):
    buy(standin, workshop, 1)
    Message.objects.all().delete()
    change(desk, workshop, **later(workshop))

    tell_of_changes()

    text = Message.objects.get(to="noor@example.org").text
    addresses = [order.get_absolute_url() for order in Order.objects.all()]
    assert [text.count(address) for address in addresses] == [1, 1]
    assert text.count("you get everything back") == 2


def test_a_second_change_is_told_again(desk, workshop):
    for start in ("11:00:00", "12:00:00"):
        change(desk, workshop, **{"sessions-0-start_time": start})
        tell_of_changes()

    assert Message.objects.filter(to="ada@example.org").count() == 2


def test_who_books_after_the_change_is_not_told_of_it(desk, standin, workshop):
    change(desk, workshop, **later(workshop))
    make_ticket(workshop, attendee_email="new@example.org")

    tell_of_changes()

    assert not Message.objects.filter(to="new@example.org").exists()


def test_a_worker_that_dies_while_it_tells_loses_nobody_and_tells_nobody_twice(desk, workshop, monkeypatch):
    change(desk, workshop, **later(workshop))
    dying = iter([RuntimeError("killed")])

    def die(name):
        if error := next(dying, None):
            raise error

    monkeypatch.setattr(workshop_changes, "checkpoint", die)
    with pytest.raises(RuntimeError):
        tell_of_changes()

    tell_of_changes()
    assert sorted(Message.objects.values_list("to", flat=True)) == ["ada@example.org", "noor@example.org"]
    assert WorkshopChange.objects.get().told_at is not None


# The money ---------------------------------------------------------------------------------------------------------
def back(order):
    order.refresh_from_db()
    lines = list(order.lines.select_related("ticket"))
    quote = refund_for(order, lines, timezone.now())
    return quote.total, {each.reason for each in quote.lines}


def test_who_booked_before_the_date_changed_has_everything_back(desk, standin, workshop):
    order = workshop.orders.get()
    assert back(order)[0] == 0

    change(desk, workshop, **{"sessions-0-start_time": "11:00:00"})

    words = "We have changed the date or who teaches since you booked, so everything comes back."
    assert back(order.__class__.objects.get()) == (Decimal("210.00"), {words})
    page = desk.get(f"{order.get_absolute_url()}places/{order.lines.first().pk}/cancel/")
    assert "£105.00" in page.text


def test_who_booked_after_it_has_what_the_policy_says(desk, standin, workshop):
    change(desk, workshop, **{"sessions-0-start_time": "11:00:00"})

    order = buy(standin, workshop, by=buyer("late@example.org"))

    assert back(order)[0] == 0


def test_it_ends_when_the_next_session_begins(desk, standin, workshop, time_machine):
    order = workshop.orders.get()
    change(desk, workshop, **{"sessions-0-start_time": "11:00:00"})
    time_machine.move_to(Session.objects.get().starts_at)

    assert back(order)[0] == 0


def test_another_number_of_catch_up_days_gives_nothing_back(desk, workshop):
    change(desk, workshop, catch_up_days="14")

    assert WorkshopChange.objects.get().gives_back is False
    assert back(workshop.orders.get())[0] == 0


def test_who_bought_a_recording_that_there_will_not_be_is_told_of_the_money(desk, standin, workshop):
    recording = make_ticket_type(workshop, "Recording", "60.00", access="catch_up")
    order = buy(standin, workshop, by=buyer("ivo@example.org"), ticket_types=[recording])
    words = "There is to be no recording, so you get everything back that was paid for it"

    for days in ("14", "0"):
        change(desk, workshop, catch_up_days=days)
        tell_of_changes()

    told = Message.objects.filter(key__startswith="workshop-change").order_by("pk")
    assert [words in each.text for each in told.filter(to="ivo@example.org")] == [False, True]
    assert [" ".join(each.html.split()).count(words) for each in told.filter(to="ivo@example.org")] == [0, 1]
    assert not told.filter(to="noor@example.org", text__contains=words).exists()
    assert back(order) == (Decimal("60.00"), {"There is no recording of this workshop, so everything comes back."})


def test_the_desk_says_why_in_its_own_words(desk, workshop):
    asked = answers_in(save(desk, url(workshop), **later(workshop)))

    desk.post(url(workshop), asked | {"_note": "  The rooms are flooded.\r\n\r\nWe are <b>sorry</b>. "})
    tell_of_changes()

    mail = Message.objects.get(to="ada@example.org")
    assert "The rooms are flooded.\n\nWe are <b>sorry</b>.\n\nSession" in mail.text
    assert "We are &lt;b&gt;sorry&lt;/b&gt;." in mail.html


def test_words_that_are_too_long_come_back_and_nothing_is_saved(desk, workshop):
    asked, before = answers_in(save(desk, url(workshop), **later(workshop))), stored(workshop)

    page = desk.post(url(workshop), asked | {"_note": "x" * 1001})

    assert (page.status_code, stored(workshop)) == (422, before)
    assert "x" * 1001 in page.text
    assert "your words have more than 1000 characters" in page.text
    assert desk.post(url(workshop), answers_in(page) | {"_note": "x" * 1000}).status_code == 302
