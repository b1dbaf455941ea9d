"""Six years after its financial year a sale is about nobody: the figures, numbers and days stay, and every sum with
them; who bought, for whom, and by which words is gone.
"""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kit.guard.privacy import AT_A_TIME, ERASED
from kit.guard.tokens import new_secret
from kit.work.rounds import do_for_each
from orders.models import (
    BankLine,
    DiscountCode,
    Dispute,
    Document,
    DocumentFile,
    Order,
    Payment,
    RebookingOffer,
    Refund,
)
from orders.privacy import SALES_KEPT_YEARS, erase_buyer, erase_codes
from practice import clock
from practice.models import Practice, SaleTerms

NOBODY_AT_ALL = {"name": ERASED, "organisation": "", "address": "", "po_number": ""}


def kept_from() -> datetime:
    """The law asks for nothing that came to its end before."""
    this_year = SaleTerms.current().financial_year_of(clock.today())
    first = this_year.replace(year=this_year.year - SALES_KEPT_YEARS)
    return datetime.combine(first, time(), tzinfo=Practice.current().zone)


def forget_ended_sales() -> int:
    """For the worker; who has a place of them goes by `privacy.ended_places`."""
    return do_for_each(ended_orders()[:AT_A_TIME], end_sale)


def ended_orders() -> QuerySet[Order]:
    """Those that still name somebody, and of which nothing has happened since: no place, money, paper or dispute."""
    since = kept_from()
    payments = Payment.objects.filter(order=OuterRef("pk"))
    refunds = Refund.objects.filter(payment__order=OuterRef("pk"))
    disputes = Dispute.objects.filter(payment__order=OuterRef("pk"))
    later = [
        payments.filter(Q(created_at__gte=since) | Q(paid_at__gte=since)),
        refunds.filter(Q(created_at__gte=since) | Q(paid_at__gte=since)),
        disputes.filter(Q(closed_at=None) | Q(closed_at__gte=since)),
        Document.objects.filter(order=OuterRef("pk"), issued_at__gte=since),
        Order.objects.filter(moved_from__order=OuterRef("pk"), placed_at__gte=since),
        Order.objects.filter(added_to=OuterRef("pk"), placed_at__gte=since),
    ]
    over = (
        Order.objects.filter(placed_at__lt=since)
        .exclude(buyer_email="")
        .exclude(lines__ticket__workshop__ends_at__gte=since)
    )
    for each in later:
        over = over.exclude(Exists(each))
    return over.exclude(invoice_due_on__gte=since.date()).order_by("pk")


@transaction.atomic
def end_sale(order: Order) -> int:
    """0 if money, a paper or a dispute has come to it since it was chosen."""
    locked = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if not ended_orders().filter(pk=locked.pk).exists():
        return 0
    DocumentFile.objects.filter(document__order=locked).delete()
    for document in locked.documents.all():
        Document.objects.filter(pk=document.pk).update(facts=_about_nobody(document.facts), secret=new_secret())
    Payment.objects.filter(order=locked).update(note="", session_url="")
    Refund.objects.filter(payment__order=locked).update(reason=ERASED)
    BankLine.objects.filter(payments__order=locked).update(payer="", words="", because="")
    for offer in RebookingOffer.objects.filter(line__order=locked):
        RebookingOffer.objects.filter(pk=offer.pk).update(secret=new_secret())
    erase_codes(DiscountCode.objects.filter(pk=locked.discount_code_id))
    return erase_buyer(locked)


def _about_nobody(facts: dict) -> dict:
    """What a paper says of sums, VAT, days and places, and of no person."""
    items = [item | {"attendee": ERASED} for item in facts["items"]]
    return facts | {"buyer": facts["buyer"] | NOBODY_AT_ALL, "items": items}
