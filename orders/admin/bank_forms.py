"""The desk's forms about a bank's file: the file, its columns, and whose money a line is."""

from typing import Any

from django import forms

from kit.desk.confirm import MOST_WORDS
from orders.models import BankLine
from orders.settling import bank_files, bank_matches
from orders.settling.bank_cells import DAY_FIRST, MONTH_FIRST
from orders.settling.bank_files import NotATable, Table
from orders.settling.bank_lines import Columns
from orders.settling.bank_matches import NotAssignable, Proposal

MOST_BYTES = 600_000
NONE = ""
HINTS = {
    "day": ("buchungstag", "buchungsdatum", "booking date", "transaction date", "date", "datum", "valuta"),
    "amount": (
        "money in",
        "paid in",
        "credit amount",
        "credit",
        "gutschrift",
        "haben",
        "amount",
        "betrag",
        "value",
        "umsatz",
    ),
    "payer": ("payer", "auftraggeber", "zahlungspflichtiger", "counter party", "begünstigter", "from", "name"),
    "words": ("reference", "verwendungszweck", "description", "details", "memo", "narrative", "text", "info"),
    "currency": ("currency", "währung", "waehrung", "ccy"),
}


class FileForm(forms.Form):
    file = forms.FileField(
        label="The bank's file",
        help_text="CSV, as the bank's site gives it: at most 2,000 lines. Days that you sent before do no harm.",
        max_length=200,
    )
    anew = forms.BooleanField(label="Choose the columns anew", required=False)

    def clean_file(self) -> str:
        """Its text."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file is too large. Ask the bank for fewer days at once.")
        try:
            return bank_files.decode(file.read())
        except NotATable as error:
            raise forms.ValidationError(str(error)) from error


class TextForm(forms.Form):
    """The same file, while its columns are asked about."""

    text = forms.CharField(widget=forms.Textarea({"hidden": True}), strip=False, max_length=bank_files.MOST_CHARACTERS)


class AsideForm(forms.Form):
    """For several lines at once: their numbers come from the boxes of the page."""

    why = forms.CharField(
        label="Reason",
        max_length=MOST_WORDS,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="For all that are ticked. It stands in the history, for the team alone.",
    )


class ColumnsForm(forms.Form):
    day = forms.TypedChoiceField(label="Day that it was booked", coerce=int)
    amount = forms.TypedChoiceField(label="Sum that came in", coerce=int)
    words = forms.TypedMultipleChoiceField(
        label="Words of the payer",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Order numbers stand there.",
    )
    payer = forms.TypedChoiceField(label="Name of the payer", coerce=int, required=False, empty_value=None)
    currency = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    first = forms.ChoiceField(
        label="In a day, first comes",
        required=False,
        choices=[(NONE, "what the file tells"), (DAY_FIRST, "the day: 28/11"), (MONTH_FIRST, "the month: 11/28")],
    )

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, initial=_guess(table), **kwargs)
        named = [(str(number), _label(table, number)) for number in range(len(table.headings))]
        for name in ("day", "amount", "words"):
            self.fields[name].choices = named
        for name in ("payer", "currency"):
            self.fields[name].choices = [(NONE, "none of them"), *named]

    def columns(self) -> Columns:
        data = self.cleaned_data
        return Columns(**data | {"words": tuple(data["words"])})


class AssignForm(forms.Form):
    orders = forms.CharField(
        label="Order or invoice",
        max_length=200,
        help_text="Its number; several, if the sum is what they lack together.",
        widget=forms.TextInput({"class": "vTextField", "list": "open-orders", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, line: BankLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def clean_orders(self) -> Proposal:
        orders = bank_matches.orders_named(self.cleaned_data["orders"])
        if not orders:
            raise forms.ValidationError("No order by invoice has this number.")
        try:
            return Proposal(self.line, bank_matches.shares_of(self.line, orders))
        except NotAssignable as error:
            raise forms.ValidationError(str(error)) from error


def _label(table: Table, number: int) -> str:
    """`Betrag: 105,00`"""
    example = next(filter(None, table.column(number)), "empty")
    return f"{table.headings[number] or f'Column {number + 1}'}: {example[:60]}"


def _guess(table: Table) -> dict[str, Any]:
    headings = [each.casefold() for each in table.headings]
    found = {
        name: [number for hint in hints for number, heading in enumerate(headings) if hint in heading]
        for name, hints in HINTS.items()
    }
    words = list(dict.fromkeys(found.pop("words")))
    return {name: numbers[0] for name, numbers in found.items() if numbers} | {"words": words}
