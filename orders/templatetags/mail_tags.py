from django import template

from courses.models import WorkshopChange

register = template.Library()


@register.inclusion_tag("admin/orders/_sample.html")
def mail_of_change(change: WorkshopChange) -> dict[str, object]:
    """How people would read of it."""
    from orders.changes.workshop_changes import sample_of  # Django loads all tags at the start, and only the desk asks

    return {"sample": sample_of(change)}
