"""How many enquiries came and how soon they were answered, counted as it happens, because the enquiries are deleted."""

from datetime import date, timedelta

from django.db.models import Sum

from kit.local.locales import written
from kit.texts.plots import Columns, Series
from practice.models import Enquiry, EnquiryTally, Practice

SUMS = ("received", "answered", "answered_in_time", "time_to_answer")


def count_received(enquiry: Enquiry) -> None:
    _add(enquiry, received=1)


def count_answered(enquiry: Enquiry) -> None:
    _add(enquiry, answered=1, answered_in_time=int(_is_in_time(enquiry)), time_to_answer=_took(enquiry))


def take_back_answered(enquiry: Enquiry) -> None:
    """It was not answered after all."""
    _add(enquiry, answered=-1, answered_in_time=-int(_is_in_time(enquiry)), time_to_answer=-_took(enquiry))


def by_month() -> list[dict]:
    """The newest first, each with its sums and the mean of days to an answer."""
    return [_with_mean(row) for row in _summed("month").order_by("-month")]


def by_source() -> list[dict]:
    """Of all months, the page that most came from first."""
    rows = _summed("came_from").order_by("-received_sum", "came_from")
    return [_with_mean(row) | {"source": Enquiry.Source(row["came_from"]).label} for row in rows]


def plot_by_month(today: date, *, count: int) -> Columns:
    """So many months, the present one at the end, in one statement."""
    rows = {row["month"]: row for row in by_month()[:count]}
    months = _months_until(today, count=count)
    found = [rows.get(month, dict.fromkeys(SUMS, 0)) for month in months]
    return Columns(
        "Enquiries by month",
        of="Month",
        labels=[written(month, "M Y") for month in months],
        series=[
            Series("came", [row["received"] for row in found], is_hollow=True),
            Series("of them answered", [row["answered"] for row in found]),
        ],
    )


def _months_until(today: date, *, count: int) -> list[date]:
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def _add(enquiry: Enquiry, **amounts: int | timedelta) -> None:
    """To be called in a transaction. Never below nothing: if the practice's time zone or its days have changed since it
    was counted, it is taken back elsewhere, which is no reason to refuse a press."""
    rows = EnquiryTally.objects.select_for_update()
    row, _ = rows.get_or_create(month=_month(enquiry), came_from=enquiry.came_from)
    for name, amount in amounts.items():
        setattr(row, name, max(type(amount)(), getattr(row, name) + amount))
    row.save(update_fields=[*amounts])


def _month(enquiry: Enquiry) -> date:
    return enquiry.created_at.astimezone(Practice.current().zone).date().replace(day=1)


def _is_in_time(enquiry: Enquiry) -> bool:
    if enquiry.answered_at is None or enquiry.answer_by is None:
        return False
    return enquiry.answered_at.astimezone(Practice.current().zone).date() <= enquiry.answer_by


def _took(enquiry: Enquiry) -> timedelta:
    return enquiry.answered_at - enquiry.created_at if enquiry.answered_at else timedelta()


def _summed(name: str):
    return EnquiryTally.objects.order_by().values(name).annotate(**{f"{each}_sum": Sum(each) for each in SUMS})


def _with_mean(row: dict) -> dict:
    """`days` is what an answer took, with a decimal; None where nothing was answered yet."""
    found = {each: row[f"{each}_sum"] for each in SUMS}
    days = found["time_to_answer"] / found["answered"] / timedelta(days=1) if found["answered"] else None
    return row | found | {"days": days}
