"""Lines of orders, asked for with what is known of them elsewhere."""

from django.apps import apps
from django.db import models

from courses.models import WaitingListEntry


class OrderLineQuerySet(models.QuerySet):
    def knowing_of_more(self) -> "OrderLineQuerySet":
        """Whether there are consents of the line, and an offer of its ticket: most have neither."""
        consents = apps.get_model("orders", "Consent").objects.filter(line=models.OuterRef("pk"))
        offers = WaitingListEntry.objects.offered().filter(ticket=models.OuterRef("ticket"))
        return self.annotate(has_consents=models.Exists(consents), was_offered=models.Exists(offers))
