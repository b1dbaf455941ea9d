"""Whether the audit entries tell how each row came to be what it is."""

from collections import defaultdict
from itertools import pairwise

from accounts.models import AuditEntry
from courses import states as places_states
from courses.models import Workshop, WorkshopSeries
from orders import states as money_states

MADE_AT_THE_DESK = {Workshop, WorkshopSeries}  # whose beginning is a form


def untold() -> list[str]:
    """Rows whose entries do not lead from nothing, step by step, to the status that they have. An empty list."""
    told = defaultdict(list)
    for entry in AuditEntry.objects.filter(changes={}).order_by("pk"):
        told[entry.model, entry.object_id].append((entry.before, entry.after))
    return [
        f"{row._meta.label} {row.pk} is {row.status}, told is {steps}"
        for model in ({*places_states.ALLOWED, *money_states.ALLOWED} - MADE_AT_THE_DESK)
        for row in model.objects.order_by("pk")
        if not _leads_to(row.status, steps := told[row._meta.label_lower, row.pk])
    ]


def _leads_to(status: str, steps: list[tuple[str, str]]) -> bool:
    if not steps or steps[0][0] or steps[-1][1] != status:
        return False
    return all(this[1] == following[0] for this, following in pairwise(steps))
