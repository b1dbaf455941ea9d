"""What follows the demo's workshops: recordings, and handouts."""

from datetime import timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils.text import slugify

from courses.models import Workshop
from learning.models import Handout, Recording
from learning.publishing import publish_recording
from practice_site.demo.words import HandoutWords, RecordingWords
from practice_site.demo.words.recorded import HANDOUTS, RECORDINGS

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
