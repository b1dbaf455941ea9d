"""Whoever writes what `Practice.current` gives need not know that it is remembered."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from practice import memory
from practice.models import Page, Practice, RefundTier, SaleTerms, SiteWords


@receiver([post_save, post_delete], sender=Practice)
@receiver([post_save, post_delete], sender=SiteWords)
@receiver([post_save, post_delete], sender=SaleTerms)
@receiver([post_save, post_delete], sender=RefundTier)
@receiver([post_save, post_delete], sender=Page)
def forget_what_was_read(**kwargs: Any) -> None:
    memory.forget()
