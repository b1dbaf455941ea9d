"""Two ways to ask a column that an index answers: how it begins, and which words stand in it."""

import re

from django.core.exceptions import EmptyResultSet
from django.db.models import CharField, Func, Index, Lookup

WORD = re.compile(r"\w+")
NO_WORDS = "/.@_''-"  # what PostgreSQL would take for a part of a path, an address or a number
LAST_CHARACTER = "\U0010ffff"


@CharField.register_lookup
class Begins(Lookup):
    """Whether a column begins with this as it was typed, in small letters or in capitals: keys are written one way."""

    lookup_name = "begins"

    def as_sql(self, compiler, connection):
        return self._any(compiler, connection, "{0} >= %s AND {0} < %s", lambda each: [each, each + LAST_CHARACTER])

    def as_postgresql(self, compiler, connection):
        """Not by order: a language may have one of its own."""
        escaped = connection.ops.prep_for_like_query
        return self._any(compiler, connection, "{0} LIKE %s", lambda each: [escaped(each) + "%"])

    def _any(self, compiler, connection, condition, limits):
        column, params = self.process_lhs(compiler, connection)
        ways = sorted({self.rhs, self.rhs.lower(), self.rhs.upper()})
        params = [each for way in ways for each in (*params, *limits(way))]
        return f"({' OR '.join([condition.format(column)] * len(ways))})", params


@CharField.register_lookup
class HasWords(Lookup):
    """Whether all of these words stand in the column, the last one perhaps begun; on SQLite also within others."""

    lookup_name = "has_words"

    def as_sql(self, compiler, connection):
        column, params = compiler.compile(Words(self.lhs))
        words = self._words()
        each = " AND ".join([f"{column} LIKE %s"] * len(words))
        return f"({each})", [value for word in words for value in (*params, f"%{word}%")]

    def as_postgresql(self, compiler, connection):
        column, params = compiler.compile(Words(self.lhs))
        return f"{column} @@ to_tsquery('simple', %s)", [*params, " & ".join(self._words()) + ":*"]

    def _words(self) -> list[str]:
        if found := [word for each in WORD.findall(self.rhs) for word in each.split("_") if word]:
            return found
        raise EmptyResultSet


class Words(Func):
    """A column as its words are searched; what `WordIndex` is of. SQLite's LIKE takes small letters for capitals."""

    arity = 1
    template = "%(expressions)s"

    def as_postgresql(self, compiler, connection, **context):
        template = f"to_tsvector('simple', translate(%(expressions)s, '{NO_WORDS}', '{' ' * 6}'))"
        return self.as_sql(compiler, connection, template=template, **context)

    @property
    def column(self) -> str:
        return self.source_expressions[0].name


class WordIndex(Index):
    """`WordIndex(Words("name"), Words("email"), name=...)`; SQLite reads it from end to end instead of the rows."""

    suffix = "words"

    def create_sql(self, model, schema_editor, using="", **options):
        is_of_words = schema_editor.connection.vendor == "postgresql"
        return super().create_sql(model, schema_editor, using=" USING gin" if is_of_words else using, **options)
