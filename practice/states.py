"""Which change of an enquiry's status is allowed, and the one place that makes it."""

from django.db import transaction

from accounts import audit
from accounts.history import recording
from practice.models import Enquiry

ALLOWED: dict[str, set[str]] = {
    Enquiry.Status.NEW: {Enquiry.Status.ANSWERED, Enquiry.Status.CLOSED},
    Enquiry.Status.ANSWERED: {Enquiry.Status.NEW, Enquiry.Status.CLOSED},
    Enquiry.Status.CLOSED: {Enquiry.Status.NEW},
}


def move(enquiry: Enquiry, to: str, **fields) -> None:
    """Changes the status of an enquiry that the caller has locked and read anew, together with these fields.

    The change and who makes it stand in an audit entry. The caller has asked `may_move`.
    """
    before = enquiry.status
    enquiry.status = to
    for name, value in fields.items():
        setattr(enquiry, name, value)
    with transaction.atomic(savepoint=False), recording(enquiry):
        enquiry.save(update_fields=["status", *fields])
        audit.record(enquiry, before=before, after=to)


def may_move(enquiry: Enquiry, to: str) -> bool:
    return to in ALLOWED[enquiry.status]
