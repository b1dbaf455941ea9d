"""What a buyer accepts by the box: which version of the terms, with which refund policy, in which words."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from practice import booking_terms
from practice.models import Page, SaleTerms


@dataclass(frozen=True)
class AgreedTerms:
    """`label` stands beside the box; `words` are what it says and links to, as they can be read for ever."""

    label: SafeString
    words: str

    @classmethod
    def now(cls) -> "AgreedTerms":
        page = booking_terms.in_force()
        address = page.version_url if page else reverse("practice:page", args=[Page.Kind.TERMS])
        version = f", version {page.version}" if page else ""
        label = format_html('I accept the <a href="{}">booking terms and refund policy</a>{}.', address, version)
        policy = " ".join(SaleTerms.current().refund_lines)
        return cls(label, f"I accept the booking terms and refund policy{version}. The policy: {policy}")
