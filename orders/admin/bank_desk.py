"""The desk's pages about a bank's file: read it, see what its lines pay, record them, and see to what is left over."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from kit.desk.confirm import Act, ConfirmForm, ReasonForm
from kit.desk.desk_pages import desk_page, needs
from kit.forms.seen import ChangedMeanwhile, check_seen, facts_of, seal
from orders.admin.bank_forms import AsideForm, AssignForm, ColumnsForm, FileForm, TextForm
from orders.models import BankLine, Order
from orders.settling import bank_files, bank_lines, bank_matches, transfers
from orders.settling.bank_cells import DayOrMonth
from orders.settling.bank_files import NotATable, Table
from orders.settling.bank_lines import Columns, Reading
from orders.settling.bank_matches import NotAssignable

PERMISSION = "orders.change_bankline"
AT_ONCE = 100  # lines on a page
LOOKED_AT = 10_000  # lines that may wait: those of no order are the most, and must not hide the others
MOST_EXAMPLES = 5  # of lines that could not be read
WHICH_IS_THE_MONTH = "Of these days one cannot tell which number is the month. Say below what comes first."
CHANGED = "Something changed since you looked, or it was recorded already. Nothing was done with it."
NONE_TICKED = "No line was ticked. Nothing was done."
NOT_NOW = (messages.INFO, "This line does not wait any more. Nothing was done.")
ask = require_http_methods(["GET", "HEAD", "POST"])


@ask
@needs(PERMISSION)
def read_page(request, model_admin):
    """The file; the first time also its columns. What came in is kept then, and nothing is recorded yet."""
    if "text" in request.POST:
        return _columns_chosen(request, model_admin)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, model_admin, "read", form, title="Read a bank's file")
    try:
        table = bank_files.read_table(form.cleaned_data["file"])
    except NotATable as error:
        form.add_error("file", str(error))
        return _page(request, model_admin, "read", form, title="Read a bank's file")
    columns = None if form.cleaned_data["anew"] else bank_lines.known_columns(table)
    if columns:
        try:
            return _store(request, table, columns)
        except (DayOrMonth, NotATable):
            pass  # these lines leave something open: the columns are asked about, as at the first time
    return _ask_for_columns(request, model_admin, form.cleaned_data["file"], ColumnsForm(table=table))


@ask
@needs(PERMISSION)
def match_page(request, model_admin):
    """What the lines that wait would do; one press records those that are ticked, another sets others aside."""
    form = AsideForm(request.POST if "set_aside" in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        return _record(request, model_admin)
    if form.is_valid():
        return _set_several_aside(request, why=form.cleaned_data["why"])
    found = bank_matches.proposals(BankLine.objects.waiting().order_by("booked_on", "pk")[:LOOKED_AT])
    matched, left_over = [each for each in found if each.shares], [each for each in found if not each.shares]
    shown = matched[:AT_ONCE]
    room = AT_ONCE - len(shown)
    context = {
        "title": "What came into the account",
        "matched": [(each, seal(each.seen)) for each in shown],
        "left_over": left_over[:room],
        "more_matched": len(matched) - len(shown),
        "more_left_over": len(left_over) - room,
        "ticked": _numbers(request, "aside"),
    }
    return _page(request, model_admin, "match", form, **context)


@ask
@needs(PERMISSION)
def assign_page(request, pk, model_admin):
    """Three steps on one address: the order's number, what will happen, and what was confirmed."""
    line = get_object_or_404(BankLine, pk=pk)
    if not line.is_waiting:
        return _told(request, line, *NOT_NOW)
    form = AssignForm(request.POST or None, line=line)
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _assign_page(request, model_admin, line, form)
    proposal = form.cleaned_data["orders"]
    if "confirm" not in request.POST:
        return _assign_page(request, model_admin, line, form, proposal=proposal, seen=seal(proposal.seen))
    try:
        done = bank_matches.record_line(
            line, orders=[share.order for share in proposal.shares], seen=request.POST.get("seen", "")
        )
    except (transfers.NotAwaited, NotAssignable, ChangedMeanwhile):
        messages.warning(request, CHANGED)
        return redirect("admin:orders_bankline_assign", pk)
    return _told(request, line, messages.SUCCESS, _say(request, model_admin, line, done))


def _columns_chosen(request, model_admin):
    held = TextForm(request.POST)
    try:
        table = bank_files.read_table(held.cleaned_data["text"] if held.is_valid() else "")
    except NotATable as error:
        messages.error(request, str(error))
        return redirect("admin:orders_bankline_read")
    form = ColumnsForm(request.POST, table=table)
    if form.is_valid():
        try:
            return _store(request, table, form.columns())
        except DayOrMonth:
            form.add_error("first", WHICH_IS_THE_MONTH)
        except NotATable as error:
            form.add_error(None, str(error))
    return _ask_for_columns(request, model_admin, held.cleaned_data["text"], form)


def _ask_for_columns(request, model_admin, text: str, form: ColumnsForm):
    held = TextForm(initial={"text": text})
    return _page(request, model_admin, "columns", form, title="Which column is what?", held=held)


def _store(request, table: Table, columns: Columns):
    reading = bank_lines.store_lines(table, columns, by=request.user)
    level = messages.WARNING if reading.unread else messages.SUCCESS
    messages.add_message(request, level, _in_words(reading))
    return redirect("admin:orders_bankline_match")


def _in_words(reading: Reading) -> str:
    """`3 new lines. 2 were read before. ...`"""
    counted = [
        (reading.new, "{} new line.", "{} new lines."),
        (reading.known, "{} was read before.", "{} were read before."),
        (reading.went_out, "{} is no money that came in.", "{} are no money that came in."),
        (reading.foreign, "{} is in another currency.", "{} are in another currency."),
    ]
    words = [(one if number == 1 else many).format(number) for number, one, many in counted if number]
    if reading.unread:
        shown, more = reading.unread[:MOST_EXAMPLES], len(reading.unread) - MOST_EXAMPLES
        rest = [f"and {more} more"] if more > 0 else []
        words.append(f"Not understood, so look at the bank's own list: {'; '.join([*shown, *rest])}.")
    return " ".join(words if reading.new else ["Nothing new.", *words])


def _record(request, model_admin):
    done: list[Order] = []
    lines = BankLine.objects.in_bulk(_numbers(request, "line"))
    for proposal in bank_matches.proposals(list(lines.values())):
        orders, line = [share.order for share in proposal.shares], proposal.line
        try:
            recorded = bank_matches.record_line(line, orders=orders, seen=request.POST.get(f"seen-{line.pk}", ""))
        except (transfers.NotAwaited, NotAssignable, ChangedMeanwhile):
            messages.warning(request, f"{line}: {CHANGED}")
        else:
            _say(request, model_admin, line, recorded)
            done += recorded
    if done:
        messages.success(request, f"Recorded: {_states(done)}. Everybody is told by email.")
    elif not lines:
        messages.warning(request, NONE_TICKED)
    return redirect("admin:orders_bankline_match")


def _set_several_aside(request, *, why: str):
    lines = BankLine.objects.in_bulk(_numbers(request, "aside")).values()
    done = sum(bank_lines.set_aside(line, because=why) for line in lines)
    if done:
        messages.success(request, f"{'1 line' if done == 1 else f'{done} lines'} set aside.")
    elif lines:
        messages.info(request, "The ticked lines do not wait any more.")
    else:
        messages.warning(request, NONE_TICKED)
    return redirect("admin:orders_bankline_match")


def _numbers(request, name: str) -> list[int]:
    """Of the lines that were ticked."""
    sent = request.POST.getlist(name)[:AT_ONCE]
    return [int(each) for each in sent if each.isascii() and each.isdigit() and len(each) < 19]


def _say(request, model_admin, line: BankLine, orders: Iterable[Order]) -> str:
    what = f"Recorded for {_states(orders)}."
    model_admin.log_change(request, line, what)
    return what


def _states(orders: Iterable[Order]) -> str:
    return "; ".join(f"{order.number} ({order.get_status_display()})" for order in orders)


def _assign_page(request, model_admin, line: BankLine, form: AssignForm, **context: Any):
    open_orders = Order.objects.awaiting_transfer().order_by("-placed_at")[:AT_ONCE]
    context |= {"row": line, "here": "Assign", "title": f"Assign: {line}", "open_orders": open_orders}
    return _page(request, model_admin, "assign", form, **context)


def _page(request, model_admin, name: str, form: forms.Form, **context: Any):
    status = 422 if form.errors and "change" not in request.POST else 200
    return desk_page(request, model_admin, _template(name), context | {"form": form}, status=status)


def _template(name: str) -> str:
    return f"admin/orders/bankline/{name}.html"


def _told(request, line: BankLine, level: int, words: str):
    messages.add_message(request, level, words)
    return redirect("admin:orders_bankline_change", line.pk)


def _set_aside(line: BankLine, answers: dict[str, Any]) -> bool:
    check_seen(answers["seen"], facts_of(line))
    return bank_lines.set_aside(line, because=answers["why"])


def _take_up(line: BankLine, answers: dict[str, Any]) -> bool:
    check_seen(answers["seen"], facts_of(line))
    return bank_lines.take_up(line, why=answers["why"])


Status = BankLine.Status
ASIDE = Act(
    verb="Set aside",
    template=_template("set_aside"),
    do=_set_aside,
    facts=facts_of,
    context=lambda line: {"may_press": True},
    done=lambda line: "Set aside. It waits for nobody any more.",
    over={each: NOT_NOW for each in Status if each != Status.WAITING},
    form=ReasonForm,
    permission=PERMISSION,
)
UP = Act(
    verb="Take up again",
    template=_template("take_up_again"),
    do=_take_up,
    facts=facts_of,
    context=lambda line: {"may_press": True},
    done=lambda line: "It waits to be assigned again.",
    over={each: (messages.INFO, "It is not set aside. Nothing was done.") for each in Status if each != Status.ASIDE},
    form=ConfirmForm,
    permission=PERMISSION,
)
ACTS = [ASIDE, UP]
