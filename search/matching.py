"""How each database is asked for words: SQLite by FTS5, PostgreSQL by a column of its own with a GIN index, and SQLite
without FTS5 from end to end. All three are given the same stems, so all three find the same.
"""

from django.db.models import Lookup, TextField

from search.asking import Asked

ENTRIES, FTS_TABLE = "search_searchentry", "search_words"
FOUND = "search_found"  # PostgreSQL's function, which reads the index


class FoundWords(TextField):
    """Stems with a blank between them, and one at each end."""


@FoundWords.register_lookup
class MatchPlainly(Lookup):
    """Whether the phrases of an `Asked` stand in the column, read from end to end."""

    lookup_name = "match_plainly"
    prepare_rhs = False
    rhs: Asked

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        likes = [f"% {' '.join(phrase)} %" for phrase in self.rhs.phrases]
        if self.rhs.is_begun:
            likes[-1] = likes[-1][:-2] + "%"
        how = " OR " if self.rhs.is_any else " AND "
        return f"({how.join([f'{column} LIKE %s'] * len(likes))})", [each for like in likes for each in (*params, like)]


@FoundWords.register_lookup
class Match(MatchPlainly):
    """The same by the index, of the column that has one."""

    lookup_name = "match"

    def as_sqlite(self, compiler, connection):
        if not has_fts(connection):
            return self.as_sql(compiler, connection)
        found = f"SELECT rowid FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH %s"  # noqa: S608  a name of our own
        words = self._joined('"', " ", " OR " if self.rhs.is_any else " AND ", "*")
        return f"{self._key(connection)} IN ({found})", [words]

    def as_postgresql(self, compiler, connection):
        words = self._joined("'", "' <-> '", " | " if self.rhs.is_any else " & ", ":*")
        # Within a SELECT, or the planner would call it once more to guess how many there are.
        return f"{self._key(connection)} = ANY ((SELECT {FOUND}(%s::tsquery))::bigint[])", [words]

    def _key(self, connection) -> str:
        return f'{connection.ops.quote_name(self.lhs.alias)}."id"'

    def _joined(self, quote: str, within: str, between: str, begun: str) -> str:
        phrases = [f"{quote}{within.join(phrase)}{quote}" for phrase in self.rhs.phrases]
        phrases[-1] += begun if self.rhs.is_begun else ""
        return between.join(f"({each})" if quote == "'" else each for each in phrases)


def is_without_index(connection) -> bool:
    """Whether all entries are read for each search, because the database was made by a SQLite that had no FTS5."""
    if connection.vendor != "sqlite":
        return False
    return ENTRIES in (tables := connection.introspection.table_names()) and FTS_TABLE not in tables


def has_fts(connection) -> bool:
    """Asked once in a process."""
    if connection.alias not in _has_fts:
        _has_fts[connection.alias] = not is_without_index(connection)
    return _has_fts[connection.alias]


_has_fts: dict[str, bool] = {}
