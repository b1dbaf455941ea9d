"""How the desk searches long lists: by how a column begins, or by words of a name. Both ask an index."""

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
    """Whether each of these words, or its beginning, stands in the column; on SQLite also within a word."""

    lookup_name = "has_words"

    def as_sql(self, compiler, connection):
        column, params = compiler.compile(Words(self.lhs))
        words = [f"%{word}%" for word in self._words()]
        return f"({' AND '.join([f'{column} LIKE %s'] * len(words))})", [
            each for word in words for each in (*params, word)
        ]

    def as_postgresql(self, compiler, connection):
        column, params = compiler.compile(Words(self.lhs))
        return f"{column} @@ to_tsquery('simple', %s)", [*params, " & ".join(f"{word}:*" for word in self._words())]

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


class WordIndex(Index):
    """`WordIndex(Words("name"), name=...)`; on SQLite it is read from one end to the other instead of the rows."""

    suffix = "words"

    def create_sql(self, model, schema_editor, using="", **options):
        is_of_words = schema_editor.connection.vendor == "postgresql"
        return super().create_sql(model, schema_editor, using=" USING gin" if is_of_words else using, **options)
