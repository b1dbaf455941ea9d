from django import template
from django.utils.safestring import SafeString

from courses.models import Ticket
from kit.texts.qr import qr_svg
from learning.certificates.rules import outcome_of
from learning.certificates.wholes import order_of, whole_of
from learning.models import Certificate
from learning.reviewing import reviews

register = template.Library()


@register.simple_tag
def qr_of(url: str) -> SafeString:
    return qr_svg(url, words=f"Check this certificate at {url}")


@register.inclusion_tag("learning/_certificate_of_place.html")
def certificate_of_place(ticket: Ticket) -> dict[str, object]:
    """On the page of a place that is over: the certificate, or what it still waits for."""
    if not ticket.is_confirmed or not ticket.workshop.is_over:
        return {"is_shown": False}
    found = Certificate.objects.of_places().latest().filter(ticket=ticket).first()
    series = order_of(ticket)
    return {
        "is_shown": True,
        "ticket": ticket,
        "certificate": found,
        "outcome": None if found else outcome_of(ticket),
        "whole": whole_of(series) if series else None,
        "whole_certificate": Certificate.objects.latest().filter(order=series).first() if series else None,
        "may_review": reviews.may_review(ticket),
    }
