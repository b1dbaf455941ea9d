"""What a buyer agreed to, on something that lasts: the terms of that day in full, and the form with which to cancel."""

from django.template import Context, Engine
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from kit.local import locales
from kit.texts import rich_text
from orders.models import Order
from outbox.post import Attachment
from practice.markers import filled_html
from practice.models import Page, Practice

FORM = "emails/orders/_cancellation_form.txt"
WHOLE_PAGE = (
    '<!DOCTYPE html>\n<html lang="{2}"><head><meta charset="utf-8"><title>{0}</title></head>'
    "<body><h1>{0}</h1>{1}</body></html>\n"
)


def papers_of(order: Order) -> list[Attachment]:
    """The form is one that British law gives; a practice elsewhere sends none."""
    terms = [_terms(order.terms)] if order.terms else []
    return [*terms, *([_form(order)] if has_model_form() else [])]


def has_model_form() -> bool:
    return Practice.current().locale == locales.BRITISH


def _terms(page: Page) -> Attachment:
    body = mark_safe(rich_text.render(filled_html(page)).html)  # noqa: S308  sanitised when it was stored
    return Attachment(
        f"booking-terms-{page.version}.html",
        "text/html",
        format_html(WHOLE_PAGE, str(page), body, Practice.current().locale),
    )


def _form(order: Order) -> Attachment:
    """The model of the Consumer Contracts Regulations 2013, schedule 3 B; nobody has to use it."""
    context = Context({"order": order, "practice": Practice.current()}, autoescape=False)
    words = Engine.get_default().get_template(FORM).render(context)
    return Attachment("cancellation-form.txt", "text/plain", words)
