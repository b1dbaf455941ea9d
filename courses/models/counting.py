"""How many places of a workshop are taken, as expressions of a question for workshops."""

from django.apps import apps
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

Counted = dict[str, Combinable]


def counts() -> Counted:
    """`places_taken` are tickets and what is kept for cohorts, taken by them or not; `people_in_line` come next."""
    cohorts = _rows("Cohort").running().order_by()
    kept = cohorts.filter(ticket_type__workshop=OuterRef("pk")).values("ticket_type__workshop")
    others = _rows("Ticket").occupying().filter(~Q(cohort__in=cohorts.values("pk")), place_number__isnull=False)
    return {
        "places_for_cohorts": _or_none(kept.annotate(total=Sum("places"))),
        "places_taken": _or_none(_per_workshop(others)) + F("places_for_cohorts"),
        "people_in_line": _or_none(_per_workshop(_rows("WaitingListEntry").in_line())),
    }


def _rows(model: str) -> QuerySet:
    return apps.get_model("courses", model).objects


def _per_workshop(rows: QuerySet) -> QuerySet:
    return rows.filter(workshop=OuterRef("pk")).order_by().values("workshop").annotate(total=Count("pk"))


def _or_none(totals: QuerySet) -> Coalesce:
    return Coalesce(Subquery(totals.values("total"), output_field=IntegerField()), 0)
