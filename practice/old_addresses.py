"""Pages whose address changed: links that people have go on working.

At the desk an address stays that of the page that has had it, as long as the page is there or lies in the bin. So each
link of a text means the same page whatever it is called by then, also in an old version that is restored.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve, reverse

from accounts.models import BinnedRow
from practice.linked_from import linked_from
from practice.models import OldAddress

# By the name of the address: whose page it is. All of them have the end of the address as `slug`.
PAGES = {
    "practice:clinician": "practice.person",
    "practice:service": "practice.service",
    "practice:concern": "practice.concern",
    "practice:location": "practice.location",
    **dict.fromkeys(["articles:article", "articles:cover"], "articles.article"),
    **dict.fromkeys(["courses:course", "courses:cover", "courses:interest"], "courses.course"),
    **dict.fromkeys(["courses:workshop", "courses:workshop_calendar"], "courses.workshop"),
    **dict.fromkeys(["courses:waiting_list", "orders:book"], "courses.workshop"),
    **dict.fromkeys(["courses:series", "orders:book_series"], "courses.workshopseries"),
}


LEADS_ON = (
    "The address of the page is new: the old one leads to it, so links in mails, calendars and papers still work."
)
MOST_NAMED = 5
HAD_IT = "This was the address of “{}”, and links lead there by it. Choose another one."
HAS_IT_IN_THE_BIN = "“{}” in the bin has this address. Choose another one, or put that back or delete it there."
SLUG = re.compile(r"[-\w]{1,80}")


class KeepsOldAddresses(admin.ModelAdmin):
    """For rows that have a page of their own, or a list that is theirs."""

    def get_form(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> type:
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (_WithFreeAddress, form), {})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            note_old_address(obj, form.initial["slug"])
            words = " ".join([LEADS_ON, follow_words(obj), "Nobody is written to about it."])
            transaction.on_commit(lambda: self.message_user(request, words, messages.INFO))  # if it is stored


class _WithFreeAddress:
    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if "slug" in self.changed_data and (words := whose_it_was(self.instance, slug)):
            raise ValidationError(words)
        return slug


def follow_words(row: Any) -> str:
    """What is told of the texts that link to a page, when its address is another one."""
    texts = linked_from(row)
    named = ", ".join(f"“{each}”" for each in texts[:MOST_NAMED])
    more = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return f"These link to it, and lead to its new address at once: {named}{more}." if texts else "No text links to it."


def whose_it_was(row: Any, slug: str) -> str:
    """Why the row cannot have this address: another page had it. Empty if it was nobody’s, or its own."""
    owner = owner_of(type(row), slug)
    if owner is None or owner == row:
        return ""
    return (HAS_IT_IN_THE_BIN if isinstance(owner, BinnedRow) else HAD_IT).format(owner)


def owner_of(model: type[Model], slug: str) -> Model | BinnedRow | None:
    """Whose address it was: the page, or what lies of it in the bin."""
    binned = BinnedRow.objects.filter(model=model._meta.label_lower)
    old = OldAddress.objects.filter(model=model._meta.label_lower, slug=slug).first()
    if old and (row := model._base_manager.filter(pk=old.object_id).first()):
        return row
    was_it = Q(rows__0__fields__slug=slug) | Q(object_id=old.object_id if old else None)
    return binned.filter(was_it).first()


def note_old_address(row: Any, slug: str) -> None:
    """`slug` is what it had until now."""
    found = {"model": row._meta.label_lower, "slug": slug}
    OldAddress.objects.update_or_create(**found, defaults={"object_id": row.pk})


def moved(request: HttpRequest) -> HttpResponse | None:
    """To be asked where nothing was found: the way to where the page is now, if it has ever been here."""
    match = request.resolver_match
    model = PAGES.get(match.view_name) if match and request.method in {"GET", "HEAD"} else None
    if model is None or not (slug := _slug_now(model, match.kwargs["slug"])):
        return None
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(reverse(match.view_name, args=[slug]) + query)


def chosen_anew(request: HttpRequest, name: str, model: str) -> HttpResponse | None:
    """To be asked by a list that knows no row of the name in its address: the way to the same choice under its name of
    today."""
    slug = request.GET.get(name, "")
    now = _slug_now(model, slug) if SLUG.fullmatch(slug) else None
    if now is None:
        return None
    query = request.GET.copy()
    query[name] = now
    return HttpResponsePermanentRedirect(f"{request.path}?{query.urlencode()}")


def address_now(address: str) -> str:
    """Of what was the address of a page: that which it has now. Any other address stays as it is."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return address
    model = PAGES.get(match.view_name)
    slug = _slug_now(model, match.kwargs["slug"]) if model else None
    return reverse(match.view_name, args=[slug]) if slug else address


def _slug_now(model: str, slug: str) -> str | None:
    """None if it never was an address, if its page is gone, or if the page is here again and only not shown."""
    old = OldAddress.objects.filter(model=model, slug=slug).first()
    row = old and apps.get_model(model)._base_manager.filter(pk=old.object_id).only("slug").first()
    return row.slug if row and row.slug != slug else None
