"""What nobody has reviewed takes a reason before it goes to readers: the page asks for it, and refuses nothing yet."""

from typing import Any

from articles import publishing
from articles.editing.working_copies import edited
from articles.models import Article
from kit.desk.confirm import ConfirmForm

UNREVIEWED = (
    "Nobody has reviewed it: say why it goes to readers all the same, or name a reviewer first. "
    "It stands in the history, for the team alone."
)


class ReasonedForm(ConfirmForm):
    def __init__(self, *args: Any, row: Article, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.shown = edited(row)
        if self.shown.reviewer_id is None:
            self.fields["why"].help_text = UNREVIEWED

    def refuse_what_is_missing(self) -> None:
        for words in publishing.hindrances(self.shown, why=self.cleaned_data.get("why", "")):
            self.add_error("why" if words == publishing.NO_REVIEWER else None, words)


def hindrances_but_the_reason(shown: Article) -> list[str]:
    return publishing.hindrances(shown, why=UNREVIEWED)
