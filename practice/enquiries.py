"""What happens to a prospective client's message: kept a short while, told to nobody but the desk."""

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kit.guard.addresses import as_delivered, email_key
from outbox.models import Message
from outbox.post import queue_message
from practice.models import Enquiry, Practice
from practice.tallies import count_received

SAME_WITHIN = timedelta(minutes=10)


@transaction.atomic
def receive_enquiry(enquiry: Enquiry) -> Enquiry:
    """Keep the enquiry and tell the desk that there is one, without a word of it.

    The same words from the same address within ten minutes are one enquiry sent twice: the first row is returned.
    """
    Practice.lock()  # two that are sent at once are not both the first
    if earlier := _same(enquiry):
        return earlier
    enquiry.email = as_delivered(enquiry.email) if enquiry.email else ""
    enquiry.answer_by = Practice.current().answer_by(enquiry.created_at)
    enquiry.save()
    count_received(enquiry)
    _tell_the_desk(enquiry)
    if enquiry.email and enquiry.may_write:
        _say_that_it_came(enquiry)
    return enquiry


def delete_old_enquiries() -> int:
    """Delete what the practice promised not to keep; returns how many enquiries that were."""
    before = timezone.now() - timedelta(days=Practice.current().enquiries_kept_days)
    return Enquiry.objects.filter(created_at__lt=before).delete()[0]


def _same(enquiry: Enquiry) -> Enquiry | None:
    recent = Enquiry.objects.filter(created_at__gte=timezone.now() - SAME_WITHIN)
    return next((each for each in recent if _sent(each) == _sent(enquiry)), None)


def _sent(enquiry: Enquiry) -> tuple[str, str]:
    """From whom, and the words; whoever may not be written to is known by the number."""
    return email_key(enquiry.email) if enquiry.email else enquiry.phone, enquiry.message


def _say_that_it_came(enquiry: Enquiry) -> None:
    """To an address that is safe, and even there without a word of what this is: no name, theirs or ours."""
    queue_message(
        key=f"enquiry:{enquiry.pk}:came",
        to=enquiry.email,
        template="practice/enquiry_came",
        context={"answer_by": enquiry.answer_by},
        headers={"From": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]},
        priority=Message.Priority.STRANGER,
    )


def _tell_the_desk(enquiry: Enquiry) -> None:
    practice = Practice.current()
    if not practice.email:
        return
    queue_message(
        key=f"enquiry:{enquiry.pk}:notice",
        to=practice.email,
        template="practice/enquiry_notice",
        context={"admin_url": settings.SITE_URL + reverse("admin:practice_enquiry_change", args=[enquiry.pk])},
    )
