"""What the demo's team is working on: changes that wait, a review with a comment, and something scheduled."""

from datetime import datetime, time, timedelta

from accounts.audit import acting
from accounts.models import User
from articles.editing.models import ReviewRequest
from articles.editing.reviewing import ask_for_review, comment
from articles.editing.schedules import schedule
from articles.editing.working_copies import SHAPE, keep_edit
from articles.models import Article
from kit.desk.snapshots import FIELDS, take
from practice.models import Practice


def load_editing() -> None:
    """One article for each; a practice that has fewer shows fewer, and one without a reviewer asks its owner."""
    writer = User.objects.filter(groups__name="Editors").first() or User.objects.filter(is_superuser=True).first()
    reviewer = User.objects.filter(groups__name="Reviewers").first() or User.objects.filter(is_superuser=True).first()
    if writer is None or reviewer is None or ReviewRequest.objects.exists():
        return
    for begin, article in zip((_change, _ask, _schedule), Article.objects.published().order_by("pk"), strict=False):
        with acting("the desk", user=writer):
            begin(article, reviewer)


def _change(article: Article, reviewer: User, words: str = "Read again this week.") -> None:
    now = take(article, SHAPE)
    keep_edit(article, now | {FIELDS: now[FIELDS] | {"summary": f"{article.summary} {words}"}})


def _ask(article: Article, reviewer: User) -> None:
    _change(article, reviewer, "With a plainer ending.")
    ask_for_review(article, reviewer=reviewer, words="I made the summary plainer. Is it still right?")
    with acting("the desk", user=reviewer):
        comment(article, passage="With a plainer ending.", words="Yes. I would leave out the last word.")


def _schedule(article: Article, reviewer: User) -> None:
    _change(article, reviewer, "Brought up to date.")
    practice = Practice.current()
    monday = practice.today() + timedelta(days=7 - practice.today().weekday())
    schedule(article, goes_live_at=datetime.combine(monday, time(8), practice.zone), goes_off_at=None)
