from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from articles.commenting.imitation import imitates_us
from articles.commenting.models import NAME_LENGTH, WORDS_LENGTH
from articles.commenting.plain_words import plain_line, plain_lines
from articles.commenting.suspicion import opening
from articles.models import Article
from kit.forms.forms import EmailField, NameField, PlainHelper
from kit.forms.shown_words import ShownWordsField
from kit.texts.names import can_be_seen
from practice.models import Page

IMITATES = "Somebody here has this name, or one like it. Take another, so that nobody takes your comment for ours."
AGREED = (
    "I have read the community guidelines, version {version}. I agree that you keep what I write here, and publish it "
    "with the name above it once you have read it."
)


class PenNameField(NameField):
    def to_python(self, value: Any) -> str:
        return plain_line(super().to_python(value))


class WordsField(forms.CharField):
    """Plain text: counted, and shown, as it will stand on the page."""

    def to_python(self, value: Any) -> str:
        words = plain_lines(super().to_python(value))
        return words if can_be_seen(words) else ""


class CommentForm(forms.Form):
    name = PenNameField(
        label="Name",
        max_length=NAME_LENGTH,
        help_text="Shown above your comment. A first name, initials or a pen name are welcome.",
        error_messages={"required": "Give a name to show. It need not be your own."},
    )
    email = EmailField(
        required=False,
        help_text="Never shown, and not needed. If you give it, we write once we have read your comment, with a link "
        "by which you can delete it.",
    )
    words = WordsField(
        label="Comment",
        max_length=WORDS_LENGTH,
        help_text=f"Up to {WORDS_LENGTH} characters. A link is shown as text.",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Write your comment."},
    )
    agree = forms.BooleanField(
        error_messages={"required": "Tick this, so that we may keep your comment and publish it."}
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, article: Article, guidelines: Page, **kwargs: Any) -> None:
        super().__init__(*args, initial={"opened": opening()}, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "nickname"
        words = AGREED.format(version=guidelines.version)
        self.fields["shown_words"] = ShownWordsField(words, of="comment")
        read = words.partition("community guidelines")
        self.fields["agree"].label = format_html(
            '{}<a href="{}">{}</a>{}', read[0], guidelines.version_url, read[1], read[2]
        )
        action = reverse("articles:comment", args=[article.slug])
        self.helper = PlainHelper(self, "Send comment", disable_csrf=True, form_action=action)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if imitates_us(name):
            raise ValidationError(IMITATES, code="imitates")
        return name
