"""A page with every template of `components/` and `forms/` in its variants. Mounted with DEBUG only."""

import re
from itertools import count

from django.shortcuts import render
from django.template import engines
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from practice_site.styleguide.samples import MENU, PRACTICE
from practice_site.styleguide.specimens import PARTS, Specimen

LIBRARIES = "{% load crispy_forms_filters crispy_forms_tags %}"
# What must differ between two specimens of one template for both to stand on one page.
IDS = re.compile(r'(?<=\s)((?:id|for|aria-labelledby|aria-describedby)="|href="#)([^"]+)')
NAMED_NAV = re.compile(r'(<nav\b[^>]* aria-label="[^"]*)"')


@require_safe
def styleguide(request):
    """Header and footer show invented facts, as all here does: nothing is asked of the database."""
    numbers, parts = count(1), []
    for part in PARTS:
        shown = [{"specimen": each, "html": _drawn(each, number=next(numbers))} for each in part.specimens]
        parts.append({"part": part, "anchor": re.sub(r"\W", "-", part.template), "shown": shown})
    around = {"practice": PRACTICE, "crisis_lines": [], "own_pages": [], "menu": MENU, "site_notice": None}
    return render(request, "styleguide/styleguide.html", {"parts": parts, **around})


def _drawn(specimen: Specimen, *, number: int) -> SafeString:
    html = engines["django"].from_string(LIBRARIES + specimen.source).render(specimen.context())
    apart = IDS.sub(lambda found: found[1] + re.sub(r"(?= |$)", f"-{number}", found[2]), html)
    named = NAMED_NAV.sub(rf'\1 {number}"', apart)
    return format_html(specimen.frame, mark_safe(named))  # noqa: S308 - our own templates drew it
