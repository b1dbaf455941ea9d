from django import template

from courses.models import WorkshopChange
from orders.changes.workshop_changes import sample_of
from orders.mails.samples import Sample

register = template.Library()


@register.inclusion_tag("admin/orders/_sample.html")
def mail_of_change(change: WorkshopChange) -> dict[str, Sample | None]:
    """How people would read of it."""
    return {"sample": sample_of(change)}
