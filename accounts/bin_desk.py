"""The bin at the desk: where one gets back what was deleted."""

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.text import Truncator, capfirst
from django.views.decorators.http import require_http_methods

from accounts import binning
from accounts.binning import KEPT, NeedsWhatIsGone, TakenMeanwhile
from accounts.models import BinnedRow
from kit.desk.current_forms import lock_rows
from kit.desk.desk_admin import DeskAdmin, named
from kit.desk.desk_pages import desk_page, desk_path
from kit.desk.listed_lookups import FewValues

LONGEST = 600  # characters of a column that are shown
GONE = "It is not in the bin any more: somebody else put it back or ended it."


class DeletesIntoBin:
    """For a ModelAdmin: what is deleted can be put back for a while."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        return super().delete_view(request, object_id, {"bin_days": KEPT.days, **(extra_context or {})})

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, type(obj)._base_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with transaction.atomic():
            pks = list(queryset.order_by("pk").values_list("pk", flat=True))
            lock_rows(self.model, pks)
            for row in self.model._base_manager.filter(pk__in=pks).order_by("pk"):
                binning.put_in_bin(row)
        words = 'For {} days you get it back from the <a href="{}">bin</a>.'
        address = reverse("admin:accounts_binnedrow_changelist")
        self.message_user(request, format_html(words, KEPT.days, address), messages.INFO)


class BinnedRowAdmin(DeskAdmin):
    """Whoever may delete a kind of row sees what was deleted of it."""

    list_display = ["title", "kind_of_row", "deleted_at", "deleted_by", "ends"]
    list_filter = [("model", FewValues), "deleted_at"]
    list_select_related = ["deleted_by"]
    search_fields = ["title"]
    fields = ["title", "kind_of_row", "deleted_at", "who", "ends", "what_it_says", "what_went_along"]
    readonly_fields = fields
    who = named("deleted_by")
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        known = [model._meta.label_lower for model in self.admin_site._registry]
        mine = [each for each in known if _may(request, each, "delete")]
        return super().get_queryset(request).filter(model__in=mine)

    def get_urls(self) -> list:
        own = desk_path(self, "<int:pk>/put-back/", put_back_page, "accounts_binnedrow_put_back")
        return [own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="kind")
    def kind_of_row(self, binned: BinnedRow) -> str:
        return binned.kind

    @admin.display(description="ends", ordering="deleted_at")
    def ends(self, binned: BinnedRow) -> str:
        return display_for_value(binned.deleted_at + KEPT, "-")

    @admin.display(description="what it says")
    def what_it_says(self, binned: BinnedRow) -> str:
        meta = apps.get_model(binned.model)._meta
        typed = {field.name: field for field in meta.concrete_fields if field.editable and not field.remote_field}
        told = [(typed[name], value) for name, value in binned.rows[0]["fields"].items() if name in typed and value]
        lines = [(capfirst(field.verbose_name), Truncator(strip_tags(value)).chars(LONGEST)) for field, value in told]
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", lines))

    @admin.display(description="what went with it")
    def what_went_along(self, binned: BinnedRow) -> str:
        counts: dict[str, int] = {}
        for facts in binned.rows[1:]:
            kind = str(apps.get_model(facts["model"])._meta.verbose_name)
            counts[kind] = counts.get(kind, 0) + 1
        return ", ".join(f"{count} × {kind}" for kind, count in sorted(counts.items())) or "nothing"


@require_http_methods(["GET", "HEAD", "POST"])
def put_back_page(request: HttpRequest, pk: int, model_admin: BinnedRowAdmin) -> HttpResponse:
    """GET asks and changes nothing. A second press finds it done and says so."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method == "POST" and not BinnedRow.objects.filter(pk=pk).exists():
        return _told(request, messages.WARNING, GONE)
    binned = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not _may(request, binned.model, "add"):
        raise PermissionDenied
    refusal = ""
    if request.method == "POST":
        try:
            return _put_back(request, binned)
        except (TakenMeanwhile, NeedsWhatIsGone) as error:
            refusal = str(error)
    context = {"row": binned, "here": "Put back", "title": f"Put back: {binned}", "refusal": refusal}
    template = "admin/accounts/binnedrow/put_back.html"
    return desk_page(request, model_admin, template, context, status=409 if refusal else 200)


def _put_back(request: HttpRequest, binned: BinnedRow) -> HttpResponse:
    row = binning.put_back(binned.pk)
    if row is None:
        return _told(request, messages.WARNING, GONE)
    messages.success(request, f"“{row}” is back, as it was.")
    return redirect(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", row.pk)


def _told(request: HttpRequest, level: int, words: str) -> HttpResponse:
    messages.add_message(request, level, words)
    return redirect("admin:accounts_binnedrow_changelist")


def _may(request: HttpRequest, label: str, action: str) -> bool:
    app, _, model = label.partition(".")
    return request.user.has_perm(f"{app}.{action}_{model}")
