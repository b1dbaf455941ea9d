from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.bin_desk import DeletesIntoBin
from courses.workshop_filter import WorkshopFilter
from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path
from kit.desk.typed_choice import TypedChoices
from learning.admin.feedback_desk import end_results_links, results_file, results_page
from learning.feedback import FEWEST
from learning.models import Feedback, FeedbackQuestion

KEPT_BACK = f"Shown together with others, once {FEWEST} without a name are new: of fewer one would know whose it is."


@admin.register(FeedbackQuestion)
class FeedbackQuestionAdmin(DeletesIntoBin, TypedChoices, DeskAdmin):
    """What one workshop asks besides what every workshop asks."""

    list_display = ["words", "workshop", "kind", "position"]
    list_filter = [("workshop", WorkshopFilter), "kind"]
    list_select_related = ["workshop__course"]
    search_fields = ["words", "workshop__slug", "workshop__course__title"]
    autocomplete_fields = ["workshop"]
    listed = ("workshop",)
    fields = ["workshop", "words", "kind", "position"]

    def get_readonly_fields(self, request, obj=None):
        return ["workshop"] if obj else []


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, DeskAdmin):
    """What people said, to be read alone."""

    list_display = ["run", "given_on", "who", "results"]
    list_filter = [("workshop", WorkshopFilter), ("ticket", admin.EmptyFieldListFilter)]
    list_select_related = ["workshop", "ticket"]
    search_fields = ["workshop__slug", "workshop__course__title"]
    fields = ["workshop", "given_on", "who", "said"]
    readonly_fields = fields
    view_on_site = False

    def get_urls(self) -> list:
        own = [
            desk_path(self, "of/<int:pk>/", results_page, "learning_feedback_results"),
            desk_path(self, "of/<int:pk>/file/", results_file, "learning_feedback_file"),
            desk_path(self, "of/<int:pk>/end-links/", end_results_links, "learning_feedback_end_links"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="workshop", ordering="workshop__slug")
    def run(self, feedback: Feedback) -> str:
        return feedback.workshop.slug

    @admin.display(description="all of it")
    def results(self, feedback: Feedback) -> SafeString:
        address = reverse("admin:learning_feedback_results", args=[feedback.workshop_id])
        return format_html('<a href="{}">Results</a>', address)

    @admin.display(description="who")
    def who(self, feedback: Feedback) -> str:
        return feedback.ticket.attendee_name if feedback.ticket else "anonymous"

    @admin.display(description="what they said")
    def said(self, feedback: Feedback) -> str:
        if feedback.is_kept_back:
            return KEPT_BACK
        answers = (f"{each['question']} {each.get('rating', each.get('words', ''))}" for each in feedback.answers)
        return "\n".join(answers) or "nothing"
