"""What SQLite plans without knowing how many rows have a value: it takes any column with an index for a rare one."""

from django.db.models.functions import Coalesce


def of_no_index(name: str) -> Coalesce:
    """The same as the column. For a value that most rows have, where another column finds the few that are asked for.

    rows.alias(state=of_no_index("status")).filter(state="paid", intent_id="pi_7")
    """
    return Coalesce(name, name)
