"""General codes at the desk: made without a mistake, ended early, never changed once they were used."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from orders.models import GeneralCode, Order
from orders.pricing import codes
from practice_site.groups import set_up_groups
from tests.builders import at, make_course, make_general_code, make_practice, make_user, make_workshop
from tests.orders.purchases import buyer, place

pytestmark = pytest.mark.django_db
CODES = "/admin/orders/generalcode/"


@pytest.fixture(autouse=True)
def desk(client):
    make_practice(time_zone="Europe/London")
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def form(**fields):
    return {
        "code": "SPRING26",
        "name": "Spring",
        "percent": "10",
        "amount": "",
        "is_active": "on",
        "starts_at_0": "2027-03-01",
        "starts_at_1": "00:00",
        "ends_at_0": "2027-06-01",
        "ends_at_1": "00:00",
        "full_price_only": "on",
        "most_uses": "",
    } | fields


def errors(response):
    lists = re.findall(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
    return [html.unescape(each) for block in lists for each in re.findall(r"<li>([^<]+)</li>", block)]


def column(client, name, query=""):
    page = client.get(CODES + query).content.decode()
    return re.findall(rf'class="field-{name}[^"]*">(?:<[^>]+>)?([^<]+)<', page)


@pytest.mark.parametrize("typed", ["SPRING26", "spring 26", " Spring-26 "])
def test_a_code_is_kept_in_one_spelling_however_it_is_typed(client, typed):
    client.post(f"{CODES}add/", form(code=typed))

    code = GeneralCode.objects.get()
    assert (code.code, code.percent, code.amount) == ("SPRING26", 10, None)
    assert (code.starts_at, code.ends_at) == (at("2027-03-01 00:00"), at("2027-06-01 00:00", "Europe/London"))


def test_a_code_may_take_an_amount_off_for_some_courses(client):
    course = make_course()

    client.post(f"{CODES}add/", form(percent="", amount="25.00", courses=[course.pk], most_uses="50"))

    code = GeneralCode.objects.get()
    assert (code.percent, code.amount, code.most_uses) == (None, Decimal("25.00"), 50)
    assert list(code.courses.all()) == [course]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"percent": ""}, "Say what the code takes off: a percentage, or an amount in the next field."),
        ({"amount": "5"}, "Give either a percentage or an amount, not both."),
        ({"percent": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"percent": "101"}, "Ensure this value is less than or equal to 100."),
        ({"percent": "NaN"}, "Enter a whole number."),
        ({"percent": "1e9"}, "Enter a whole number."),
        ({"percent": "", "amount": "0"}, "The amount must be above nothing."),
        ({"percent": "", "amount": "-5"}, "The amount must be above nothing."),
        ({"percent": "", "amount": "NaN"}, "Enter a number."),
        ({"percent": "", "amount": "1e30"}, "Ensure that there are no more than 10 digits in total."),
        ({"percent": "", "amount": "0.001"}, "Ensure that there are no more than 2 decimal places."),
        ({"most_uses": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"most_uses": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"ends_at_0": "2027-03-01"}, "It must end after it starts."),
        ({"ends_at_0": ""}, "This field is required."),
        ({"code": "ABC"}, "Four to twenty letters and digits, for example SPRING26."),
        ({"code": "SPRING%"}, "Four to twenty letters and digits, for example SPRING26."),
        ({"code": "٣٣٣٣٣"}, "Four to twenty letters and digits, for example SPRING26."),
        ({"code": "A" * 21}, "Four to twenty letters and digits, for example SPRING26."),
    ],
    ids=repr,
)
def test_a_code_that_cannot_be_is_refused_with_a_reason(client, fields, said):
    response = client.post(f"{CODES}add/", form(**fields))

    assert (said in errors(response), GeneralCode.objects.count()) == (True, 0)


def test_a_code_that_exists_in_another_spelling_is_refused(client):
    make_general_code("SPRING26")

    response = client.post(f"{CODES}add/", form(code="spring-26"))

    assert (errors(response), GeneralCode.objects.count()) == (["General code with this Code already exists."], 1)


@pytest.mark.parametrize(
    "spelling", [str, str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("1", "I")]
)
def test_a_code_that_could_be_a_personal_one_is_refused(client, spelling):
    drawn = codes._draw()

    response = client.post(f"{CODES}add/", form(code=spelling(drawn)))

    words = "This could be somebody's personal code. Make it shorter or longer than ten letters and digits."
    assert (errors(response), GeneralCode.objects.count()) == ([words], 0)


# Once it was used ---------------------------------------------------------------


@pytest.mark.parametrize("status", ["pending", "paid", "lapsed", "refunded"])
def test_what_a_used_code_takes_off_stays_and_it_may_end_early(client, status):
    code = make_general_code("SPRING26", percent=10)
    place(make_workshop(), code="SPRING26")
    Order.objects.update(status=status)
    changes = form(code="OTHER26", percent="90", amount="", ends_at_0="2027-04-01", name="Ended early")
    changes.pop("is_active")

    response = client.post(f"{CODES}{code.pk}/change/", changes)

    code.refresh_from_db()
    assert response.status_code == 302
    assert (code.code, code.percent, code.amount, code.is_active) == ("SPRING26", 10, None, False)
    assert (code.name, code.ends_at) == ("Ended early", at("2027-04-01 00:00", "Europe/London"))


def test_a_code_that_nobody_used_may_change_and_go(client):
    code = make_general_code("SPRING26", percent=10)

    client.post(f"{CODES}{code.pk}/change/", form(code="SUMMER26", percent="", amount="12.50"))
    changed = GeneralCode.objects.values_list("code", "percent", "amount").get()
    client.post(f"{CODES}{code.pk}/delete/", {"post": "yes"})

    assert (changed, GeneralCode.objects.count()) == (("SUMMER26", None, Decimal("12.50")), 0)


def test_a_used_code_is_not_deleted(client):
    code = make_general_code()
    place(make_workshop(), code="SPRING26")

    response = client.post(f"{CODES}{code.pk}/delete/", {"post": "yes"})
    client.post(CODES, {"action": "delete_selected", "_selected_action": [code.pk], "post": "yes"})

    assert (response.status_code, GeneralCode.objects.count()) == (403, 1)


def test_the_limit_cannot_fall_below_the_uses_there_are(client):
    code = make_general_code(most_uses=5)
    for mail in ("a@example.org", "b@example.org"):
        place(make_workshop(), code="SPRING26", by=buyer(mail))

    refused = client.post(f"{CODES}{code.pk}/change/", form(most_uses="1"))
    kept = GeneralCode.objects.get().most_uses
    client.post(f"{CODES}{code.pk}/change/", form(most_uses="2"))

    assert errors(refused) == ["It is used 2 times already. To stop it now, untick “active”."]
    assert (kept, GeneralCode.objects.get().most_uses) == (5, 2)


def test_codes_are_ended_from_the_list(client):
    code = make_general_code()

    client.post(CODES, {"action": "end_now", "_selected_action": [code.pk]})

    assert GeneralCode.objects.get().is_active is False


# The list -----------------------------------------------------------------------


def test_the_list_says_what_each_takes_off_and_how_often_it_was_used(client):
    make_general_code("TWENTY", percent=20, most_uses=50)
    make_general_code("FIVER", amount="5.00")
    for mail, status in (("a@example.org", "paid"), ("b@example.org", "pending"), ("c@example.org", "lapsed")):
        order = place(make_workshop(), code="TWENTY", by=buyer(mail))
        Order.objects.filter(pk=order.pk).update(status=status)

    rows = zip(*(column(client, name) for name in ("code", "worth", "used")), strict=True)

    assert sorted(rows) == [("FIVER", "£5, once", "0"), ("TWENTY", "20% of each place", "2 of 50")]


def test_the_list_is_filtered_by_state(client):
    now = timezone.now()
    make_general_code("RUNNING1")
    make_general_code("TOCOME1", starts_at=now + timedelta(days=1))
    make_general_code("OVER1", starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    make_general_code("STOPPED1", is_active=False)
    states = ("running", "to come", "ended", "nonsense")

    found = [sorted(column(client, "code", f"?state={state}")) for state in states]

    assert found == [["RUNNING1"], ["TOCOME1"], ["OVER1", "STOPPED1"], ["OVER1", "RUNNING1", "STOPPED1", "TOCOME1"]]


def test_its_orders_are_found_by_the_code(client):
    make_general_code("SPRING26")
    order, other = place(make_workshop(), code="SPRING26"), place(make_workshop())

    page = client.get("/admin/orders/order/?q=SPRING26").content.decode()

    assert (order.number in page, other.number in page) == (True, False)


def test_editors_see_codes_make_none_and_see_no_order(client):
    set_up_groups()
    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    order = place(make_workshop(), code=make_general_code("SPRING26").code)
    client.force_login(editor)

    change = f"{CODES}{order.general_code_id}/change/"
    answers = [
        client.post(f"{CODES}add/", form(code="SUMMER26")),
        client.post(change, form(code="SPRING26", percent="100")),
    ]
    page = client.get(change).content.decode()

    assert [answer.status_code for answer in answers] == [403, 403]
    assert list(GeneralCode.objects.values_list("code", "percent")) == [("SPRING26", 10)]
    assert ("SPRING26" in page, order.number in page, order.buyer_email in page) == (True, False, False)
