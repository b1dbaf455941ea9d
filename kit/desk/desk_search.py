"""How the desk searches its lists: each column in the way that an index of it answers."""

from collections.abc import Sequence

from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP

from kit.database.word_index import WordIndex


def matching(rows: QuerySet, word: str, paths: Sequence[str]) -> QuerySet:
    """Those where one of the columns has it. Each column is asked on its own: a condition on several uses no index.

    A single column of the rows themselves is asked for there: to join what is found with the rows reads all of them.
    """
    conditions = [{f"{path}__{lookup_of(rows.model, path)}": word} for path in paths]
    if len(paths) == 1 and LOOKUP_SEP not in paths[0]:
        return rows.filter(**conditions[0])
    pks = [rows.model._base_manager.filter(**each).order_by().values("pk") for each in conditions]
    return rows.filter(pk__in=pks[0].union(*pks[1:])) if pks else rows.none()


def lookup_of(model: type[Model], path: str) -> str:
    """By words or by its beginning where there is an index for it; `icontains` where there is none."""
    field = get_fields_from_path(model, path)[-1]
    indexes = field.model._meta.indexes
    if any(field.name == words.column for each in indexes if isinstance(each, WordIndex) for words in each.expressions):
        return "has_words"
    is_first = any(each.fields[:1] == [field.name] for each in indexes)
    return "begins" if field.db_index or field.unique or is_first else "icontains"
