"""What people say of a workshop once it is over: asked once of each place, with a name or without."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from courses.models import Ticket, Workshop
from courses.seats.places import lock_workshop
from kit.local import locales
from kit.texts.csv_cells import csv_lines
from learning.models import Feedback, FeedbackGiven, FeedbackQuestion

AIM, RATING, OPEN = "aim", "rating", "open"
RATINGS = ("The teaching", "Use for my own practice", "How the day was organised")
OPEN_QUESTIONS = ("What helped you most?", "What should we do differently?")
SCALE = range(1, 6)
# Answers without a name are shown by so many at a time: who looks before and after sees no fewer that are new.
FEWEST = 3


class AlreadyGiven(Exception):
    """Whoever has this place has answered."""


class NotAsked(Exception):
    """There is nothing to say yet: the workshop is not over, or the place is not booked."""


@dataclass(frozen=True)
class Question:
    """One of the form: an aim that was met from 1 to 5, a rating from 1 to 5, or an open one."""

    kind: str
    words: str

    @property
    def shown(self) -> str:
        """In the practice’s English where the words are ours. Answers are kept under the words themselves."""
        return locales.spelt(self.words) if self.words in RATINGS else self.words

    @property
    def is_open(self) -> bool:
        return self.kind == OPEN


@dataclass(frozen=True)
class Result:
    """How one question of a workshop was answered; of ratings how often each number, of open ones the words."""

    question: Question
    ratings: Sequence[int] = ()
    words: Sequence[str] = ()

    @property
    def mean(self) -> str:
        return f"{sum(self.ratings) / len(self.ratings):.1f}" if self.ratings else "–"

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """Each number of the scale, how often it was chosen, and how many hundredths of all answers that is."""
        counts = [(number, self.ratings.count(number)) for number in SCALE]
        return [(number, count, 100 * count // max(1, len(self.ratings))) for number, count in counts]


def is_given(ticket: Ticket) -> bool:
    """Whether whoever has this place has answered, with their name or without."""
    return FeedbackGiven.objects.filter(ticket=ticket).exists()


def without_answer(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those of them of which nobody has answered."""
    return tickets.filter(~Exists(FeedbackGiven.objects.filter(ticket=OuterRef("pk"))))


def may_be_given(ticket: Ticket) -> bool:
    """Once they have seen something of it: a live place when the workshop is over, any other when it was opened."""
    if not ticket.is_confirmed or ticket.workshop.is_cancelled:
        return False
    return ticket.workshop.is_over if ticket.is_live else ticket.recording_opened_at is not None


def questions_of(workshop: Workshop) -> list[Question]:
    """The aims of its course, what is asked of every workshop, and what it asks itself."""
    own = FeedbackQuestion.objects.filter(workshop=workshop)
    return [
        *(Question(AIM, words) for words in workshop.course.aim_lines),
        *(Question(RATING, words) for words in RATINGS),
        *(Question(each.kind, each.words) for each in own),
        *(Question(OPEN, words) for words in OPEN_QUESTIONS),
    ]


@transaction.atomic
def give_feedback(ticket: Ticket, *, answers: list[dict], is_anonymous: bool) -> None:
    """Once for each place. Of an anonymous one nothing leads back to it; it is kept back until there are enough to be
    shown together. Raises NotAsked and AlreadyGiven."""
    if not may_be_given(ticket):
        raise NotAsked
    lock_workshop(ticket.workshop_id)  # of two at once one is the first
    if not FeedbackGiven.objects.get_or_create(ticket=ticket)[1]:
        raise AlreadyGiven
    today = timezone.now().astimezone(ZoneInfo(ticket.workshop.time_zone)).date()
    Feedback.objects.create(
        workshop=ticket.workshop,
        ticket=None if is_anonymous else ticket,
        answers=answers,
        given_on=monday_of(today) if is_anonymous else today,
        is_kept_back=is_anonymous,
    )
    if kept_back(ticket.workshop) >= FEWEST:
        _kept_back(ticket.workshop).update(is_kept_back=False)


def kept_back(workshop: Workshop) -> int:
    """How many answers without a name are not shown yet, because one would know whose so few are: who has answered is
    known, and who did so with a name."""
    return _kept_back(workshop).count()


def _kept_back(workshop: Workshop) -> QuerySet[Feedback]:
    return Feedback.objects.filter(workshop=workshop, is_kept_back=True)


def to_show(workshop: Workshop) -> QuerySet[Feedback]:
    return Feedback.objects.filter(workshop=workshop, is_kept_back=False)


def results_of(workshop: Workshop) -> list[Result]:
    """In the order of the questions as they are asked now; then those that were asked before."""
    given: dict[Question, list[dict]] = {question: [] for question in questions_of(workshop)}
    for answers in to_show(workshop).order_by("pk").values_list("answers", flat=True):
        for each in answers:
            given.setdefault(Question(each["kind"], each["question"]), []).append(each)
    return [_result(question, answers) for question, answers in given.items()]


def may_be_passed_on(workshop: Workshop) -> bool:
    """Whether so many have answered that nobody's words are known as theirs by those who were in the room."""
    return to_show(workshop)[:FEWEST].count() == FEWEST


def as_csv(workshop: Workshop) -> Iterator[str]:
    """A line for each person, in an order that tells nothing, without names."""
    questions = [result.question for result in results_of(workshop)]
    said = to_show(workshop).order_by("pk").values_list("answers", flat=True)
    return csv_lines([question.words for question in questions], (_cells(questions, each) for each in said))


def _result(question: Question, answers: Iterable[dict]) -> Result:
    ratings = [each["rating"] for each in answers if "rating" in each]
    return Result(question, ratings, [each["words"] for each in answers if "words" in each])


def _cells(questions: Iterable[Question], answers: Iterable[dict]) -> list[object]:
    by_question = {(each["kind"], each["question"]): each.get("rating", each.get("words", "")) for each in answers}
    return [by_question.get((question.kind, question.words), "") for question in questions]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
