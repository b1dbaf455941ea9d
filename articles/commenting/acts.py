"""What the desk does with a comment: a page shows it and says what will happen, and somebody confirms it."""

from typing import Any

from django import forms
from django.contrib import messages

from articles.commenting import deciding
from articles.commenting.blocking import DAYS, known_marks
from articles.commenting.models import REPLY_LENGTH, Comment, CommentBlock
from articles.commenting.plain_words import plain_lines
from kit.desk.confirm import Act, NoReasonForm

PERMISSION = "articles.change_comment"
Status = Comment.Status
IS_DELETED = (messages.WARNING, "Whoever wrote it has deleted it. Nothing was done.")


class RejectForm(NoReasonForm):
    because = forms.ChoiceField(
        label="Reason",
        choices=[("", "---------"), *Comment.Because.choices],
        help_text="For the team alone; its writer is not told it.",
    )

    field_order = ["because", "seen"]


class BlockForm(RejectForm):
    kinds = forms.MultipleChoiceField(
        label="Take no comments from",
        choices=CommentBlock.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Others may be in the same network: a household, a clinic, a mobile provider.",
        error_messages={"required": "Choose the address, the network, or both."},
    )
    days = forms.TypedChoiceField(label="For", choices=DAYS.items(), coerce=int, initial=30)

    field_order = ["kinds", "days", "because", "seen"]

    def __init__(self, *args: Any, row: Comment, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        known = known_marks(row)
        self.fields["kinds"].choices = [each for each in CommentBlock.Kind.choices if each[0] in known]


class ReplyForm(NoReasonForm):
    words = forms.CharField(
        label="Reply",
        required=False,
        max_length=REPLY_LENGTH,
        widget=forms.Textarea({"class": "vLargeTextField", "rows": 8}),
        help_text="Everybody reads it, below the comment. Empty, there is no reply any more.",
    )
    voice = forms.ChoiceField(
        label="As",
        choices=Comment.Voice.choices,
        widget=forms.RadioSelect,
        help_text="In the author’s name only what the author has said.",
    )

    field_order = ["words", "voice", "seen"]

    def __init__(self, *args: Any, row: Comment, initial: dict[str, Any], **kwargs: Any) -> None:
        now = {"words": row.reply, "voice": row.reply_by or Comment.Voice.PRACTICE}
        super().__init__(*args, row=row, initial=now | initial, **kwargs)

    def clean_words(self) -> str:
        return plain_lines(self.cleaned_data["words"])


def _context(comment: Comment) -> dict[str, Any]:
    return {"may_press": True}


def _nothing_to_block(comment: Comment) -> tuple[int, str] | None:
    if comment.is_deleted:
        return IS_DELETED
    return None if known_marks(comment) else (messages.WARNING, "From where it came is not known any more.")


def _no_reply(comment: Comment) -> tuple[int, str] | None:
    return None if comment.is_published else (messages.WARNING, "It is not published: nobody would see your reply.")


ACTS = [
    Act(
        verb="Publish",
        template="admin/articles/comment/publish.html",
        do=lambda comment, answers: deciding.publish_comment(comment, seen=answers["seen"]),
        facts=deciding.facts_seen,
        context=_context,
        done=lambda comment: "It stands below the article.",
        over={Status.PUBLISHED: (messages.INFO, "It is published already."), Status.DELETED: IS_DELETED},
        form=NoReasonForm,
        permission=PERMISSION,
    ),
    Act(
        verb="Reject",
        template="admin/articles/comment/reject.html",
        do=lambda comment, answers: deciding.reject_comment(comment, because=answers["because"], seen=answers["seen"]),
        facts=deciding.facts_seen,
        context=_context,
        done=lambda comment: "Nobody reads it on the site.",
        over={Status.REJECTED: (messages.INFO, "It is rejected already."), Status.DELETED: IS_DELETED},
        form=RejectForm,
        permission=PERMISSION,
    ),
    Act(
        verb="Block",
        template="admin/articles/comment/block.html",
        do=lambda comment, answers: deciding.block_writer(comment, **answers),
        facts=deciding.facts_seen,
        context=_context,
        done=lambda comment: "What comes from there until the block ends is held, and nobody reads this one.",
        over=_nothing_to_block,
        form=BlockForm,
        permission=PERMISSION,
    ),
    Act(
        verb="Reply",
        template="admin/articles/comment/reply.html",
        do=lambda comment, answers: deciding.reply_to(comment, **answers),
        facts=deciding.facts_seen,
        context=_context,
        done=lambda comment: "It stands below the comment." if comment.reply else "There is no reply any more.",
        over=_no_reply,
        refusals=(deciding.NotPublished,),
        form=ReplyForm,
        permission=PERMISSION,
    ),
]
