"""What readers say is wrong: kept, promised an answer, told to nobody but the desk."""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, ErrorReport
from kit.guard.addresses import as_delivered, email_key
from kit.guard.privacy import delete_some
from outbox.post import queue_message
from practice.models import Practice

KEPT = timedelta(days=365)


@transaction.atomic
def receive_report(article: Article, *, words: str, source: str, email: str) -> ErrorReport:
    """Keeps it and tells the desk that there is one. The same words from the same address are one report."""
    now, address = timezone.now(), as_delivered(email) if email else ""
    report, is_new = ErrorReport.objects.get_or_create(
        sent_as=_mark(article, words, address),
        defaults={
            "article": article,
            "words": words,
            "source": source,
            "email": address,
            "created_at": now,
            "answer_by": Practice.current().answer_by(now) if address else None,
        },
    )
    if is_new:
        _tell_the_desk(report)
    return report


def delete_old_reports() -> int:
    return delete_some(ErrorReport.objects.filter(created_at__lt=timezone.now() - KEPT))


def _mark(article: Article, words: str, address: str) -> str:
    sender = email_key(address) if address else ""
    return sha256(f"{article.pk} {sender} {' '.join(words.split())}".encode()).hexdigest()


def _tell_the_desk(report: ErrorReport) -> None:
    if to := Practice.current().email:
        queue_message(
            key=f"error_report:{report.pk}:notice",
            to=to,
            template="articles/report_notice",
            context={
                "title": report.article.title,
                "answer_by": report.answer_by,
                "admin_url": settings.SITE_URL + reverse("admin:articles_errorreport_change", args=[report.pk]),
            },
        )
