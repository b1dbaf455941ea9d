from orders.models.bank_lines import BankColumns, BankLine
from orders.models.consents import Consent
from orders.models.discounts import Discount, DiscountCode, GeneralCode
from orders.models.disputes import Dispute
from orders.models.documents import Document, DocumentFile, Series
from orders.models.events import StripeEvent
from orders.models.exports import SalesExport, SalesExportPart
from orders.models.findings import BooksFinding
from orders.models.movements import BalanceReading, Movement, Payout
from orders.models.orders import Order, OrderLine
from orders.models.payments import Payment, Refund
from orders.models.rebooking import RebookingOffer
from orders.models.vat_treatment import VatTreatment

__all__ = [
    "BalanceReading",
    "BankColumns",
    "BankLine",
    "BooksFinding",
    "Consent",
    "Discount",
    "DiscountCode",
    "Dispute",
    "Document",
    "DocumentFile",
    "GeneralCode",
    "Movement",
    "Order",
    "OrderLine",
    "Payment",
    "Payout",
    "RebookingOffer",
    "Refund",
    "SalesExport",
    "SalesExportPart",
    "Series",
    "StripeEvent",
    "VatTreatment",
]
