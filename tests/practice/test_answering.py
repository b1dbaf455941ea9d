import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from kit.forms.seen import ChangedMeanwhile, seal
from outbox.models import Message
from practice import answering, tallies
from practice.enquiries import delete_old_enquiries, receive_enquiry
from practice.models import AnswerText, Enquiry, EnquiryTally
from practice_site.groups import set_up_groups
from tests.builders import make_person, make_practice, make_user
from tests.desk_forms import save
from tests.pressing import press

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _practice():
    make_practice(answer_days=2, email="desk@example.org", name="Withy")


@pytest.fixture
def owner(client):
    user = make_user("owner@example.org", name="Imogen", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def an_enquiry(**fields) -> Enquiry:
    words = {"name": "Noor Haddad", "email": "noor@example.org", "setting": "room"}
    return receive_enquiry(Enquiry(**(words | fields)))


def stored(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.get(pk=enquiry.pk)


def desk(enquiry: Enquiry, act: str = "change") -> str:
    return f"/admin/practice/enquiry/{enquiry.pk}/{act}/"


def test_the_day_of_the_answer_is_kept_as_it_was_promised():
    with time_machine.travel(MONDAY, tick=False):
        enquiry = an_enquiry()
    make_practice(answer_days=9)

    assert stored(enquiry).answer_by == date(2026, 11, 4)


def test_a_press_marks_it_as_answered_by_whoever_presses(client, owner):
    enquiry = an_enquiry()

    asked = client.get(desk(enquiry, "mark-as-answered"))
    before = stored(enquiry).status
    client.post(desk(enquiry, "mark-as-answered"), {"seen": asked.context["form"]["seen"].value()})

    after = stored(enquiry)
    assert (before, after.status, after.answered_by, after.answered_at is not None) == ("new", "answered", owner, True)


def test_an_answer_is_counted_once_and_not_where_it_was_none():
    enquiry = an_enquiry()

    done = [answering.mark_answered(enquiry), answering.mark_answered(enquiry)]
    counted = EnquiryTally.objects.values_list("received", "answered").get()
    answering.reopen_enquiry(enquiry)
    opened = EnquiryTally.objects.values_list("received", "answered", "time_to_answer").get()

    assert (done, counted, opened) == ([True, False], (1, 1), (1, 0, timedelta()))
    assert (stored(enquiry).status, stored(enquiry).answered_at) == ("new", None)


def test_an_answer_is_taken_back_although_the_month_of_the_enquiry_is_another_by_now():
    with time_machine.travel(datetime(2026, 11, 30, 20, tzinfo=UTC)):
        enquiry = an_enquiry()
        answering.mark_answered(enquiry)
    make_practice(time_zone="Asia/Tokyo")

    done = answering.reopen_enquiry(enquiry)

    figures = EnquiryTally.objects.order_by("month").values_list("month__month", "received", "answered")
    assert (done, stored(enquiry).status, [*figures]) == (True, "new", [(11, 1, 1), (12, 0, 0)])


def test_what_is_closed_unanswered_counts_as_no_answer():
    enquiry = an_enquiry()

    done = [answering.close_enquiry(enquiry), answering.mark_answered(enquiry)]

    assert (done, EnquiryTally.objects.get().answered) == ([True, False], 0)


def test_an_answered_enquiry_has_a_button_to_close_it_and_a_closed_one_has_none(client, owner):
    enquiry = an_enquiry()
    client.force_login(owner)
    form, close = (reverse(f"admin:practice_enquiry_{act}", args=[enquiry.pk]) for act in ("change", "close"))
    answering.mark_answered(enquiry)
    has_button = [close in client.get(form).text]
    press(client, close)
    has_button.append(close in client.get(form).text)

    assert (has_button, stored(enquiry).status) == ([True, False], "closed")


def test_a_press_on_a_page_that_is_no_longer_true_does_nothing(owner):
    enquiry = an_enquiry()
    seen = seal(answering.facts_seen(enquiry))
    Enquiry.objects.filter(pk=enquiry.pk).update(assigned_to=owner)

    with pytest.raises(ChangedMeanwhile):
        answering.mark_answered(enquiry, seen=seen)

    assert (stored(enquiry).status, EnquiryTally.objects.get().answered) == ("new", 0)


def test_the_numbers_say_how_many_how_soon_and_from_where_without_names(client, owner):
    with time_machine.travel(MONDAY, tick=False):
        soon, late, _ = [an_enquiry(message=f"{n}", came_from="article") for n in range(3)]
    an_enquiry(came_from="contact")
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        answering.mark_answered(soon)
    with time_machine.travel(MONDAY + timedelta(days=4), tick=False):
        answering.mark_answered(late)
    Enquiry.objects.all().delete()

    page = client.get(reverse("admin:practice_enquiry_numbers")).text

    articles = next(row for row in tallies.by_source() if row["came_from"] == "article")
    assert [articles[name] for name in ("received", "answered", "answered_in_time", "days")] == [3, 2, 1, 2.5]
    cells = " ".join(re.sub(r"<[^>]+>", " ", page.split("An article")[1]).split())
    assert (cells[:9], "Noor" in page) == ("3 2 1 2.5", False)


def test_the_numbers_stay_when_the_enquiries_go():
    with time_machine.travel(timezone.now() - timedelta(days=400), tick=False):
        an_enquiry()

    assert (delete_old_enquiries(), EnquiryTally.objects.get().received) == (1, 1)


def test_notes_are_encrypted_and_stand_in_no_history(client, owner):
    enquiry = an_enquiry()

    save(client, desk(enquiry), notes="Canary words")

    told = str(list(AuditEntry.objects.values()))
    assert (stored(enquiry).notes, "Canary" in told) == ("Canary words", False)


def test_whoever_is_given_one_is_told_without_a_word_of_it(client, owner):
    set_up_groups()
    clinician, editor = (make_user(f"{name}@example.org", is_staff=True) for name in ("ada", "editor"))
    clinician.groups.add(Group.objects.get(name="Clinicians"))
    editor.groups.add(Group.objects.get(name="Editors"))
    enquiry = an_enquiry(name="Canary", message="Canary words")

    form = client.get(desk(enquiry)).context["adminform"].form
    save(client, desk(enquiry), assigned_to=str(clinician.pk))
    save(client, desk(enquiry), notes="Once more.")

    mail = Message.objects.get(to="ada@example.org")
    assert set(form.fields["assigned_to"].queryset) == {clinician, owner}
    assert (mail.subject, "Canary" in f"{mail.text} {mail.html}") == ("An enquiry waits for you", False)
    assert desk(enquiry) in mail.text


def test_who_opened_it_stands_on_its_page(client, owner):
    enquiry = an_enquiry()

    client.get(desk(enquiry))
    client.get(desk(enquiry))
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        page = client.get(desk(enquiry)).text

    opened = AuditEntry.objects.filter(page=f"practice.enquiry:{enquiry.pk}", after="opened")
    said = [f"{owner.name}: {timezone.localtime(each.at):%d %b %Y, %H:%M}" for each in opened]
    assert (len(said), [each for each in said if each not in page]) == (2, [])


def test_its_page_names_colleagues_by_their_names_and_says_that_nothing_was_asked_for(client, owner):
    enquiry = an_enquiry()
    Enquiry.objects.filter(pk=enquiry.pk).update(assigned_to=owner, answered_by=owner, answered_at=timezone.now())

    form, listed = client.get(desk(enquiry)), client.get("/admin/practice/enquiry/").text

    told = {name: read(form.text, name) for name in ("near", "asked_for", "answerer")}
    assert told == {"near": "no preference", "asked_for": "no preference", "answerer": "Imogen"}
    assert [each[1] for each in form.context["adminform"].form.fields["assigned_to"].choices] == ["---------", "Imogen"]
    rows = listed.partition('id="result_list"')[2].partition("</table>")[0]
    assert (">Imogen<" in rows, owner.email in rows) == (True, False)


def read(page, name):
    return re.search(rf'field-{name}".*?<div class="readonly">([^<]*)</div>', page, re.DOTALL)[1]


def test_an_address_fills_in_nothing_else_of_an_answer(client, owner):
    """A question mark is a letter of an address; in a link it would begin a copy to somebody, or a file to go along."""
    sent = an_enquiry(may_write=True, email="a?attach=/etc/hosts&bcc=bo@example.org")

    assert "mailto:a%3Fattach%3D%2Fetc%2Fhosts%26bcc%3Dbo@example.org?subject" in client.get(desk(sent)).text


def test_texts_to_begin_with_are_filled_in_and_sent_by_nobody(client, owner):
    AnswerText.objects.create(title="First", body="Dear [name], [clinician] of [practice] has time. [other] [me]")
    safe = an_enquiry(may_write=True, clinician=make_person("Dr Ada", is_clinician=True))
    unsafe = an_enquiry(name="<b>Bo</b>", phone="020", email="bo@example.org", message="Ring me.")
    before = Message.objects.count()

    pages = [client.get(desk(each)).text for each in (safe, unsafe)]

    assert "Dear Noor Haddad, Dr Ada of Withy has time. [other] Imogen" in pages[0]
    assert "mailto:noor@example.org?subject=Thank%20you%20for%20your%20message" in pages[0]
    assert ("mailto:bo@" in pages[1], "They have not said that it is safe to write." in pages[1]) == (False, True)
    assert ("<b>Bo" in pages[1], Message.objects.count()) == (False, before)


def test_the_desk_is_told_of_those_that_are_late_apart(client, owner):
    with time_machine.travel(timezone.now() - timedelta(days=30), tick=False):
        late = an_enquiry()
    an_enquiry(message="Another")

    page = client.get("/admin/").text

    assert "1 enquiry should have been answered by now" in page
    assert "1 enquiry waits for an answer" in page
    listed = client.get("/admin/practice/enquiry/?late=yes").text
    assert re.findall(r">Enquiry (\d+)</a>", listed) == [str(late.pk)]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/therapy/", "therapy"),
        ("/therapy/?from=article", "article"),
        ("/therapy/?from=moon", "therapy"),
        ("/contact/", "contact"),
    ],
)
def test_the_form_says_from_which_kind_of_page_somebody_writes(client, path, kept):
    page = client.get(path).text
    sent = re.search(r'name="came_from" value="(\w*)"', page)[1]
    answers = {"name": "Noor", "email": "noor@example.org", "setting": "room", "consent": "on", "may_write": "on"}

    client.post("/therapy/", answers | {"came_from": sent})

    assert (sent, Enquiry.objects.get().came_from, EnquiryTally.objects.get().came_from) == (kept, kept, kept)


def test_a_page_that_nobody_knows_is_no_error(client):
    answers = {"name": "Noor", "email": "noor@example.org", "setting": "room", "consent": "on", "may_write": "on"}

    sent = client.post("/therapy/", answers | {"came_from": "x" * 5000})

    assert (sent.status_code, Enquiry.objects.get().came_from) == (303, "")
