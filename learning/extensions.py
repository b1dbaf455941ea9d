"""One person may watch for longer than the others: they are told of it."""

from django.conf import settings
from django.utils import timezone

from kit.local.times import until_label
from learning.models import RecordingExtension
from learning.recordings import published_for
from outbox.models import Message
from outbox.post import on, queue_message
from practice.models import Practice


def tell_of_extension(extension: RecordingExtension) -> bool:
    """Once of each last day. False where it is news to nobody: they know it, the place or that day is over, or what is
    published stays open as long to everybody."""
    ticket = extension.ticket
    if not ticket.is_confirmed or ticket.workshop.is_cancelled or not ticket.attendee_email:
        return False
    published = published_for(ticket)
    usual = [each.ends_at for each in published if each.ends_at]
    if extension.ends_at <= max(timezone.now(), min(usual, default=timezone.now())):
        return False
    key = f"recording-longer:{ticket.pk}:{extension.last_day:%Y%m%d}"
    if Message.objects.filter(key=key).exists():
        return False
    queue_message(
        key=key,
        about=on(ticket),
        to=ticket.attendee_email,
        template="learning/recording_longer",
        context={
            "workshop": ticket.workshop,
            "name": ticket.attendee_name,
            "until": until_label(extension.ends_at, ticket.workshop.time_zone),
            "is_published": bool(published),
            "page": settings.SITE_URL + ticket.get_absolute_url(),
        },
        reply_to=Practice.current().email,
        useless_after=extension.ends_at,
    )
    return True
