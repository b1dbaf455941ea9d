from typing import Any

from django.db import models
from django.utils import timezone

from orders.stripe_errors import LONGEST_CODE, LONGEST_PARAM, Refusal

ITS_TIME = "expires_at"  # Stripe's name for it: an attempt that waited for Stripe is too old for a page


class MayBeRefused(models.Model):
    """What Stripe is asked for, with the last answer that said no. It stays when a later one says yes."""

    refused_at = models.DateTimeField("last refused at", null=True, editable=False)
    refused_code = models.CharField("Stripe's word for it", max_length=LONGEST_CODE, blank=True, editable=False)
    refused_param = models.CharField("of the parameter", max_length=LONGEST_PARAM, blank=True, editable=False)
    refused_status = models.PositiveSmallIntegerField("as HTTP", null=True, editable=False)
    is_refused_for_good = models.BooleanField("trying again does not help", default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def is_refused_as_such(self) -> bool:
        """By what the next attempt would say, too; it has a time of its own."""
        return self.is_refused_for_good and self.refused_param != ITS_TIME

    def note_refusal(self, refusal: Refusal) -> None:
        type(self)._base_manager.filter(pk=self.pk).update(**refusal_facts(refusal))


def refusal_facts(refusal: Refusal) -> dict[str, Any]:
    return {
        "refused_at": timezone.now(),
        "refused_code": refusal.code,
        "refused_param": refusal.param,
        "refused_status": refusal.status,
        "is_refused_for_good": refusal.is_for_good,
    }
