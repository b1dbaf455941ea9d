"""Certificates as they were issued, and what bodies have granted."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from courses.workshop_filter import WorkshopFilter
from kit.desk.confirm import act_urls
from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path
from kit.desk.typed_choice import TypedChoices
from learning.admin import certificate_desk
from learning.admin.certificate_acts import ACTS
from learning.models import Accreditation, Certificate


@admin.register(Certificate)
class CertificateAdmin(ReadOnly, DeskAdmin):
    """Issued by the site. A wrong name is corrected by a new one, a wrong certificate is revoked; both say why."""

    list_display = ["name", "of", "kind", "hours", "serial", "issued_at", "standing", "letters_without_font"]
    list_filter = [
        "kind",
        ("revoked_at", admin.EmptyFieldListFilter),
        ("replaced_at", admin.EmptyFieldListFilter),
        ("letters_without_font", admin.EmptyFieldListFilter),
        ("ticket__workshop", WorkshopFilter),
    ]
    list_select_related = ["ticket__workshop__course", "order__series"]
    search_fields = ["name", "serial", "ticket__attendee_email", "ticket__workshop__slug"]
    fields = [
        *("name", "of", "kind", "hours", "completed_on", "serial", "standing", "because"),
        *("version", "issued_at", "replaced_at", "revoked_at", "letters_without_font", "page"),
    ]
    readonly_fields = fields
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_parts()

    def get_urls(self) -> list:
        pages = certificate_desk.of_workshop, certificate_desk.bundle_file
        own = [
            desk_path(self, "workshop/<int:pk>/", pages[0], "learning_certificate_workshop"),
            desk_path(self, "bundle/<int:pk>/", pages[1], "learning_certificate_bundle"),
        ]
        return [*own, *act_urls(self, ACTS), *super().get_urls()]

    @admin.display(description="workshop or series", ordering="ticket__workshop__slug")
    def of(self, certificate: Certificate) -> str:
        return str(certificate.order.series) if certificate.order else str(certificate.ticket.workshop)

    @admin.display(description="status")
    def standing(self, certificate: Certificate) -> str:
        return certificate.status_words

    @admin.display(description="page")
    def page(self, certificate: Certificate) -> SafeString:
        return format_html('<a href="{}">See what its holder sees</a>', certificate.get_absolute_url())


@admin.register(Accreditation)
class AccreditationAdmin(TypedChoices, DeskAdmin):
    """Only what you hold in writing. It stands on what is issued from now on, for days that it covers."""

    list_display = ["body", "number", "course", "valid_from", "valid_to"]
    list_filter = ["body", "valid_to"]
    list_select_related = ["course"]
    search_fields = ["body", "number", "course__title"]
    autocomplete_fields = ["course"]
    listed = ("course",)
    fields = ["body", "number", "sentence", "course", ("valid_from", "valid_to")]
