from django.utils.text import capfirst

from accounts.privacy import AUDIT_KEPT
from kit.local.locales import AMERICAN, current, tax
from outbox.delivery import BODIES_KEPT
from outbox.privacy import ADDRESSES_KEPT
from practice.markers import Words, marker
from practice.models import Practice, SaleTerms
from practice.refund_policy import days_in_words


@marker("refund policy", "the steps of the refund policy, as a list if it stands alone in its line", kind="terms")
def _refund_policy() -> Words:
    return SaleTerms.current().refund_lines


@marker("days to change your mind", "for example “14 days”", kind="terms")
def _free_days() -> Words:
    return days_in_words(SaleTerms.current().refund_free_days)


@marker("VAT", "whether VAT is charged, and how much", kind="terms")
def _vat() -> Words:
    rate = SaleTerms.current().vat_rate
    if rate is None:
        if current() == AMERICAN:
            return "No tax is charged."
        return "No VAT is charged, because we are not registered for VAT."
    return f"{capfirst(tax())} at {rate.normalize():f}% is included."


@marker("company", "who you are in law, as at the foot of every page", kind="terms")
def _company() -> Words:
    return Practice.current().legal_line


@marker("company name", "your legal name alone")
def _company_name() -> Words:
    return Practice.current().legal_name


@marker("email", "your email address")
def _email() -> Words:
    return Practice.current().email


@marker("phone", "your telephone number")
def _phone() -> Words:
    return Practice.current().phone


@marker("address", "your address, on one line")
def _address() -> Words:
    return ", ".join(line.strip() for line in Practice.current().address.splitlines() if line.strip())


@marker("opening hours", "when people reach you")
def _opening_hours() -> Words:
    return Practice.current().opening_hours


@marker("enquiries kept", "how long an enquiry is kept, for example “90 days”", kind="privacy")
def _enquiries_kept() -> Words:
    return days_in_words(Practice.current().enquiries_kept_days)


@marker("mails kept", "how long the words of a mail are kept")
def _mails_kept() -> Words:
    return days_in_words(BODIES_KEPT.days)


@marker("mail addresses kept", "how long it is kept to which address a mail was sent")
def _mail_addresses_kept() -> Words:
    return days_in_words(ADDRESSES_KEPT.days)


@marker("changes kept", "for how many years it is kept who changed what at the desk")
def _changes_kept() -> Words:
    return f"{AUDIT_KEPT.days // 365} years"


@marker("invoice days", "how long an organisation has to pay an invoice, for example “30 days”")
def _invoice_days() -> Words:
    return days_in_words(SaleTerms.current().invoice_days)
