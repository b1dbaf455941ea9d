"""The end of a month at the desk: its sums, and the journal that they are made of."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator

from kit.desk.desk_pages import desk_page
from orders.books import months
from orders.documents import journal
from practice.models import Practice

MONTH = r"^2\d\d\d-(0[1-9]|1[0-2])$"
LINES = 200  # of the journal on a page
OF_OTHERS = "others"
KINDS = [("", "all"), *journal.KINDS.items(), (OF_OTHERS, "of no order of this site")]


class MonthForm(forms.Form):
    month = forms.RegexField(
        r"^2\d\d\d-(0[1-9]|1[0-2])$",
        widget=forms.TextInput({"type": "month"}),
        error_messages={"invalid": "As 2026-11."},
    )


class JournalForm(MonthForm):
    kind = forms.ChoiceField(choices=KINDS, required=False)
    payout = forms.CharField(required=False, max_length=100, help_text="Stripe's number of it: po_…")


def month_page(request, model_admin):
    """Without a month: the present one, as far as it has come."""
    form = _form(request, model_admin, MonthForm)
    month = months.month_of(_first_day(form))
    context = {"title": f"{month.first_day:%B %Y}", "month": month, "form": form, **_neighbours(month.first_day)}
    return desk_page(request, model_admin, "admin/orders/movement/month.html", context)


def journal_page(request, model_admin):
    form = _form(request, model_admin, JournalForm)
    first_day = _first_day(form)
    entries = [each for each in journal.entries_between(*months.bounds(first_day)) if _is_wanted(each, form)]
    page = Paginator(entries, LINES).get_page(request.GET.get("page"))
    context = {
        "title": f"Journal of {first_day:%B %Y}",
        "form": form,
        "page": page,
        "sum": months.sum_of(entries),
        **_neighbours(first_day),
    }
    return desk_page(request, model_admin, "admin/orders/movement/journal.html", context)


def _form(request, model_admin, kind: type[MonthForm]) -> MonthForm:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    this_month = f"{Practice.current().today():%Y-%m}"
    form = kind({"month": this_month, **request.GET.dict()})
    form.full_clean()
    return form


def _first_day(form: MonthForm) -> date:
    """Of the month that was asked for; of the present one where that makes no sense, which the form says."""
    month = form.cleaned_data.get("month")
    return date.fromisoformat(f"{month}-01") if month else Practice.current().today().replace(day=1)


def _is_wanted(entry: journal.Entry, form: MonthForm) -> bool:
    kind, payout = form.cleaned_data.get("kind"), form.cleaned_data.get("payout")
    of_kind = months.is_of_others(entry) if kind == OF_OTHERS else kind in {"", None, entry.kind}
    return of_kind and payout in {"", None, entry.payout_id}


def _neighbours(first_day: date) -> dict[str, object]:
    before, after = first_day - timedelta(days=1), (first_day + timedelta(days=31)).replace(day=1)
    return {"first_day": first_day, "last_day": after - timedelta(days=1), "before": before, "after": after}
