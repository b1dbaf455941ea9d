"""Reviews, as they wait to be read. Their words are nobody's to change."""

from typing import Any

from django.contrib import admin, messages

from courses.workshop_filter import WorkshopFilter
from kit.desk.confirm import Act, ReasonForm, act_urls
from kit.desk.desk_admin import DeskAdmin
from learning.models import Review
from learning.reviewing import reviews

PERMISSION = "learning.change_review"


def _publish(review: Review, answers: dict[str, Any]) -> bool:
    reviews.publish(review, seen=answers["seen"], why=answers["why"])
    return True


def _decline(review: Review, answers: dict[str, Any]) -> bool:
    reviews.decline(review, seen=answers["seen"], why=answers["why"])
    return True


PUBLISH = Act(
    verb="Publish",
    template="admin/learning/review/publish.html",
    do=_publish,
    facts=reviews.facts_seen,
    context=lambda row: {"may_press": True},
    done=lambda row: "It is on the page of the course.",
    over={Review.Status.PUBLISHED: (messages.INFO, "It is published already.")},
    refusals=(reviews.DecidedAlready,),
    permission=PERMISSION,
)
DECLINE = Act(
    verb="Keep back",
    template="admin/learning/review/keep_back.html",
    do=_decline,
    facts=reviews.facts_seen,
    context=lambda row: {"may_press": True},
    done=lambda row: "It is not public, and whoever wrote it sees that on the page of the place.",
    over={Review.Status.DECLINED: (messages.INFO, "It is kept back already.")},
    refusals=(reviews.DecidedAlready,),
    form=ReasonForm,
    permission=PERMISSION,
)
ACTS = [PUBLISH, DECLINE]


class DecidedFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return Review.Status.choices

    def queryset(self, request, queryset):
        wanted = {
            Review.Status.WAITING: {"published_at": None, "declined_at": None},
            Review.Status.PUBLISHED: {"published_at__isnull": False},
            Review.Status.DECLINED: {"declined_at__isnull": False},
        }
        return queryset.filter(**wanted.get(self.value(), {}))


@admin.register(Review)
class ReviewAdmin(DeskAdmin):
    """Publish what people say, critical words too: to keep those back misleads readers, and the law forbids it."""

    list_display = ["of", "stars", "written_on", "standing", "reply"]
    list_filter = [DecidedFilter, "stars", ("ticket__workshop", WorkshopFilter)]
    list_select_related = ["ticket__workshop__course"]
    search_fields = ["words", "ticket__attendee_name", "ticket__workshop__slug"]
    fields = ["of", "who", "stars", "words", "shown_as", "written_on", "standing", "reply"]
    readonly_fields = ["of", "who", "stars", "words", "shown_as", "written_on", "standing"]
    view_on_site = False

    def get_urls(self) -> list:
        return [*act_urls(self, ACTS), *super().get_urls()]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="workshop", ordering="ticket__workshop__slug")
    def of(self, review: Review) -> str:
        return str(review.ticket.workshop)

    @admin.display(description="by")
    def who(self, review: Review) -> str:
        return f"{review.ticket.attendee_name}, {review.ticket.attendee_email}"

    @admin.display(description="status")
    def standing(self, review: Review) -> str:
        return review.status_words
