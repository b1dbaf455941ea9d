from typing import TypeVar

from django.db.models import Manager, Model, QuerySet
from django.shortcuts import get_object_or_404

Row = TypeVar("Row", bound=Model)


def lock(rows: QuerySet[Row] | Manager[Row], pk: int) -> Row:
    """As it stands now, locked to the end of the caller's transaction; what `select_related` brings is not.

    For rows that the desk may delete while somebody presses a button that is about them: raises Http404 then.
    """
    return get_object_or_404(rows.select_for_update(of=("self",)), pk=pk)
