"""The desk's page to correct whom invoice and receipt are made out to."""

from typing import Any

from django import forms

from kit.desk.confirm import Act, ConfirmForm
from orders.changes import reissuing
from orders.documents.document_facts import Party
from orders.models import Order

PERMISSION = "orders.change_order"


class PapersForm(ConfirmForm):
    organisation = forms.CharField(max_length=200, widget=forms.TextInput({"class": "vTextField"}))
    address = forms.CharField(max_length=500, widget=forms.Textarea({"class": "vLargeTextField", "rows": 4}))
    po_number = forms.CharField(
        label="Purchase order number", required=False, max_length=60, widget=forms.TextInput({"class": "vTextField"})
    )

    field_order = ["organisation", "address", "po_number", "why", "seen"]

    def __init__(self, *args: Any, row: Order, initial: dict[str, Any], **kwargs: Any) -> None:
        now = {"organisation": row.organisation, "address": row.organisation_address, "po_number": row.po_number}
        super().__init__(*args, row=row, initial=now | initial, **kwargs)
        if not row.is_by_invoice:  # somebody who paid by card: their employer may want to be named all the same
            self.fields["organisation"].required = self.fields["address"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["address"] = data.get("address", "").replace("\r\n", "\n")
        return data


def _correct(order: Order, answers: dict[str, Any]) -> bool:
    to = Party(order.buyer_name, answers["organisation"], answers["address"], answers["po_number"])
    reissuing.correct_papers(order, to=to, seen=answers["seen"], why=answers["why"])
    return True


def _context(order: Order) -> dict[str, Any]:
    papers = reissuing.live_papers(order)
    return {"papers": papers, "may_press": bool(papers)}


CORRECT_PAPERS = Act(
    verb="Correct the papers",
    template="admin/orders/order/correct_the_papers.html",
    do=_correct,
    facts=reissuing.facts_seen,
    context=_context,
    done=lambda order: "The papers are issued anew, the old ones credited, and the buyer is told by email.",
    over={},
    refusals=(reissuing.NothingToCorrect,),
    form=PapersForm,
    permission=PERMISSION,
)
ACTS = [CORRECT_PAPERS]
