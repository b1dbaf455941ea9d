"""What the books found is told until a person has seen it, and said why it may stand."""

from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from orders.books import books, findings
from orders.changes import refunds
from orders.models import BooksFinding, Order, OrderLine, Payment
from orders.settling import disputes
from orders.stripe_api import disputes_of_intent
from practice_site.desk import jobs
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_user, make_workshop
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The bank wrote to us on 3 March."


@pytest.fixture
def order(standin):
    make_practice()
    standin.webhooks.mode = "drop"
    return buy(standin, make_workshop())


def sign_in(client, group):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


@pytest.fixture
def desk(client):
    return sign_in(client, "Organisers")


def break_a_rule(amount="1.00"):
    Payment.objects.update(received=Decimal(amount))


def checked():
    """What the command says, and how it ends."""
    out = StringIO()
    try:
        call_command("check_books", stdout=out, days=0)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def see_all(desk):
    for finding in BooksFinding.objects.unseen():
        desk.post(f"/admin/orders/booksfinding/{finding.pk}/seen/", {"because": WHY})


def waiting():
    owner = make_user(is_staff=True, is_superuser=True)
    return [job.words for job in jobs(owner) if "of the books" in job.words]


def lose_twice(order, standin):
    refunds.send_back(order.payments.get(), reason="Kindness")
    standin.dispute(order.payments.get().intent_id)
    for state in disputes_of_intent(order.payments.get().intent_id):
        disputes.record(state)


def test_what_the_worker_finds_is_on_the_desk_until_it_is_seen(order, desk):
    break_a_rule()

    unseen = findings.check_rows()
    before = waiting()
    see_all(desk)

    row = BooksFinding.objects.get()
    entry = AuditEntry.objects.filter(model="orders.booksfinding").get()
    assert (unseen, before) == (1, ["1 finding of the books is not seen yet"])
    assert (row.seen_because, row.seen_by is None, entry.reason) == (WHY, False, WHY)
    assert (findings.check_rows(), waiting()) == (0, [])


def test_what_was_seen_ends_the_command_well_and_what_changed_does_not(order, desk):
    break_a_rule()
    first = checked()[1]
    see_all(desk)
    seen = checked()
    break_a_rule("2.00")

    changed = checked()

    assert first == "The books do not add up: 1 found."
    assert (seen[1], "1 more was seen by a person, with a reason." in seen[0]) == ("", True)
    assert changed[1] == "The books do not add up: 1 found."


def test_what_is_found_no_more_goes_and_what_was_seen_stays_seen(order, desk):
    break_a_rule()
    findings.check_rows()
    see_all(desk)
    break_a_rule("2.00")
    findings.check_rows()
    break_a_rule("105.00")

    mended = findings.check_rows()
    kept = list(BooksFinding.objects.values_list("is_present", "seen_because"))
    break_a_rule()

    assert (mended, kept) == (0, [(False, WHY)])
    assert (findings.check_rows(), BooksFinding.objects.present().count()) == (0, 1)


def test_asking_again_writes_nothing_twice(order):
    break_a_rule()

    for _ in range(2):
        findings.check_rows()
        checked()

    assert BooksFinding.objects.count() == 1


def test_a_reason_is_needed_and_the_first_stays(order, desk):
    break_a_rule()
    findings.check_rows()
    url = f"/admin/orders/booksfinding/{BooksFinding.objects.get().pk}/seen/"

    without = desk.post(url, {"because": " "})
    desk.post(url, {"because": WHY})
    desk.post(url, {"because": "Another."})

    assert (without.status_code, BooksFinding.objects.get().seen_because) == (422, WHY)
    with pytest.raises(findings.SeenAlready):
        findings.mark_seen(BooksFinding.objects.get(), by=make_user(), because="Third.")


def test_editors_see_to_nothing(order, client):
    break_a_rule()
    findings.check_rows()
    editor = sign_in(client, "Editors")

    answer = editor.post(f"/admin/orders/booksfinding/{BooksFinding.objects.get().pk}/seen/", {"because": WHY})

    assert (answer.status_code, BooksFinding.objects.unseen().count()) == (403, 1)


def test_money_that_is_lost_twice_is_said_as_a_loss_and_is_no_error(order, standin, desk):
    lose_twice(order, standin)

    said, error = checked()
    row = BooksFinding.objects.get()
    before = waiting()
    see_all(desk)
    again = checked()[0]

    loss = f"payment {order.payments.get()}: £105.00 went back and £105.00 was taken in a dispute, of £105.00"
    assert (f"A loss, and no error of the books: {loss}." in said, error, row.is_loss) == (True, "", True)
    assert (before, "A loss" in again, waiting()) == (["1 finding of the books is not seen yet"], False, [])


@pytest.mark.parametrize("percent", [33, 7, 1, 99])
@pytest.mark.parametrize("price", ["19.99", "0.57", "1.15", "33.33", "104.99"])
def test_sums_are_compared_to_the_penny_on_every_database(order, price, percent):
    off = (Decimal(price) * percent / 100).quantize(Decimal("0.01"))
    OrderLine.objects.update(price=Decimal(price), discount=off)
    Order.objects.update(total=Decimal(price) - off, discount_words=f"{percent}% off")
    Payment.objects.update(amount=Decimal(price) - off, received=Decimal(price) - off)

    found = [each for each in books.findings() if "document" not in each.rule]

    assert [each for each in found if each.rule == "an order is the sum of its lines"] == []
