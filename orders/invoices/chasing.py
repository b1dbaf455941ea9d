"""Reminders of invoices: a week before the due day, on it, and a week after it. Days are the practice's."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from kit.work.rounds import do_for_each
from orders.mails import invoice_mails
from orders.models import Order
from outbox.models import Message
from practice.models import Practice

STEPS = {"soon": timedelta(days=-7), "due": timedelta(), "late": timedelta(days=7)}  # from the due day
LAST = "late"


def remind() -> int:
    """Writes the reminders that are due, each once. A step that nobody wrote in its time is passed over for the next.

    Returns how many were written.
    """
    today = Practice.current().today()
    waiting = Order.objects.awaiting_transfer().filter(invoice_due_on__lte=today - STEPS["soon"])
    held = waiting.filter(held_until__gt=timezone.now()).order_by("pk")
    return do_for_each(held, lambda order: _remind(order, today))


def step_of(order: Order, today: date) -> str:
    """The latest step whose day has come; none whose day had begun when the order was placed."""
    placed_on = timezone.localdate(order.placed_at, Practice.current().zone)
    days = {step: _due_on(order) + shift for step, shift in STEPS.items()}
    return next((step for step in reversed(days) if placed_on < days[step] <= today), "")


def _remind(order: Order, today: date) -> bool:
    step = step_of(order, today)
    if not step or Message.objects.filter(key=invoice_mails.reminder_key(order, step)).exists():
        return False
    with transaction.atomic():
        waiting = Order.objects.awaiting_transfer()
        locked = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=order.pk).first()
        if locked is None:  # paid or given back a moment ago, or another worker has it
            return False
        invoice_mails.remind(locked, step, days_left=(_due_on(order) - today).days, is_last=step == LAST)
    return True


def _due_on(order: Order) -> date:
    assert order.invoice_due_on  # it is by invoice
    return order.invoice_due_on
