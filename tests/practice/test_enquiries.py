import re
from datetime import timedelta

import pytest
from django.utils import timezone

from outbox.models import Message
from practice.due import delete_old_enquiries
from practice.enquiries import receive_enquiry
from practice.forms import EnquiryForm
from practice.models import Enquiry, Person
from tests.builders import make_location, make_person, make_practice

pytestmark = pytest.mark.django_db


def an_enquiry(**fields):
    return receive_enquiry(
        Enquiry(**({"name": "Noor Haddad", "email": "noor@example.org", "setting": "room"} | fields))
    )


def test_an_enquiry_is_kept_as_it_was_written():
    make_practice()
    clinician = make_person(is_clinician=True)

    an_enquiry(phone="020 7946 0001", may_leave_voicemail=True, clinician=clinician, message="Mondays?")

    assert list(
        Enquiry.objects.values_list(
            "name", "email", "setting", "phone", "may_leave_voicemail", "clinician", "message", "status"
        )
    ) == [("Noor Haddad", "noor@example.org", "room", "020 7946 0001", True, clinician.pk, "Mondays?", "new")]


def test_an_enquiry_may_name_a_town_where_there_are_several():
    make_practice()
    rooms, area = make_location("Naperville"), make_location("Oswego", kind="area")
    make_location("Online", kind="online")
    sent = {"name": "Noor", "email": "noor@example.org", "may_write": "on", "setting": "room", "location": area.pk}
    form = EnquiryForm(sent)
    form.is_valid()

    towns = [("", "No preference"), (str(rooms.pk), "Naperville"), (str(area.pk), "Oswego")]
    assert list(form.fields["location"].choices) == towns
    assert form.enquiry.location == area


def test_nobody_is_asked_for_a_town_where_there_is_one():
    make_practice()
    make_location("Naperville")

    assert "location" not in EnquiryForm().fields


def test_the_desk_is_told_that_there_is_one_and_where_to_read_it(settings):
    settings.SITE_URL = "https://withyrooms.example"
    make_practice(email="desk@withyrooms.example")

    enquiry = an_enquiry()

    notice = Message.objects.get()
    link = f"https://withyrooms.example/admin/practice/enquiry/{enquiry.pk}/change/"
    assert (notice.to, notice.subject) == ("desk@withyrooms.example", "There is a new enquiry")
    assert (link in notice.text, link in notice.html) == (True, True)


def test_no_word_of_the_enquiry_stands_in_the_notice():
    make_practice()
    clinician = make_person("Dr Canary Clinician", is_clinician=True)

    an_enquiry(
        name="Canary Name",
        email="canary@example.net",
        phone="07700 900123",
        clinician=clinician,
        message="canary words",
    )

    notice = Message.objects.get()
    sent = " ".join([notice.key, notice.subject, notice.text, notice.html, notice.reply_to, str(notice.headers)])
    assert [word for word in ("Canary", "canary", "07700") if word in sent] == []


def test_a_site_without_an_address_keeps_the_enquiry_and_mails_nobody():
    an_enquiry()

    assert (Enquiry.objects.count(), Message.objects.count()) == (1, 0)


def test_the_same_words_sent_twice_within_minutes_are_one_enquiry():
    make_practice()
    first = an_enquiry(message="Mondays?")

    second = an_enquiry(email="Noor@Example.org", message="Mondays?")

    assert (second, Enquiry.objects.count(), Message.objects.count()) == (first, 1, 1)


def test_other_words_are_another_enquiry():
    make_practice()
    an_enquiry(message="Mondays?")

    an_enquiry(message="Or Tuesdays.")

    assert (Enquiry.objects.count(), Message.objects.count()) == (2, 2)


def test_the_same_words_an_hour_later_are_another_enquiry():
    make_practice()
    first = an_enquiry(message="Mondays?")
    Enquiry.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=1))

    an_enquiry(message="Mondays?")

    assert Enquiry.objects.count() == 2


def test_enquiries_are_deleted_after_the_days_that_were_promised():
    make_practice(enquiries_kept_days=30)
    for days in (29, 31, 400):
        enquiry = an_enquiry(message=f"{days} days ago")
        Enquiry.objects.filter(pk=enquiry.pk).update(created_at=timezone.now() - timedelta(days=days))

    deleted = delete_old_enquiries()

    assert (deleted, [enquiry.message for enquiry in Enquiry.objects.all()]) == (2, ["29 days ago"])


def test_whoever_said_that_email_is_safe_hears_that_it_came_and_nothing_else(settings):
    settings.DEFAULT_FROM_EMAIL = "Withy Rooms <hello@withyrooms.example>"
    make_practice(name="Withy Rooms")

    an_enquiry(name="Canary Name", message="canary words", may_write=True)

    mail = Message.objects.get(to="noor@example.org")
    assert (mail.subject, mail.headers) == ("Thank you for your message", {"From": "hello@withyrooms.example"})
    said = f"{mail.subject} {mail.text} {mail.html}"
    assert [word for word in ("Canary", "canary", "Withy", "therap", "enquir") if word in said] == []
    assert "You have an answer by" in mail.text


def test_a_mail_to_the_practice_itself_does_not_promise_it_an_answer():
    practice = make_practice()

    an_enquiry(message="Mondays?")

    mail = Message.objects.get(to=practice.email)
    assert [word for word in ("Questions?", "a person will answer") if word in mail.text + mail.html] == []
    assert ["whenever an enquiry comes in" in each for each in (mail.text, mail.html)] == [True, True]


def test_whoever_did_not_say_so_is_written_nothing():
    make_practice()

    an_enquiry(phone="020 7946 0001", may_ring=True)

    assert Message.objects.exclude(kind="practice/enquiry_notice").count() == 0


def test_a_stranger_can_have_two_such_mails_a_day_sent_to_an_address():
    make_practice()
    for number in range(4):
        an_enquiry(message=f"Message {number}", may_write=True)

    assert (Enquiry.objects.count(), Message.objects.filter(kind="practice/enquiry_came").count()) == (4, 2)


@pytest.mark.parametrize(("came_from", "title"), [("contact", "Error: Contact"), ("therapy", "Error: Therapy with us")])
def test_what_needs_another_look_comes_back_on_the_page_on_which_it_was_written(client, came_from, title):
    make_practice(name="Withy Rooms")

    answer = client.post("/therapy/", {"came_from": came_from, "message": "Mondays?"})

    assert (answer.status_code, f"<title>{title} – Withy Rooms</title>" in " ".join(answer.text.split())) == (422, True)
    assert ("Tell us what to call you." in answer.text, "Mondays?" in answer.text) == (True, True)
    assert f'name="came_from" value="{came_from}"' in " ".join(answer.text.split())


def test_what_was_written_on_a_clinicians_page_comes_back_there_while_they_can_be_asked_for(client):
    make_practice(name="Withy Rooms")
    ada = make_person("Ada Field", role="Counsellor", is_clinician=True)
    sent = {"came_from": "clinician", "clinician": ada.pk, "message": "Mondays?"}

    there = client.post("/therapy/", sent)
    Person.objects.filter(pk=ada.pk).update(is_clinician=False)
    gone = client.post("/therapy/", sent)

    titles = [re.search(r"<title>(.*?)</title>", " ".join(each.text.split()))[1] for each in (there, gone)]
    assert titles == ["Error: Ada Field, Counsellor – Withy Rooms", "Error: Therapy with us – Withy Rooms"]
    assert [each.status_code for each in (there, gone)] == [422, 422]
    assert ("Tell us what to call you." in there.text, "Mondays?" in there.text) == (True, True)
    assert 'name="came_from" value="clinician"' in " ".join(there.text.split())
