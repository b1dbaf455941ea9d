import random
import threading
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kit.guard.addresses import benefit_key, email_key
from orders.models import DiscountCode, Order
from orders.pricing import codes
from orders.pricing.codes import ALPHABET, CodeNotUsable, find_usable, issue_code, normalise
from tests.builders import at, make_discount, make_practice, make_workshop

Status = DiscountCode.Status
NOOR = "noor@example.org"
_number = count(1)


def make_code(*, email=NOOR, percent=20, **discount):
    return issue_code(discount=make_discount(**discount), email=email, percent=percent)


def make_order(*, email=NOOR, status=Order.Status.PENDING, code=None, workshop=None, **fields):
    now = timezone.now()
    defaults = {"held_until": now + timedelta(minutes=45), "agreed_at": now, "total": Decimal("84.00")}
    return Order.objects.create(
        number=f"T{next(_number):07}",
        workshop=workshop or make_workshop(),
        buyer_name="Noor Haddad",
        buyer_email=email,
        email_key=email_key(email),
        benefit_key=benefit_key(email),
        status=status,
        currency="GBP",
        discount_code=code,
        **(defaults | fields),
    )


def refusal(text, email=NOOR):
    with pytest.raises(CodeNotUsable) as error:
        find_usable(text, email=email)
    return error.value.reason


def status_of(code):
    return DiscountCode.objects.get(pk=code.pk).status


# How a code looks -------------------------------------------------------------


def some_codes(number, seed=20):
    """Drawn with a seed, so that a failure can be repeated."""
    source = random.Random(seed)
    drawn = ("".join(source.choice(ALPHABET) for _ in range(9)) for _ in range(number))
    return [symbols + codes._check_symbol(symbols) for symbols in drawn]


def test_a_code_is_ten_symbols_of_the_alphabet_in_two_groups():
    drawn = [codes._draw() for _ in range(200)]

    assert {(len(code), code[5]) for code in drawn} == {(11, "-")}
    assert set("".join(drawn).replace("-", "")) <= set(ALPHABET)
    assert [normalise(code) for code in drawn] == drawn


def test_every_single_wrong_symbol_is_caught():
    missed = [
        (code, place, symbol)
        for code in some_codes(100)
        for place in range(10)
        for symbol in ALPHABET
        if symbol != code[place] and normalise(code[:place] + symbol + code[place + 1 :])
    ]

    assert missed == []


def test_every_swap_of_two_different_neighbours_is_caught():
    missed = [
        (code, place)
        for code in some_codes(3000)
        for place in range(9)
        if code[place] != code[place + 1]
        and normalise(code[:place] + code[place + 1] + code[place] + code[place + 2 :])
    ]

    assert missed == []


def test_a_code_is_known_however_it_is_typed():
    symbols = "ILO0111DIE"[:9].translate(codes._LOOK_ALIKES)
    symbols += codes._check_symbol(symbols)
    code = f"{symbols[:5]}-{symbols[5:]}"
    typed = [
        code.lower(),
        f"  {symbols} ",
        "-".join(symbols),
        f"{symbols[:5]}\u00a0{symbols[5:]}",
        f"{symbols[:5]}\u2013{symbols[5:]}\u200b\r\n",
        code.replace("1", "I").replace("0", "O"),
        code.replace("1", "l").replace("0", "o"),
    ]

    assert {normalise(text) for text in typed} == {code}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "\0",
        "AAAAA-AAAAA\0",
        "\ud800" * 10,
        "١٢٣٤٥٦٧٨٩٠",
        "ßßßßß",
        "ſſſſſ-ſſſſſ",
        "0" * 9,
        "0" * 11,
        "UUUUU-UUUUU",
        "ZZZZZ-ZZZZZ",
        "A" * 1_000_000,
        " " * 1_000_000,
        "' OR 1=1 --",
        "𝟎𝟎𝟎𝟎𝟎-𝟎𝟎𝟎𝟎𝟎",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_cannot_be_a_code_is_nothing(text):
    assert normalise(text) == ""


@pytest.mark.parametrize("unkind", ["D1E00", "5EX00", "5H1T0", "FVCK0", "A550A", "0SAD0", "FAT00", "H1V0DEAD"])
def test_a_code_that_reads_badly_is_drawn_again(unkind):
    assert codes._reads_badly(unkind) is True


# Issuing ----------------------------------------------------------------------


@pytest.mark.django_db
def test_one_person_has_one_code_of_a_discount_however_the_address_is_spelt():
    first = make_code(email="noor.haddad@gmail.com")

    again = [make_code(email=text) for text in ("NoorHaddad+news@googlemail.com", "n.o.o.r.haddad@GMAIL.com")]

    assert [code.pk for code in again] == [first.pk, first.pk]
    assert DiscountCode.objects.count() == 1


@pytest.mark.django_db
def test_two_people_have_two_codes():
    assert make_code(email="noor@example.org").code != make_code(email="ruth@example.org").code


@pytest.mark.django_db
def test_a_better_promise_raises_an_unused_code():
    first = make_code(percent=20)

    raised = make_code(percent=25)

    assert (raised.pk, raised.code, raised.percent) == (first.pk, first.code, 25)
    assert DiscountCode.objects.get().percent == 25


@pytest.mark.django_db
def test_a_lesser_promise_lowers_nothing():
    make_code(percent=25)

    assert make_code(percent=20).percent == 25


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RESERVED, Status.REDEEMED, Status.VOID])
def test_a_code_that_is_not_free_stays_as_it_is(status):
    code = make_code(percent=20)
    DiscountCode.objects.update(status=status)

    again = make_code(percent=25)

    assert (again.pk, again.status, again.percent) == (code.pk, status, 20)


@pytest.mark.django_db
def test_an_expired_code_stays_as_it_is():
    make_code(percent=20)
    DiscountCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    again = make_code(percent=25)

    assert (again.percent, again.is_expired) == (20, True)


@pytest.mark.django_db
def test_a_code_is_good_to_the_end_of_a_day_in_the_practices_zone(time_machine):
    make_practice(time_zone="Europe/London")
    time_machine.move_to(at("2027-03-20 23:30", "Europe/London"), tick=False)

    code = make_code(valid_days=10)

    assert code.expires_at == at("2027-03-31 00:00", "Europe/London")
    assert code.expires_at == at("2027-03-30 23:00")
    assert codes.last_day(code).isoformat() == "2027-03-30"


@pytest.mark.django_db
def test_a_string_that_is_taken_is_drawn_again(monkeypatch):
    taken = make_code(email="ruth@example.org").code
    draws = iter([taken, taken, "00000-00000"])
    monkeypatch.setattr(codes, "_draw", lambda: next(draws))

    assert make_code().code == "00000-00000"


# Who may use it -----------------------------------------------------------------


@pytest.mark.django_db
def test_its_owner_may_use_it_under_any_spelling_of_the_address():
    code = make_code()

    assert find_usable(f" {code.code.lower()} ", email="Noor+work@EXAMPLE.org").pk == code.pk


@pytest.mark.django_db
def test_unknown_mistyped_and_other_peoples_codes_get_one_answer():
    hers, other = make_code(), make_code(email="ruth@example.org")
    DiscountCode.objects.filter(pk=other.pk).update(status=Status.REDEEMED)
    mistyped = hers.code[:-1] + ALPHABET[(ALPHABET.index(hers.code[-1]) + 1) % 31]

    answers = {refusal(text) for text in (other.code, mistyped, "00000-00000", "", "nonsense", "x" * 10_000)}

    assert answers == {codes.UNKNOWN}


@pytest.mark.django_db
def test_its_owner_is_told_the_day_it_ended():
    make_practice()
    code = make_code()
    DiscountCode.objects.update(expires_at=at("2026-05-23 00:00", "Europe/London"))

    assert refusal(code.code) == "This code ended on Friday 22 May 2026."


@pytest.mark.django_db
def test_a_code_is_good_until_the_very_second_it_ends(time_machine):
    code = make_code()

    time_machine.move_to(code.expires_at - timedelta(seconds=1), tick=False)
    usable = find_usable(code.code, email=NOOR)
    time_machine.move_to(code.expires_at, tick=False)

    assert usable.pk == code.pk
    assert refusal(code.code).startswith("This code ended on ") is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.REDEEMED, "You have used this code already. It was good for one booking."),
        (Status.VOID, "This code is no longer valid. Write to us if you think it should be."),
    ],
)
def test_its_owner_is_told_what_became_of_it(status, words):
    code = make_code()
    DiscountCode.objects.update(status=status)

    assert refusal(code.code) == words


@pytest.mark.django_db
def test_its_owner_is_told_which_hold_it_waits_for(time_machine):
    make_practice()
    time_machine.move_to(at("2027-01-15 10:00", "Europe/London"), tick=False)
    code = make_code()
    codes.reserve(code, order=make_order())

    assert refusal(code.code) == (
        "Another booking of yours, not paid yet, holds this code until Friday 15 January 2027 at 10:45, London time. "
        "Pay that one, or use the code afterwards: it is still good."
    )


@pytest.mark.django_db
def test_its_owner_is_told_that_a_payment_is_on_its_way():
    code = make_code()
    codes.reserve(code, order=make_order(status=Order.Status.PROCESSING))

    assert refusal(code.code) == "Another booking of yours uses this code, and its payment is on its way."


@pytest.mark.django_db
def test_its_owner_is_told_that_a_hold_has_just_ended():
    code = make_code()
    codes.reserve(code, order=make_order(held_until=timezone.now() - timedelta(seconds=1)))

    assert refusal(code.code) == (
        "Another booking of yours held this code and has just ended. The code is good again in a few minutes."
    )


@pytest.mark.django_db
def test_a_first_course_code_is_refused_on_a_second_order():
    code = make_code()
    make_order(email="NOOR+a@example.org", status=Order.Status.PAID)

    assert refusal(code.code) == "This code is for a first course, and you have booked with us before."


@pytest.mark.django_db
def test_a_code_for_any_course_is_good_on_a_second_order():
    code = make_code(name="Any course", first_course_only=False)
    make_order(status=Order.Status.PAID)

    assert find_usable(code.code, email=NOOR).pk == code.pk


@pytest.mark.django_db
@pytest.mark.parametrize("status", Order.Status.values)
def test_only_an_order_that_was_paid_counts_as_booked_before(status):
    make_order(status=status, email="ruth@example.org", total=Decimal("0.00"))
    make_order(status=status, total=Decimal("84.00"))

    assert codes.has_booked_before(NOOR) is (status in {Order.Status.PAID, Order.Status.CLOSED})
    assert codes.has_booked_before("ruth@example.org") is False
    assert codes.has_booked_before("new@example.org") is False


# Which order holds it -------------------------------------------------------------


@pytest.mark.django_db
def test_a_code_goes_with_its_order_from_reserved_to_redeemed():
    code, order = make_code(), make_order()

    codes.reserve(code, order=order)
    reserved = status_of(code)
    codes.redeem(order)

    assert (reserved, status_of(code)) == (Status.RESERVED, Status.REDEEMED)
    assert Order.objects.get().discount_code == code


@pytest.mark.django_db
def test_every_step_may_be_taken_twice():
    code, order = make_code(), make_order()

    for _ in range(2):
        codes.reserve(code, order=order)
    for _ in range(2):
        codes.redeem(order)
    redeemed = status_of(code)
    for _ in range(2):
        codes.give_back(order)

    assert (redeemed, status_of(code)) == (Status.REDEEMED, Status.ISSUED)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RESERVED, Status.REDEEMED, Status.VOID])
def test_a_code_that_is_not_free_cannot_be_reserved(status):
    code, order = make_code(), make_order()
    DiscountCode.objects.update(status=status)

    with pytest.raises(CodeNotUsable) as error:
        codes.reserve(code, order=order)

    assert (error.value.reason, status_of(code)) == (codes.TAKEN, status)


@pytest.mark.django_db
def test_an_order_without_a_code_moves_nothing():
    code, order = make_code(), make_order()

    codes.redeem(order)
    codes.release(order)
    codes.give_back(order)

    assert status_of(code) == Status.ISSUED


@pytest.mark.django_db
def test_a_released_code_ends_when_it_always_would():
    code, order = make_code(), make_order()
    codes.reserve(code, order=order)

    codes.release(order)

    assert DiscountCode.objects.values_list("status", "expires_at").get() == (Status.ISSUED, code.expires_at)


@pytest.mark.django_db
def test_release_frees_no_code_that_is_used():
    code, order = make_code(), make_order()
    codes.reserve(code, order=order)
    codes.redeem(order)

    codes.release(order)

    assert status_of(code) == Status.REDEEMED


@pytest.mark.django_db
@pytest.mark.parametrize("step", [codes.release, codes.redeem, codes.give_back])
def test_an_order_that_has_lapsed_moves_no_code_that_a_later_one_holds(step):
    code, lapsed = make_code(), make_order()
    codes.reserve(code, order=lapsed)
    Order.objects.filter(pk=lapsed.pk).update(status=Order.Status.LAPSED)
    codes.release(lapsed)
    codes.reserve(code, order=make_order())

    step(lapsed)

    assert status_of(code) == Status.RESERVED


@pytest.mark.django_db
def test_a_refund_of_an_earlier_order_gives_no_code_back_that_a_cancelled_one_has_used():
    code, unseated = make_code(), make_order()
    codes.reserve(code, order=unseated)
    Order.objects.filter(pk=unseated.pk).update(status=Order.Status.UNSEATED)
    codes.release(unseated)
    used = make_order()
    codes.reserve(code, order=used)
    codes.redeem(used)
    Order.objects.filter(pk=used.pk).update(status=Order.Status.CLOSED)

    codes.give_back(unseated)

    assert status_of(code) == Status.REDEEMED


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RESERVED, Status.REDEEMED])
def test_of_two_codes_for_a_first_course_one_is_used(status):
    first, second = make_code(), make_code(name="Spring", email="NOOR+spring@example.org")
    DiscountCode.objects.filter(pk=first.pk).update(status=status)

    with pytest.raises(CodeNotUsable) as error:
        codes.reserve(second, order=make_order())

    assert (refusal(str(second)), error.value.reason) == (codes.ANOTHER, codes.ANOTHER)


@pytest.mark.django_db
def test_a_code_that_is_for_any_course_is_good_beside_another():
    first, second = make_code(), make_code(name="Thank you", first_course_only=False)
    codes.reserve(first, order=make_order())

    codes.reserve(second, order=make_order())

    assert (status_of(first), status_of(second)) == (Status.RESERVED, Status.RESERVED)


@pytest.mark.django_db
def test_a_late_payment_redeems_the_code_that_had_been_released():
    code, order = make_code(), make_order()
    codes.reserve(code, order=order)
    codes.release(order)

    codes.redeem(order)

    assert status_of(code) == Status.REDEEMED


@pytest.mark.django_db
def test_a_code_given_back_late_is_good_for_thirty_days(time_machine):
    make_practice(time_zone="Europe/London")
    time_machine.move_to(at("2027-01-01 12:00"), tick=False)
    code, order = make_code(valid_days=90), make_order()
    codes.reserve(code, order=order)
    codes.redeem(order)

    time_machine.move_to(at("2027-03-30 12:00"), tick=False)
    codes.give_back(order)

    given_back = DiscountCode.objects.get()
    assert (given_back.status, codes.last_day(given_back).isoformat()) == (Status.ISSUED, "2027-04-29")


@pytest.mark.django_db
def test_a_code_given_back_early_keeps_its_longer_time():
    code, order = make_code(valid_days=90), make_order()
    codes.reserve(code, order=order)
    codes.redeem(order)

    codes.give_back(order)

    assert DiscountCode.objects.values_list("status", "expires_at").get() == (Status.ISSUED, code.expires_at)


# In words ---------------------------------------------------------------------


@pytest.mark.django_db
def test_the_rules_are_said_as_the_discount_has_them():
    make_practice()
    strict, free = make_code(), make_code(name="Free", first_course_only=False, full_price_only=False, percent=30)
    DiscountCode.objects.update(expires_at=at("2027-05-23 00:00", "Europe/London"))
    strict.refresh_from_db()
    free.refresh_from_db()

    assert codes.rules_in_words(strict) == [
        "It takes 20% off one ticket of one booking.",
        "It is for your first course with us.",
        "It is good for full-price tickets only, not for reduced ones.",
        "It is yours alone: book with the email address it was sent to.",
        "It is good until the end of Saturday 22 May 2027.",
    ]
    assert codes.rules_in_words(free) == [
        "It takes 30% off one ticket of one booking.",
        "It is yours alone: book with the email address it was sent to.",
        "It is good until the end of Saturday 22 May 2027.",
    ]


# Races ------------------------------------------------------------------------

needs_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one writer in at a time and so hides the race"
)


def at_once(number, action):
    """Runs action(0), action(1) ... together; returns what they returned or raised."""
    results, start = [], threading.Barrier(number)

    def run(index):
        start.wait()
        try:
            results.append(action(index))
        except Exception as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(number)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return results


@pytest.mark.postgres
@needs_postgres
@pytest.mark.django_db(transaction=True)
def test_codes_issued_at_once_are_one_code_at_the_best_promise():
    discount = make_discount()

    issued = at_once(8, lambda index: issue_code(discount=discount, email=NOOR, percent=20 + index).code)

    assert set(issued) == {DiscountCode.objects.get().code}
    assert DiscountCode.objects.get().percent == 27


@pytest.mark.postgres
@needs_postgres
@pytest.mark.django_db(transaction=True)
def test_of_orders_that_reserve_a_code_at_once_one_gets_it():
    code = make_code()
    orders = [make_order() for _ in range(8)]

    def reserve(index):
        with transaction.atomic():
            codes.reserve(code, order=orders[index])
        return "reserved"

    results = at_once(8, reserve)

    assert sorted(results) == ["CodeNotUsable"] * 7 + ["reserved"]
    assert Order.objects.filter(discount_code=code).count() == 1


@pytest.mark.postgres
@needs_postgres
@pytest.mark.django_db(transaction=True)
def test_read_then_write_would_let_two_orders_have_the_code():
    """The negative control: without the conditional update, and without the constraint, more than one is let in."""
    code, seen = make_code(), threading.Barrier(2)

    def reserve_naively(index):
        with transaction.atomic():
            is_free = DiscountCode.objects.get(pk=code.pk).status == Status.ISSUED
            seen.wait()
            DiscountCode.objects.filter(pk=code.pk).update(status=Status.RESERVED)
            return is_free

    assert at_once(2, reserve_naively) == [True, True]


@pytest.mark.django_db
def test_the_database_itself_gives_a_code_to_one_living_order_only():
    code = make_code()
    make_order(code=code, status=Order.Status.PAID)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_order(code=code)

    assert Order.objects.count() == 1
