"""Whatever is sent: never an error of ours, a word about what was wrong, what was typed is kept, nothing is stored."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
import time_machine
from django.core import mail, signing
from django.urls import reverse
from django.utils import timezone

from kit.texts import pdf
from newsletter.links import CONFIRM_SALT
from newsletter.models import Subscriber
from orders.models import Order, StripeEvent
from outbox.delivery import deliver_due
from outbox.models import Message
from practice.models import Enquiry
from tests.hostile.addresses import (
    admin_models,
    confirm_token,
    every_name,
    full_workshop,
    new_subscriber,
    path_of,
    the_line,
    workshop,
)
from tests.hostile.forms import (
    FORMS,
    NASTY,
    PASSWORD,
    URLENCODED,
    FormPage,
    booking,
    encoded,
    enquiry,
    post,
    rows,
    send,
    stored,
    undone,
)

MULTIPART = "multipart/form-data; boundary=B"
PART = b'--B\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\nx\r\n'
FILES = b"".join(PART % (b"f%d" % number, b'; filename="a.txt"') for number in range(300)) + b"--B--\r\n"
# What no form is read from, and what is read as a form without answers.
MORE_THAN_IS_TAKEN = [
    (b"a=" + b"x" * 1_100_000, URLENCODED),
    (b"&".join(b"f%d=1" % number for number in range(5001)), URLENCODED),
    (b"".join(PART % (b"f%d" % number, b"") for number in range(5001)) + b"--B--\r\n", MULTIPART),
    (FILES, MULTIPART),
]
UNREADABLE = [
    (PART % (b"a", b""), "multipart/form-data"),
    (PART % (b"a", b""), "multipart/form-data; boundary=\xe9"),
    (b"a=%e9", f"{URLENCODED}; charset=utf-16"),
]
ONE_OF_EACH_APP = {
    re.split("[:_]", form.name.removeprefix("admin:"))[0] + form.visitor: form for form in FORMS.values()
}
EMPTY = {
    "a part without an end": (b'--B\r\nContent-Disposition: form-data; name="email"\r\nno end', MULTIPART),
    "half JSON": (b'{"email":', "application/json"),
    "an unknown charset": (b"a=%e9", f"{URLENCODED}; charset=nope"),
    "separators alone": (b"&=&&;=%ff%00&", URLENCODED),
}
# With filters of every sort.
LISTS = ["courses.ticket", "courses.workshop", "outbox.message", "orders.order", "practice.crisisline"]
NO_ADDRESS = "Enter an email address like name@example.org."
TOO_LONG, NULL = "This address is too long.", "Null characters are not allowed."
TWO, WIDE, SIGN = "Enter one address only.", "The @ in this address is a wider sign", "Before the @ is a sign that mail"
NO_DOMAIN = "The name after the @ has a sign that no domain may have"
NO_CHOICE = "Select a valid choice."
NOT_ON_SALE = "This ticket is not on sale any more. Choose one of those shown."
CHANGED = "The amount is not the one that you saw before"
BAD_AMOUNTS = ["", "-1000000", "1e400", "1E+1000000", "NaN", "sNaN", "-Infinity", "0x10", "\u0661", "9" * 5000, "a\x00"]
BAD_NUMBERS = ["-1", "0", "9" * 30, "9" * 5000, "1e400", "' OR 1=1 --"]
TOO_MANY_DIGITS = ["1e400", "1E+1000000", "9" * 5000]
# The form, the bad answer, what the page says.
REFUSED = [
    ("practice:practice", {"name": ""}, "Tell us what to call you."),
    ("practice:practice", {"name": "\u202e \u2066"}, "Tell us what to call you."),
    ("practice:practice", {"name": "x" * 121}, "at most 120 characters (it has 121)"),
    ("practice:practice", {"name": "a\x00b"}, NULL),
    ("practice:practice", {"email": "nell@"}, NO_ADDRESS),
    ("practice:practice", {"email": "nell@example.org\r\nBcc: victim@example.org"}, TWO),
    ("practice:practice", {"email": "n\u0435ll@example.org"}, "We cannot write to an address with letters like é"),
    ("practice:practice", {"email": NASTY["address of two"]}, WIDE),
    ("practice:practice", {"email": NASTY["address that grows"]}, NO_DOMAIN),
    ("practice:practice", {"phone": "ring me"}, "Use digits, spaces and a leading + only."),
    ("practice:practice", {"setting": "moon"}, NO_CHOICE),
    ("practice:practice", {"clinician": "9" * 30}, NO_CHOICE),
    ("practice:practice", {"clinician": "1e309"}, NO_CHOICE),
    ("practice:practice", {"message": "x" * 1001}, "at most 1000 characters (it has 1001)"),
    ("practice:practice", {"message": "a\x00b"}, NULL),
    ("practice:practice", {"consent": ""}, "Tick this, so that we may keep your message"),
    ("newsletter:subscribe", {"email": ""}, "Write the address that we should send to."),
    ("newsletter:subscribe", {"email": "a\x00@example.org"}, SIGN),
    ("newsletter:subscribe", {"email": NASTY["address that grows"]}, NO_DOMAIN),
    ("newsletter:subscribe", {"email": NASTY["address too long"]}, TOO_LONG),
    ("newsletter:subscribe", {"audience": "-1"}, "Choose one of the three."),
    ("newsletter:subscribe", {"placement": "a\x00b"}, "This form was out of date, so nothing was sent."),
    ("learning:send_links", {"email": ""}, "Write the address that we should look for."),
    ("learning:send_links", {"email": "a\x00@example.org"}, SIGN),
    ("learning:send_links", {"email": NASTY["address of two"]}, WIDE),
    ("courses:waiting_list", {"email": "nobody"}, NO_ADDRESS),
    ("courses:series_waiting_list", {"email": "nobody"}, NO_ADDRESS),
    ("orders:book_series", {"offer": "A" * 40}, "The offer from the waiting list has ended"),
    ("courses:interest", {"email": "nobody"}, NO_ADDRESS),
    ("orders:book", {"offer": "A" * 41}, "at most 40"),
    ("orders:book", {"offer": "A" * 40}, "The offer from the waiting list has ended"),
    ("courses:waiting_list", {"email": NASTY["address that grows"]}, NO_DOMAIN),
    ("orders:book", {"name": "a\x00b"}, NULL),
    ("orders:book", {"email": "nell@example.org, victim@example.org"}, TWO),
    ("orders:book", {"email": NASTY["address that grows"]}, NO_DOMAIN),
    ("orders:book", {"time_zone": "../../etc/passwd"}, "Use a time zone name such as Europe/London."),
    ("orders:book", {"key": "1"}, "Enter a valid UUID."),
    ("orders:book", {"shown_total": "1e309"}, "no more than"),
    ("orders:book", {"shown_total": "-Infinity"}, "Enter a number."),
    ("orders:book", {"shown_total": "-1"}, "The price is not the one that you saw before."),
    ("orders:book", {"terms": ""}, "Accept the booking terms to carry on."),
    ("orders:book", {"code": "x" * 61}, "at most 60 characters"),
    ("orders:book", {"code": "' OR 1=1 --"}, "We do not know this code"),
    ("orders:book", {"place0-ticket_type": "-1"}, NOT_ON_SALE),
    ("orders:book", {"place1-ticket_type": "9" * 5000}, NOT_ON_SALE),
    ("orders:book", {"place1-name": ""}, "Enter the name of the person who takes this place."),
    ("orders:book", {"place1-email": NASTY["address of two"]}, WIDE),
    ("orders:book", {"place1-time_zone": "Mars/Olympus"}, "Use a time zone name such as Europe/London."),
    ("orders:book", {"place1-access_needs": "x" * 1001}, "at most 1000 characters"),
    ("orders:book by invoice", {"organisation": ""}, "Enter the name of the organisation that pays."),
    ("orders:book by invoice", {"organisation": "\u202e \u2066"}, "Enter the name of the organisation that pays."),
    ("orders:book by invoice", {"organisation": "x" * 201}, "at most 200 characters"),
    ("orders:book by invoice", {"organisation": "a\x00b"}, NULL),
    ("orders:book by invoice", {"organisation_address": ""}, "Enter the address that the invoice is made out to."),
    ("orders:book by invoice", {"organisation_address": "x" * 501}, "at most 500 characters"),
    ("orders:book by invoice", {"organisation_address": "a\x00b"}, NULL),
    ("orders:book by invoice", {"po_number": "9" * 900_000}, "at most 60 characters (it has 900000)"),
    ("orders:book by invoice", {"po_number": "a\x00b"}, NULL),
    ("orders:book by invoice", {"shown_total": "NaN"}, "Enter a number."),
    *[("orders:move_place", {"shown": amount}, CHANGED) for amount in BAD_AMOUNTS],
    *[("orders:rebook", {"shown": amount}, CHANGED) for amount in BAD_AMOUNTS],
    *[("orders:move_place", {"to": number}, "That workshop can no longer be booked") for number in BAD_NUMBERS],
    *[("orders:rebook", {"to": number}, "That workshop can no longer be booked") for number in BAD_NUMBERS],
    ("orders:move_place", {"to": ""}, "Choose the workshop that the place goes to."),
    ("orders:rebook", {"to": "", "shown": "1e400"}, CHANGED),
    ("admin:orders_order_transfer", {"amount": "-105"}, "greater than or equal to 0.01"),
    ("admin:orders_order_transfer", {"amount": "0"}, "greater than or equal to 0.01"),
    *[("admin:orders_order_transfer", {"amount": amount}, "Enter a number.") for amount in ("NaN", "\u215b", "0x10")],
    *[("admin:orders_order_transfer", {"amount": amount}, "Ensure that there are") for amount in TOO_MANY_DIGITS],
    ("admin:orders_order_transfer", {"received_on": "9999-12-31"}, "This day is still to come."),
    ("admin:orders_order_transfer", {"received_on": "0001-01-01"}, "The order did not exist on that day."),
    ("admin:orders_order_transfer", {"received_on": "99999-01-01"}, "Enter a valid date."),
    ("admin:orders_order_transfer", {"received_on": "\x00"}, "Enter a valid date."),
    ("admin:orders_cancel_workshop", {"because": ""}, "This field is required."),
    ("admin:orders_cancel_workshop", {"because": "x" * 501}, "at most 500 characters"),
    ("admin:orders_cancel_workshop", {"because": "a\x00b"}, NULL),
    ("admin:orders_cancel_workshop", {"is_sure": ""}, "This field is required."),
    *[("admin:orders_order_move", {"place": number}, NO_CHOICE) for number in BAD_NUMBERS],
    *[("admin:orders_order_move", {"to": number}, NO_CHOICE) for number in BAD_NUMBERS],
    ("admin:orders_order_refund", {"reason": "x" * 201}, "at most 200 characters"),
    ("admin:orders_generalcode_add", {"code": "a\x00b"}, NULL),
    ("admin:orders_generalcode_add", {"code": "\u0661\u0662\u0663\u0664"}, "Four to twenty letters and digits"),
    ("admin:orders_generalcode_add", {"code": "x" * 5000}, "at most 40 characters"),
    ("admin:orders_generalcode_add", {"percent": "-1"}, "greater than or equal to"),
    ("admin:orders_generalcode_add", {"percent": "101"}, "less than or equal to 100"),
    ("admin:orders_generalcode_add", {"percent": "9" * 400}, "less than or equal to 100"),
    ("admin:orders_generalcode_add", {"percent": "", "amount": "NaN"}, "Enter a number."),
    ("admin:orders_generalcode_add", {"percent": "", "amount": "1e400"}, "Ensure that there are no more than"),
    ("admin:orders_generalcode_add", {"percent": "", "amount": "-1"}, "The amount must be above nothing."),
    ("admin:orders_generalcode_add", {"most_uses": "-1"}, "greater than or equal to"),
    ("admin:orders_generalcode_add", {"most_uses": "9" * 30}, "less than or equal to"),
    ("admin:orders_generalcode_add", {"ends_at_0": "99999-01-01"}, "Enter a valid date"),
    ("admin:orders_generalcode_add", {"ends_at_0": "0001-01-01"}, "It must end after it starts."),
    ("orders:hand_over", {"name": "\u202e"}, "Enter the name of the person who takes this place."),
    ("orders:hand_over", {"email": NASTY["address that grows"]}, NO_DOMAIN),
    ("orders:hand_over", {"time_zone": "Mars/Olympus"}, "Use a time zone name such as Europe/London."),
    ("orders:hand_over", {"access_needs": "a\x00b"}, NULL),
    ("account_login", {"login": "nell@"}, NO_ADDRESS),
    ("account_login", {"login": "a\x00@example.org"}, SIGN),
    ("account_login", {"password": "a\x00b"}, NULL),
    ("account_login", {"password": "wrong-words"}, "This address and this password do not belong together."),
    ("account_signup", {"email": NASTY["address of two"]}, WIDE),
    ("account_signup", {"email": NASTY["address too long"]}, TOO_LONG),
    ("account_request_login_code", {"email": NASTY["address too long"]}, TOO_LONG),
    ("account_request_login_code", {"email": NASTY["address of two"]}, WIDE),
    ("account_reset_password", {"email": NASTY["address too long"]}, TOO_LONG),
    ("account_email", {"email": NASTY["address too long"]}, TOO_LONG),
    ("account_reauthenticate", {"password": "wrong-words"}, "This is not your password."),
    ("account_change_password", {"oldpassword": "wrong-words"}, "This is not your password."),
]
KEPT = ["name", "email", "phone", "message", "login", "place0-name", "place1-email", "place1-access_needs"]
# Fields that take whatever somebody types, and what may pass there as words.
WORDS = {
    *("name", "email", "phone", "message", "login", "password", "password1", "oldpassword", "access_needs"),
    *("to", "shown", "amount", "reason", "because", "received_on", "attempt", "percent", "most_uses", "ends_at_0"),
    *("organisation", "organisation_address", "po_number"),
    *("code", "key", "shown_total", "place1-name", "place1-email", "place1-access_needs"),
}
PASSABLE = ["null byte", "lone surrogate", "header", "turned around", "huge number", "address that grows"]
FIRST_OF_TWO = [("practice:practice", "name"), ("newsletter:subscribe", "email"), ("orders:book", "email")]


def errors_in(response) -> str:
    return unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


def is_shown(value: str, page: str) -> bool:
    return f'value="{value}"' in page or f">\n{value}</textarea>" in page


@pytest.mark.parametrize(("name", "bad", "said"), REFUSED)
def test_a_bad_answer_is_named_the_others_are_kept_and_nothing_is_stored(visitor, name, bad, said):
    form = FORMS[name]
    answers = form.answers() | bad
    client, path, before = visitor(form.visitor), form.path(), rows()

    response = send(client, path, answers)

    assert response.status_code == form.again
    assert said in errors_in(response)
    assert rows() == before
    typed = {field: value for field, value in form.answers().items() if field in KEPT and field not in bad}
    page = unescape(response.content.decode())
    assert [field for field, value in typed.items() if not is_shown(value, page)] == []


ANSWERED = ["courses:waiting_list", "courses:series_waiting_list", "courses:interest"]  # by a page, not by a way on


def has_taken(form: FormPage, response) -> bool:
    return response.status_code in {302, 303} or (form.name in ANSWERED and response.status_code == 200)


def broken_by(client, form: FormPage, all_answers: dict[str, dict]) -> dict[str, int]:
    """Which of these are answered by an error, or written down without having been taken."""
    path, broken = form.path(), {}
    for what, answers in all_answers.items():
        with undone(), stored() as tables:
            response = send(client, path, answers)
        if response.status_code >= 500 or (tables and not has_taken(form, response)):
            broken[what] = response.status_code
    return broken


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_nothing_in_any_field_breaks_a_form(visitor, form):
    """All fields at once, in as many turns as it takes for each to hold each."""
    fields, nasty = [*form.answers(), "next"], [*NASTY.values()]
    turns = {
        f"turn {turn}": {name: nasty[(turn + place) % len(nasty)] for place, name in enumerate(fields)}
        for turn in range(len(nasty))
    }

    broken = broken_by(visitor(form.visitor), form, turns)

    assert broken == {}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_nothing_in_one_field_breaks_a_form_that_is_right_otherwise(visitor, form):
    fields = [name for name in form.answers() if name in WORDS]
    answers = {f"{name}: {what}": form.answers() | {name: NASTY[what]} for name in fields for what in PASSABLE}

    broken = broken_by(visitor(form.visitor), form, answers)

    assert broken == {}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_cannot_be_read_as_a_form_is_a_bad_request(visitor, form):
    client, path, before = visitor(form.visitor), form.path(), rows()

    answers = [post(client, path, *sent) for sent in UNREADABLE]

    for answer in answers:
        assert (answer.status_code, "We could not read that request." in answer.content.decode()) == (400, True)
    assert rows() == before


@pytest.mark.parametrize("form", ONE_OF_EACH_APP.values(), ids=ONE_OF_EACH_APP)
def test_more_than_is_taken_is_called_too_long(visitor, form):
    """It takes long to read so much, and is read before any view is asked."""
    client, path, before = visitor(form.visitor), form.path(), rows()

    answers = [post(client, path, *sent) for sent in MORE_THAN_IS_TAKEN]

    for answer in answers:
        assert (answer.status_code, "That was too long." in answer.content.decode()) == (413, True)
    assert rows() == before


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_reads_as_an_empty_form_is_answered_as_one(visitor, form):
    client, path, before = visitor(form.visitor), form.path(), rows()

    answers = {what: post(client, path, *sent).status_code for what, sent in EMPTY.items()}

    assert set(answers.values()) <= {form.again, 302, 400} | ({200, 422} if form.is_at_desk else set())
    assert rows() == before


@pytest.mark.parametrize(("name", "field"), FIRST_OF_TWO)
def test_an_answer_given_twice_counts_once(visitor, name, field):
    form = FORMS[name]
    twice = encoded({field: "\x00"}) + b"&" + encoded(form.answers())

    response = visitor("anonymous").generic("POST", form.path(), twice, content_type=URLENCODED)

    assert response.status_code == 303


def test_a_name_cannot_bring_lines_of_its_own_into_a_mail(visitor):
    lines = "Nell\r\nBcc: victim@example.org\r\n\r\nWin!\u2028\u202egro"
    answers = booking() | {"place1-name": lines, "name": lines}

    send(visitor("anonymous"), path_of("orders:book"), answers)
    send(visitor("anonymous"), path_of("practice:practice"), enquiry() | {"name": lines})
    one_line = "Nell Bcc: victim@example.org Win! gro"

    order = Order.objects.get(buyer_email="nell@example.org")
    assert (order.buyer_name, Enquiry.objects.latest("pk").name) == (one_line, one_line)
    assert order.lines.filter(ticket__attendee_name=one_line).count() == 1
    deliver_due(limit=1000)
    assert {to for letter in mail.outbox for to in letter.recipients() if "victim" in to} == set()


def test_no_mail_has_a_line_break_in_a_header(visitor):
    Message.objects.update(next_attempt_at=timezone.now())

    deliver_due(limit=1000)

    headers = [str(value) for letter in mail.outbox for value in letter.message().values()]
    assert len(mail.outbox) == Message.objects.count()
    assert [value for value in headers if re.search(r"[\r\n](?![ \t])", value)] == []


# Addresses ----------------------------------------------------------------------------------------------------------

QUERIES = [
    "&".join(
        f"{name}=%00" for name in ("page", "topic", "subject", "month", "how", "next", "places", "ticket", "code")
    ),
    "page=-1&places=-1&ticket=99999999999999999999&topic=%ff%fe&subject=%ed%a0%80&month=%ed%a0%80&next=http://[",
    f"page={'9' * 5000}&places=1e309&ticket=1e309&code={'x' * 3000}&next=//evil.example&topic=a&topic=",
]


def is_ours(location: str) -> bool:
    return not re.match(r"(?:[a-z]+:)?//", location) or location.startswith("http://testserver/")


@pytest.mark.parametrize("query", QUERIES, ids=["null bytes", "wrong", "huge"])
def test_no_question_breaks_an_address(visitor, query):
    client, before = visitor("anonymous"), rows()
    names = [name for name in every_name() if not name.startswith("admin")] + ["admin:index", "admin:login"]
    out_of_order = set() if pdf.is_available() else {"orders:document_pdf"}

    answers = {name: client.get(f"{path_of(name)}?{query}") for name in names}

    assert {name for name, answer in answers.items() if answer.status_code >= 500} == out_of_order
    moved = [answer["Location"] for answer in answers.values() if answer.status_code in {302, 303}]
    assert [location for location in moved if not is_ours(location)] == []
    assert rows() == before


@pytest.mark.parametrize("query", ["page=-1", "page=1e309", "page=%00", f"page={'9' * 5000}", "topic=%00", "topic=x"])
def test_a_filter_that_makes_no_sense_is_still_a_page(visitor, query):
    answers = {visitor("anonymous").get(f"{path}?{query}").status_code for path in ("/articles/", "/workshops/")}

    assert answers == {200}


NOWHERE = "account_confirm_reauthentication_code"  # a page of allauth's that is there for nobody


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_no_method_breaks_or_changes_anything(visitor, method):
    client, before = visitor("anonymous"), rows()
    names = [name for name in every_name() if not name.startswith("admin") and name != NOWHERE] + ["admin:index"]

    answers = {name: client.generic(method, path_of(name)).status_code for name in names}

    assert set(answers.values()) <= {200, 302, 405}
    assert rows() == before


HEADERS = [
    {"HTTP_ORIGIN": "http://["},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_ORIGIN": "\xff"},
    {"HTTP_ORIGIN": "https://evil.example"},
    {"HTTP_REFERER": "http://["},
    {"HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_X_FORWARDED_FOR": "\xff, " * 500},
    {"HTTP_COOKIE": 'sessionid="abcdefgh\\000"'},
    {"HTTP_COOKIE": "sessionid=\xff\xfeabcdefghij; csrftoken=\xff; messages=\xff"},
    {"HTTP_COOKIE": "=" * 9000},
    {"HTTP_IF_NONE_MATCH": '"\xff'},
    {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Jan 99999 99:99:99 GMT"},
    {"HTTP_ACCEPT": "\xff;q=x"},
]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: " ".join(map(repr, header.items())))
def test_no_header_breaks_a_page_or_its_form(visitor, header):
    before, names = (
        rows(),
        ["home", "practice:practice", "orders:book", "account_login", "orders:bookings", "orders:pay"],
    )

    for name in names:
        answers = FORMS[name].answers() | {"email": "nobody"} if name in FORMS else {}
        with undone():
            statuses = {visitor("anonymous").get(path_of(name), **header).status_code}
            statuses.add(send(visitor("anonymous"), path_of(name), answers, **header).status_code)
            assert {status for status in statuses if status >= 500} == set()
    assert rows() == before


@pytest.mark.parametrize("header", HEADERS[:4] + HEADERS[5:6], ids=lambda header: " ".join(header.values()))
@pytest.mark.parametrize("name", ["practice:practice", "newsletter:subscribe", *ANSWERED])
def test_a_form_sent_from_another_site_is_refused(visitor, name, header):
    before = rows()

    response = send(visitor("anonymous"), path_of(name), FORMS[name].answers(), **header)

    assert (response.status_code, rows()) == (403, before)


@pytest.mark.parametrize("host", ["evil.example", "a\x00b", "[::1"])
def test_a_request_for_another_host_is_a_bad_request(visitor, host):
    answers = {visitor("anonymous").get(path, headers={"host": host}).status_code for path in ("/", "/accounts/login/")}

    assert answers == {400}


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/\\evil.example", "http://[", "\x00"]
)
def test_signing_in_leads_nowhere_else(visitor, next_page):
    answers = {"login": "stranger@example.org", "password": PASSWORD, "next": next_page}

    response = send(visitor("anonymous"), f"/accounts/login/?next={quote(next_page)}", answers)

    assert (response.status_code, response["Location"]) == (302, reverse("orders:bookings"))


# Signatures and secrets ---------------------------------------------------------------------------------------------


def forged_tokens() -> dict[str, str]:
    good = confirm_token()
    payload, stamp, signature = good.split(":")
    other = {"subscriber": new_subscriber().pk + 1, "percent": 99}
    return {
        "another signature": f"{payload}:{stamp}:{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        "another payload": f"{signing.dumps(other, salt=CONFIRM_SALT).split(':')[0]}:{stamp}:{signature}",
        "another moment": f"{payload}:zzzzzz:{signature}",
        "another purpose": signing.dumps({"subscriber": new_subscriber().pk, "percent": 20}, salt="other"),
        "another key": signing.dumps({"subscriber": new_subscriber().pk, "percent": 20}, key="x", salt=CONFIRM_SALT),
        "no signature": payload,
        "separators": ":::",
        "letters": "\u202e\u0661%00",
        "nobody": signing.dumps({"subscriber": 10**9, "percent": 20}, salt=CONFIRM_SALT),
    }


def test_a_forged_confirmation_link_confirms_nobody(visitor):
    tokens, before = forged_tokens(), list(Subscriber.objects.values())
    paths = {what: f"/newsletter/confirm/{quote(token, safe=':')}/" for what, token in tokens.items()}

    seen = {what: visitor("anonymous").get(path).status_code for what, path in paths.items()}
    sent = {what: send(visitor("anonymous"), path, {}).status_code for what, path in paths.items()}

    assert seen == sent == dict.fromkeys(tokens, 404)
    assert list(Subscriber.objects.values()) == before


def test_a_confirmation_link_ends_after_a_week(visitor):
    path, before = path_of("newsletter:confirm"), list(Subscriber.objects.values())

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        response = send(visitor("anonymous"), path, {})

    assert (response.status_code, list(Subscriber.objects.values())) == (410, before)


@pytest.mark.parametrize(
    "signature",
    ["", "t=1", "t=x,v1=y", "t=1,v1=" + "0" * 64, "v1=" * 2000, "t=\u0661,v1=\xff", "t=99999999999999999999,v1=a"],
)
@pytest.mark.parametrize(
    "body", [b"{}", b"", b"\xff\x00", b"[" * 100_000, b'{"id":"evt_1","type":"x","livemode":false}']
)
def test_an_event_that_was_not_signed_is_refused(visitor, signature, body):
    before = StripeEvent.objects.count()

    response = visitor("anonymous").generic(
        "POST", reverse("orders:stripe_webhook"), body, "application/json", headers={"stripe-signature": signature}
    )

    assert (response.status_code, StripeEvent.objects.count()) == (400, before)


# The desk -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", LISTS)
def test_no_filter_breaks_a_list_at_the_desk(visitor, label):
    client = visitor("superuser")
    path = reverse(f"admin:{label.replace('.', '_')}_changelist")
    page = client.get(path, follow=True).content.decode()
    filters = {
        *re.findall(r"\?([a-z_]+)=", page),
        "q",
        "p",
        "o",
        "e",
        "all",
        "_to_field",
        "pk",
        "password__startswith",
    }

    for value in ("\x00", "9" * 30):
        statuses = {}
        for name in filters:
            with undone():
                statuses[name] = client.get(path, {name: value}).status_code
        assert {name for name, status in statuses.items() if status not in {200, 302, 400}} == set()


def test_no_field_of_the_desk_takes_a_null_byte_or_a_line_of_bytes(visitor):
    client, before = visitor("organiser"), rows()
    added = [
        path
        for label in admin_models()
        if client.get(path := path_of(f"admin:{label.replace('.', '_')}_add")).status_code == 200
    ]

    only_words = {path_of("admin:articles_glossaryterm_add")}  # whatever can be shown is a word and its meaning
    for path in added:
        names = re.findall(r'name="([a-z_0-9-]+)"', client.get(path).content.decode())
        plain = [name for name in names if not name.endswith(("_FORMS", "csrfmiddlewaretoken"))]
        formsets = {name: "0" for name in names if name.endswith("_FORMS")}
        for value in ("\x00", b"\xed\xa0\x80", "9" * 400, "no number"):
            with undone():
                response = send(client, path, dict.fromkeys(plain, value) | formsets)
                statuses = {200, 400} | ({302} if path in only_words else set())
                assert (path, response.status_code) in {(path, status) for status in statuses}

    assert len(added) > 10
    assert rows() == before


@pytest.mark.parametrize("amount", ["-1", "1e309", "NaN", "9" * 5000, "0.001", "\x00", "1000000"])
def test_the_desk_sends_back_no_amount_that_makes_no_sense(visitor, amount):
    answers = {"places": str(the_line().pk), "amount": amount, "reason": "x", "keep": "on", "confirm": "1"}

    client = visitor("organiser")

    with stored() as tables:
        response = send(client, path_of("admin:orders_order_refund"), answers)

    assert (response.status_code, tables) == (422, set())


@pytest.mark.parametrize("shown", ["", "-1", "1e309", "NaN", "sNaN", "0", "\x00", "9" * 5000, "104.99", "1E+1000000"])
def test_a_place_is_cancelled_only_for_the_amount_that_was_shown(visitor, shown):
    with stored() as tables:
        response = send(visitor("anonymous"), path_of("orders:cancel_place"), {"shown": shown, "amount": "1000"})

    assert (response.status_code, tables) == (422, set())


def test_a_full_workshop_takes_only_addresses_on_its_list(visitor):
    before = full_workshop().waiting_list.count()

    send(
        visitor("anonymous"),
        path_of("courses:waiting_list"),
        {"email": "nell@example.org", "workshop": str(workshop().pk)},
    )

    assert (full_workshop().waiting_list.count(), workshop().waiting_list.count()) == (before + 1, 0)
