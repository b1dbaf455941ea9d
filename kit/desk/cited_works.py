"""What a text cites: rows with a number, to which marks such as `[2]` lead."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.safestring import SafeString, mark_safe

from kit.desk.rows import TableFormSet
from kit.pages.same_parts import rendered, values_of
from kit.texts import rich_text

COLUMNS = ("number", "authors", "year", "title", "source", "doi")
DOI_ADDRESS = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:)\s*", re.IGNORECASE)
DOI = re.compile(r"10\.\d{4,9}/\S+")


class CitedWork(models.Model):
    """One of them. Whatever cites it has a foreign key, and a constraint that its numbers are unique."""

    number = models.PositiveSmallIntegerField()
    authors = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    source = models.CharField(max_length=200, help_text="Journal, volume and pages, or the publisher.")
    doi = models.CharField("DOI", max_length=120, blank=True, help_text="For example 10.1037/pst0000172")

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.authors} ({self.year})"

    @property
    def doi_url(self) -> str:
        """Old ones hold signs that an address may not, such as `<`."""
        return f"https://doi.org/{quote(self.doi, safe='/:;().')}" if self.doi else ""


class CitedWorkForm(forms.ModelForm):
    def clean_doi(self) -> str:
        """Also as it is copied from a browser or a list of references."""
        doi = unquote(DOI_ADDRESS.sub("", self.cleaned_data["doi"]))
        if doi and not DOI.fullmatch(doi):
            raise ValidationError("A DOI looks like 10.1037/pst0000172. Without one, leave this empty.", code="no_doi")
        return doi


class CitedWorkFormSet(TableFormSet):
    """Two of them may change their numbers; the marks in the text follow (kit/desk/reference_marks.py)."""

    numbered = "number"


class Source(NamedTuple):
    """As it is shown, in plain values."""

    number: int
    authors: str
    year: int
    title: str
    source: str
    doi: str
    doi_url: str


def sources_of(works: Iterable[CitedWork]) -> tuple[Source, ...]:
    return tuple(values_of(Source, each) for each in works)


def references_html(sources: tuple[Source, ...]) -> SafeString:
    """With their heading; nothing where nothing is cited."""
    return rendered("components/references.html", references=sources) if sources else mark_safe("")


def missing_numbers(body: str, works: Iterable[CitedWork]) -> list[int]:
    """Those of marks in the body to which no work belongs."""
    return sorted(rich_text.numbers_marked(body) - {each.number for each in works})


def missing_words(numbers: list[int]) -> str:
    marks = ", ".join(f"[{number}]" for number in numbers)
    return f"The text points at {marks}, but there is no such reference."
