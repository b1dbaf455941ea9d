"""What follows the demo's workshops: recordings, handouts, and what people said."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils.text import slugify

from courses.models import Workshop
from learning import feedback
from learning.models import Handout, Recording
from learning.publishing import publish_recording
from practice_site.demo.shapes.teaching import HandoutWords, RecordingWords
from practice_site.demo.words.recorded import HANDOUTS, LAST_TERM, OPEN_ANSWERS, RECORDINGS

FILES = Path(__file__).parent / "files"
A_DAY = timedelta(days=1)


def load_recordings() -> None:
    """Two are open from the first run on, one has closed."""
    for words in RECORDINGS:
        workshop = Workshop.objects.get(slug=words.workshop)
        if not workshop.recordings.filter(title=words.title).exists():
            _add_recording(workshop, words)


def load_handouts() -> None:
    for words in HANDOUTS:
        workshop = Workshop.objects.get(slug=words.workshop)
        if not workshop.handouts.filter(title=words.title).exists():
            _add_handout(workshop, words)


def load_feedback() -> None:
    """Some said what they thought, every third of them without a name."""
    workshop = Workshop.objects.select_related("course").get(slug=LAST_TERM)
    if workshop.feedback.exists():
        return
    questions = feedback.questions_of(workshop)
    for number, ticket in enumerate(workshop.tickets.confirmed().select_related("workshop__course")[2:10]):
        words = iter(OPEN_ANSWERS[number % len(OPEN_ANSWERS)])
        answers = [_answer(each, 5 - (number + place) % 3, words) for place, each in enumerate(questions)]
        feedback.give_feedback(ticket, answers=answers, is_anonymous=number % 3 == 0)


def _answer(question: feedback.Question, rating: int, words: Iterator[str]) -> dict:
    said = {"words": next(words)} if question.is_open else {"rating": rating}
    return {"kind": question.kind, "question": question.words, **said}


def _add_recording(workshop: Workshop, words: RecordingWords) -> None:
    recording = Recording(workshop=workshop, title=words.title, url=words.url, passcode=words.passcode)
    recording.kind = Recording.Kind.VIMEO if "vimeo" in words.url else Recording.Kind.ZOOM
    recording.transcript = words.transcript
    if words.film:
        recording.kind = Recording.Kind.FILE
        recording.file.save(words.film, ContentFile((FILES / words.film).read_bytes()), save=False)
        recording.captions.save("captions.vtt", ContentFile(words.captions.encode()), save=False)
    recording.save()
    if words.has_closed:
        published_at = workshop.ends_at + A_DAY
        Recording.objects.filter(pk=recording.pk).update(published_at=published_at)
        Workshop.objects.filter(pk=workshop.pk).update(recording_published_at=published_at)
    else:
        publish_recording(recording)


def _add_handout(workshop: Workshop, words: HandoutWords) -> None:
    handout = Handout(workshop=workshop, title=words.title, url=words.url, shown_from=words.shown_from)
    if words.text:
        handout.file.save(f"{slugify(words.title)}.txt", ContentFile(words.text.encode()), save=False)
    handout.save()
