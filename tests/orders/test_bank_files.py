"""Banks' files: read whatever their form, kept once, matched with orders, and recorded as transfers are."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from kit.forms.seen import ChangedMeanwhile, seal
from orders.admin import bank_desk
from orders.books import books
from orders.models import BankColumns, BankLine, Order, Payment
from orders.settling import bank_cells, bank_files, bank_lines, bank_matches, transfers
from orders.settling.bank_cells import DayOrMonth
from orders.settling.bank_files import NotATable
from practice.models import Practice
from practice_site.desk import jobs
from tests.builders import make_user, make_workshop
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buyer

HERE = date(2026, 11, 28)
GERMAN = (
    "Kontonummer;DE02 1203 0000 0000 2020 51\n\n"
    "Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung\n"
    "27.11.2026;Müller GmbH;Rechnung {number};1.105,00;GBP\n"
    "26.11.2026;Strom AG;Abschlag;-80,00;GBP\n"
)
BRITISH = 'Date,Description,Paid in,Paid out\n27/11/2026,"HUMBER {number}","1,105.00",\n26/11/2026,POWER CO,,80.00\n'
AMERICAN = "Date\tAmount\tMemo\n11/27/2026\t$1,105.00\tACH {number}\n11/26/2026\t($80.00)\tPower\n"


# Cells and tables ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "sums"),
    [
        (["1.234,56", "7,00", "12"], ["1234.56", "7.00", "12"]),
        (["1,234.56", "7.00", "12"], ["1234.56", "7.00", "12"]),
        (["£105.00", "-5.00", "5.00-", "(5.00)", "+6.50"], ["105.00", "-5.00", "-5.00", "-5.00", "6.50"]),
        (["105,00 S", "105,00 H", "1 105,00 €"], ["-105.00", "105.00", "1105.00"]),
        (["105.00 CR", "105.00DR", "1'105.00"], ["105.00", "-105.00", "1105.00"]),
        (["Total", "", "1.00.0", "NaN", "1e9", "9" * 20, "٣.٥٠"], [None] * 7),
    ],
)
def test_sums_are_read_as_the_column_writes_them(cells, sums):
    read = bank_cells.amount_reader(cells)

    assert [read(cell) for cell in cells] == [each and Decimal(each) for each in sums]


@given(st.decimals("-99999", "99999", places=2), st.booleans())
def test_a_sum_is_the_same_in_both_ways_to_write_it(amount, is_german):
    text = f"{amount:,.2f}"
    text = text.translate(str.maketrans(",.", ".,")) if is_german else text

    assert bank_cells.amount_reader([text])(text) == amount


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["28.11.2026", "1.2.26"], [HERE, date(2026, 2, 1)]),
        (["2026-11-28", "20261128", "2026-11-28T09:30:00"], [HERE] * 3),
        (["28/11/2026", "05/11/2026"], [HERE, date(2026, 11, 5)]),
        (["11/28/2026", "11/05/2026"], [HERE, date(2026, 11, 5)]),
        (["05/12/2026", "11/05/2026"], [date(2026, 5, 12), date(2026, 11, 5)]),  # 5 December is still to come
        (["28 Nov 2026", "28-Nov-26", "Nov 28, 2026", "31/02/2026", "x"], [HERE, HERE, HERE, None, None]),
    ],
)
def test_days_are_told_apart_by_all_of_the_column(cells, days):
    read = bank_cells.day_reader(cells, today=HERE)

    assert [read(cell) for cell in cells] == days


def test_days_that_may_be_both_are_asked_about():
    with pytest.raises(DayOrMonth):
        bank_cells.day_reader(["05/06/2026", "07/08/2026"], today=HERE)

    assert bank_cells.day_reader(["05/06/2026"], today=HERE, first="month")("05/06/2026") == date(2026, 5, 6)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_found_whatever_its_encoding_and_what_stands_above_it(encoding):
    table = bank_files.read_table(bank_files.decode(GERMAN.encode(encoding)))

    assert table.headings == ("Buchungstag", "Auftraggeber", "Verwendungszweck", "Betrag", "Währung")
    assert [row[1] for row in table.rows] == ["Müller GmbH", "Strom AG"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"a,b,c\n",
        b"\x00\x01\x02",
        b"\xff\xfe\x00",
        b"a;b;c\n" * 3000,
        b'"' * 9,
        b"x,y,z\n" + b"1" * 400_000,
    ],
)
def test_what_is_no_table_is_refused_in_words(content):
    with pytest.raises(NotATable):
        bank_files.read_table(bank_files.decode(content))


@pytest.mark.parametrize(
    "line",
    [
        "25/11/2026,LEEDS TRUST, J SMITH,105.00,",  # a comma that nobody put in quotation marks
        '25/11/2026,"LEEDS TRUST,105.00,',  # a mark that nobody closed
        "25/11/2026,LEEDS TRUST,105.00",  # a cell too few
    ],
)
def test_a_line_of_another_width_is_not_left_out_in_silence(line):
    table = bank_files.read_table(f"Opening balance,01/11/2026\n{BRITISH}{line}\nBalance,27/11/2026")

    assert len(table.rows) == 2
    assert [row[0] for row in table.odd] == ["25/11/2026"]


def test_what_stands_on_several_lines_of_a_cell_stays_apart():
    table = bank_files.read_table('Date,Description,Paid in\n27/11/2026,"HUMBER\r\nNHS",105.00\n')

    assert table.rows == (("27/11/2026", "HUMBER NHS", "105.00"),)


# Kept once ----------------------------------------------------------------------------

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = bank_lines.Columns(day=0, amount=1, words=(2,), payer=3)


@pytest.fixture(autouse=True)
def _practice():
    make_invoicing_practice()


def today(days=0):
    return Practice.current().today() - timedelta(days=days)


def read(*rows):
    """(sum, words) of each line, all of today."""
    head = ("Day", "Sum", "Words", "Payer")
    table = bank_files.Table(head, tuple((f"{today()}", amount, words, "Humber") for amount, words in rows))
    return bank_lines.store_lines(table, COLUMNS, by=None)


def test_a_line_is_kept_once_however_often_it_is_read():
    first, again = (
        read(("10.00", "a"), ("10.00", "a"), ("-5.00", "b")),
        read(("10.00", "A"), ("10.00", "a"), ("7.00", "a")),
    )

    assert (first.new, first.known, first.went_out) == (2, 0, 1)
    assert (again.new, again.known, BankLine.objects.count()) == (1, 2, 3)


def test_lines_without_a_day_of_the_past_or_a_sum_are_told():
    table = bank_files.Table(
        ("Day", "Sum", "Words", "Payer"),
        (("2099-01-01", "10.00", "later", ""), ("x", "10.00", "when", ""), (f"{today()}", "10.00", "good", "")),
    )

    reading = bank_lines.store_lines(table, COLUMNS, by=None)

    assert (reading.new, reading.unread) == (1, ["2099-01-01 · 10.00 · later", "x · 10.00 · when"])


def test_lines_that_fit_no_column_are_told_with_the_others():
    head, odd = ("Day", "Sum", "Words", "Payer"), (f"{today()}", "10.00", "Leeds", "one cell", "too many")
    table = bank_files.Table(head, ((f"{today()}", "10.00", "good", ""),), (odd,))

    reading = bank_lines.store_lines(table, COLUMNS, by=None)

    assert (reading.new, reading.unread) == (1, [f"{today()} · 10.00 · Leeds · one cell · too many"])


# Matched and recorded -------------------------------------------------------------------


def order_of(amount="105.00", email="noor@example.org", count=1):
    return invoice(make_workshop(price=amount), count, by=buyer(email))


def proposals():
    return bank_matches.proposals(list(BankLine.objects.order_by("pk")))


def record(proposal):
    orders = [share.order for share in proposal.shares]
    return bank_matches.record_line(proposal.line, orders=orders, seen=seal(proposal.seen))


@pytest.mark.parametrize("form", ["{}", "ref {} thanks", "{lower}", "no.{bare}/77", "{spaced}", "Inv {invoice}"])
def test_an_order_is_found_whatever_stands_around_and_within_its_number(form):
    order = order_of()
    number = order.number
    words = form.format(
        number,
        lower=number.lower(),
        bare=number.replace("-", ""),
        spaced=" ".join(number),
        invoice=order.documents.get().number.replace("-", " "),
    )
    read(("105.00", words))

    [proposal] = proposals()
    assert ([share.order for share in proposal.shares], proposal.is_plain) == ([order], True)


@pytest.mark.parametrize(
    ("amount", "status", "rest"),
    [("105.00", "paid", 0), ("100.00", "part_paid", 0), ("110.00", "paid", 5)],
)
def test_a_line_is_recorded_by_the_rules_of_transfers(amount, status, rest):
    order = order_of()
    read((amount, order.number))

    [recorded] = record(proposals()[0])

    payment, line = Payment.objects.get(), BankLine.objects.get()
    assert (recorded.status, recorded.surplus(), line.status) == (status, rest, "recorded")
    assert (payment.bank_line, payment.received, payment.paid_at.date()) == (line, Decimal(amount), today())
    assert list(books.findings()) == []


def test_one_line_pays_several_orders_if_it_is_what_they_lack():
    one, other = order_of("105.00"), order_of("85.00", "lea@example.org")
    read(("190.00", f"{one.number} {other.number}"), ("180.00", f"{one.number} and {other.number}"))

    good, bad = proposals()
    record(good)

    assert (good.is_plain, bad.shares, bank_matches.NOT_TOGETHER in bad.problem) == (True, (), True)
    assert set(Order.objects.values_list("status", flat=True)) == {"paid"}


def test_what_was_recorded_meanwhile_is_not_recorded_again():
    order = order_of()
    read(("105.00", order.number), ("105.00", f"again {order.number}"))
    first, second = proposals()
    record(first)

    with pytest.raises(transfers.NotAwaited):
        record(first)
    with pytest.raises(ChangedMeanwhile):
        record(second)

    assert (Payment.objects.count(), [each.is_booked for each in proposals()[1].shares]) == (1, [True])


def test_a_transfer_written_down_by_hand_meanwhile_stops_the_line():
    order = order_of()
    read(("105.00", order.number))
    [proposal] = proposals()
    transfer(order)

    with pytest.raises(ChangedMeanwhile):
        record(proposal)

    assert (Payment.objects.count(), BankLine.objects.get().status, proposals()[0].is_plain) == (1, "waiting", False)


def test_a_transfer_that_is_undone_gives_its_line_back():
    order = order_of()
    read(("100.00", order.number))
    record(proposals()[0])

    transfers.undo_transfer(Payment.objects.get(), why="Another order's.")

    assert (BankLine.objects.get().status, BankLine.objects.get().left()) == ("waiting", Decimal("100.00"))
    record(proposals()[0])
    assert (order.payments.paid().get().received, list(books.findings())) == (Decimal("100.00"), [])


def test_a_line_from_before_the_order_or_for_no_order_is_left_over():
    order = order_of()
    read(("105.00", order.number), ("5.00", "Christmas"))
    Order.objects.update(placed_at=timezone.now() + timedelta(days=3))

    assert [each.problem for each in proposals()] == [
        f"{order.number}: {bank_matches.TOO_EARLY}",
        bank_matches.NONE_NAMED,
    ]


# At the desk ----------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def send_file(desk, text, **more):
    file = SimpleUploadedFile("bank.csv", text.encode("cp1252"), "text/csv")
    return desk.post(reverse("admin:orders_bankline_read"), {"file": file} | more)


def choose(desk, text, **columns):
    return desk.post(reverse("admin:orders_bankline_read"), {"text": text, "first": ""} | columns)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (GERMAN, {"day": 0, "payer": 1, "words": [2], "amount": 3, "currency": 4}),
        (BRITISH, {"day": 0, "payer": "", "words": [1], "amount": 2, "currency": ""}),
        (AMERICAN, {"day": 0, "payer": "", "words": [2], "amount": 1, "currency": ""}),
    ],
)
def test_columns_are_proposed_once_and_remembered(desk, text, columns):
    first = send_file(desk, text)
    guessed = first.context["form"].initial
    chosen = choose(desk, text, **columns)
    again = send_file(desk, text)

    assert {name: guessed.get(name, "") for name in columns} == columns
    assert (first.status_code, chosen.url, again.url) == (200, *[reverse("admin:orders_bankline_match")] * 2)
    line = BankLine.objects.get()
    assert (line.amount, line.booked_on, line.read_by.email) == (Decimal(1105), date(2026, 11, 27), "owner@example.org")
    assert BankColumns.objects.count() == 1


def test_what_is_ticked_is_recorded_and_what_is_left_over_is_assigned_or_set_aside(desk):
    order, other = order_of(), order_of("85.00", "lea@example.org")
    read(("105.00", order.number), ("85.00", "no number"), ("9.00", "Christmas"))
    paid, unnamed, strange = BankLine.objects.order_by("pk")
    match = reverse("admin:orders_bankline_match")

    page = desk.get(match)
    [(proposal, seen)] = page.context["matched"]
    desk.post(match, {"line": [paid.pk], f"seen-{paid.pk}": seen})
    again = desk.post(match, {"line": [paid.pk], f"seen-{paid.pk}": seen}, follow=True)
    assign = reverse("admin:orders_bankline_assign", args=[unnamed.pk])
    preview = desk.post(assign, {"orders": other.number.lower()})
    desk.post(assign, {"orders": other.number, "seen": preview.context["seen"], "confirm": "1"})
    aside = reverse("admin:orders_bankline_set_aside", args=[strange.pk])
    desk.post(aside, {"why": "A gift.", "seen": desk.get(aside).context["form"].initial["seen"]})

    assert (proposal.line, "Nothing was done with it" in again.text) == (paid, True)
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["paid", "paid"]
    assert list(BankLine.objects.order_by("pk").values_list("status", "because")) == [
        ("recorded", ""),
        ("recorded", ""),
        ("aside", "A gift."),
    ]
    assert "No line waits" in desk.get(match).text


def test_lines_of_no_order_do_not_hide_one_that_pays(desk, monkeypatch):
    monkeypatch.setattr(bank_desk, "AT_ONCE", 2)
    order = order_of()
    read(*((f"{pounds}.00", "fees") for pounds in range(1, 5)), ("105.00", order.number))

    page = desk.get(reverse("admin:orders_bankline_match"))

    assert [each.shares[0].order for each, _ in page.context["matched"]] == [order]
    assert (len(page.context["left_over"]), "Left over are 3 more:" in page.text) == (1, True)


def test_several_lines_are_set_aside_at_once_with_one_reason(desk):
    read(("9.00", "Christmas"), ("60.00", "session"), ("70.00", "session"))
    _, one, other = BankLine.objects.order_by("pk")
    match, ticked = reverse("admin:orders_bankline_match"), {"aside": [one.pk, other.pk], "set_aside": "1"}

    unsaid = desk.post(match, ticked)
    told = desk.post(match, ticked | {"why": "Fees."}, follow=True)
    again = desk.post(match, ticked | {"why": "Fees."}, follow=True)
    none = desk.post(match, {"set_aside": "1", "why": "Fees.", "aside": ["x", "9" * 30]}, follow=True)

    assert (unsaid.status_code, unsaid.context["ticked"]) == (422, [one.pk, other.pk])
    assert [str(*answer.context["messages"]) for answer in (told, again, none)] == [
        "2 lines set aside.",
        "The ticked lines do not wait any more.",
        bank_desk.NONE_TICKED,
    ]
    waits = list(BankLine.objects.order_by("pk").values_list("status", "because"))
    assert waits == [("waiting", ""), ("aside", "Fees."), ("aside", "Fees.")]


def test_a_line_waits_on_the_front_page_until_somebody_says_whose_money_it_is(desk):
    owner = User.objects.get()
    read(("9.00", "Christmas"))

    [job] = jobs(owner)
    found = desk.get(job.url).context["cl"].result_count
    bank_lines.set_aside(BankLine.objects.get(), because="A gift.")

    assert (job.words, found, jobs(owner)) == ("1 line of a bank's file is to be assigned", 1, [])


def test_days_that_may_be_both_are_asked_about_at_the_desk(desk):
    text = "Date,Amount,Memo\n05/06/2026,10.00,a\n"
    columns = {"day": 0, "amount": 1, "words": [2], "payer": "", "currency": ""}

    asked, told = choose(desk, text, **columns), choose(desk, text, **columns | {"first": "month"})

    assert ("which number is the month" in asked.text, asked.status_code) == (True, 422)
    assert (told.status_code, BankLine.objects.get().booked_on) == (302, date(2026, 5, 6))


@pytest.mark.parametrize("text", ["", "hello", "\x00", "a,b,c\n1,2,3\n"])
def test_a_file_that_is_none_is_refused_at_the_desk(desk, text):
    answer = send_file(desk, text)

    assert (answer.status_code, BankLine.objects.count()) in {(422, 0), (200, 0)}
