from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import slugify

from accounts.bin_desk import DeletesIntoBin
from articles.glossary import articles_naming
from articles.models import GlossaryTerm
from kit.desk.desk_admin import DeskAdmin


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    list_display = ["word", "meaning"]
    search_fields = ["word", "meaning"]
    fields = ["word", "meaning", "named_by"]
    readonly_fields = ["named_by"]

    def get_fields(self, request: HttpRequest, obj: GlossaryTerm | None = None) -> list[str]:
        return self.fields if obj else self.fields[:2]

    def save_model(self, request: HttpRequest, obj: GlossaryTerm, form: Any, change: bool) -> None:
        """The end of its address stays as it is first made: texts lead to it."""
        obj.slug = obj.slug or _free_slug(obj.word, GlossaryTerm.objects.all())
        super().save_model(request, obj, form, change)

    @admin.display(description="articles that link to it")
    def named_by(self, term: GlossaryTerm) -> str:
        rows = ((reverse("admin:articles_article_change", args=[each.pk]), each) for each in articles_naming(term))
        return format_html_join("", '<div><a href="{}">{}</a></div>', rows) or "none"


def _free_slug(word: str, terms: QuerySet[GlossaryTerm]) -> str:
    base = slugify(word)[:50] or "word"
    taken = set(terms.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (base, *numbered) if each not in taken)
