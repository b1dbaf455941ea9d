"""A disk without room: a calm answer, nothing half-written, told to whoever runs the site; with room all goes on."""

import errno
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import File
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection, transaction

from accounts import jobs, runs
from accounts.models import WorkRun
from kit.work import disks
from kit.work.due import DueWork, Lane
from kit.work.out_of_reach import StorageAway
from learning.files import private_files
from learning.models import Recording
from orders.models import Order
from outbox.models import Message
from pictures import sizes
from pictures.files import storage
from pictures.forms import NOT_PUT_AWAY
from pictures.models import Picture
from practice.models import Enquiry
from practice_site import environment
from practice_site.management.commands import worker
from tests.builders import make_cities, make_practice, make_terms, make_user, make_workshop, queue_words
from tests.desk_forms import save
from tests.pictures.drawings import as_file, drawn, make_picture, sent
from tests.pictures.test_library import ADD, ANSWERS, errors_in
from tests.practice.test_views import ANSWERS as ENQUIRY

pytestmark = pytest.mark.django_db
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full(monkeypatch, settings, tmp_path):
    """There is room for the first part of a file, and for no more."""
    settings.MEDIA_ROOT = tmp_path

    def chunks(self, chunk_size=None):
        yield b"the first part"
        raise FULL

    def fill():
        for kind in (File, InMemoryUploadedFile):
            monkeypatch.setattr(kind, "chunks", chunks)

    return fill


@pytest.fixture
def desk(client, settings):
    make_practice()
    make_cities()
    settings.DEBUG = False
    client.raise_request_exception = False
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def files_below(folder):
    return [path.name for path in Path(folder).rglob("*") if path.is_file()]


def test_whoever_sends_a_picture_is_told_and_nothing_of_it_stays(full, desk, settings, caplog):
    full()

    answer = desk.post(ADD, ANSWERS | {"title": "The gate", "upload": sent(as_file(drawn(900, 600)))})

    assert (answer.status_code, errors_in(answer)) == (200, [NOT_PUT_AWAY])
    assert (Picture.objects.count(), files_below(settings.MEDIA_ROOT)) == (0, [])
    assert caplog.messages[-1] == "a picture could not be put away: ENOSPC"


def test_sizes_are_made_once_there_is_room_again_and_the_picture_is_taken_for_none_that_is_broken(full, monkeypatch):
    picture = make_picture()
    with monkeypatch.context():
        full()
        with pytest.raises(StorageAway):
            sizes.make_sizes()
    picture.refresh_from_db()
    before = (picture.is_unreadable, picture.sizes_of, len(storage().listdir("pictures")[1]))
    monkeypatch.undo()

    sizes.make_sizes()

    picture.refresh_from_db()
    assert (before, len(picture.sizes) > 0) == ((False, "", 1), True)


def test_a_film_that_finds_no_room_is_a_calm_page_and_nothing_of_it_stays(full, desk, caplog):
    workshop = make_workshop()
    before = files_below(private_files().path(""))
    full()

    film = SimpleUploadedFile("day.mp4", b"film" * 100)
    answers = {"workshop": workshop.pk, "title": "Film", "kind": "file", "file": film}
    answer = save(desk, "/admin/learning/recording/add/", **answers)

    assert (answer.status_code, answer["Retry-After"], Recording.objects.count()) == (503, "5", 0)
    assert files_below(private_files().path("")) == before
    assert "files unavailable: ENOSPC" in caplog.messages


def test_an_upload_that_finds_no_room_on_its_way_in_is_the_same_page(desk, settings, monkeypatch, caplog):
    """Before any view has it: the whole request is read into a file first."""

    def write(self, *args):
        raise FULL

    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    monkeypatch.setattr(TemporaryUploadedFile, "write", write, raising=False)

    answer = desk.post(ADD, ANSWERS | {"upload": sent(as_file(drawn(900, 600)))})

    assert (answer.status_code, answer["Retry-After"], Picture.objects.count()) == (503, "5", 0)
    assert "files unavailable: ENOSPC" in caplog.messages


def test_a_key_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    def write(self, key):
        self.open("w").close()
        raise FULL

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", write)
        with pytest.raises(OSError, match="No space left"):
            environment.made_once(tmp_path / "encryption.key")
    left = files_below(tmp_path)

    assert (left, len(environment.made_once(tmp_path / "encryption.key"))) == ([], 44)


# The disk that the database is on


@pytest.fixture
def full_database():
    """As each of them says it itself."""
    if connection.vendor == "postgresql":
        yield from _postgresql_without_room()
    else:
        yield from _sqlite_without_room()


def _postgresql_without_room():
    tables = [Enquiry, Order, Message, WorkRun]
    with connection.cursor() as cursor:
        cursor.execute(NO_ROOM)
        for model in tables:
            name = model._meta.db_table
            cursor.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON {name} EXECUTE FUNCTION no_room()")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION no_room CASCADE")


def _sqlite_without_room():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        [(count,)] = cursor.fetchall()
        cursor.execute(f"PRAGMA max_page_count = {count}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000000")


NO_ROOM = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';
    END $$
"""


@pytest.fixture
def visitor(client, settings):
    make_practice()
    make_cities()
    make_terms()
    settings.DEBUG = False
    client.raise_request_exception = False
    return client


def test_what_is_sent_is_not_saved_and_says_so_and_what_is_asked_for_is_shown(visitor, full_database, caplog):
    shown, sent_in = visitor.get("/therapy/"), visitor.post("/therapy/", ENQUIRY)

    assert (shown.status_code, sent_in.status_code, sent_in.headers.get("Retry-After")) == (200, 503, "5")
    assert ("Your request was not saved" in " ".join(sent_in.text.split()), Enquiry.objects.count()) == (True, 0)
    cause = "DiskFull" if connection.vendor == "postgresql" else "SQLITE_FULL"
    assert f"database unavailable: {cause}" in caplog.messages


@pytest.mark.django_db(transaction=True)
def test_the_worker_goes_on_and_its_silence_is_told(visitor, full_database, caplog):
    """Where nothing can be noted any more, that nothing is noted is what the desk and machines tell."""
    deliver = DueWork("outbox.due.deliver", timedelta(seconds=1), write_a_mail, Lane.MAILS)

    errors = [worker.run_and_note(deliver, runs.Notes()) for _ in range(2)]

    assert (errors, Message.objects.count()) == (["OperationalError"] * 2, 0)
    assert "the database is unavailable" in caplog.text


def write_a_mail():
    with transaction.atomic():
        queue_words(text="x" * 1_000_000)
    return 1


# What tells of it before


def test_a_disk_that_is_nearly_full_is_told_at_the_desk_and_to_machines(client, monkeypatch):
    before = (list(jobs.full_disk()), client.get("/health/").status_code)
    monkeypatch.setattr(disks, "LEAST_ROOM", 10**18)

    told = [job.words for job in jobs.full_disk()]

    assert before == ([], 200)
    assert [words.partition(":")[0] for words in told][:1] == ["A disk of the server is nearly full"]
    assert told[0].endswith(" are left for recordings and handouts")
    assert client.get("/health/").json() == {"status": "alarm", "alarms": ["accounts.jobs.full_disk"]}


def test_a_disk_is_told_of_once_and_a_folder_that_is_not_there_yet_lies_where_it_will_be(tmp_path, monkeypatch):
    monkeypatch.setattr(disks, "LEAST_ROOM", 10**18)

    told = dict(disks.short_of_room({"films": tmp_path / "not" / "yet", "pictures": tmp_path}))

    assert list(told) == ["films"]


def test_a_disk_that_gives_no_answer_is_told_of_too(client, monkeypatch):
    """Of another host, for example; the desk itself goes on."""

    def gone(folder):
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(disks.shutil, "disk_usage", gone)

    assert client.get("/health/").json() == {"status": "alarm", "alarms": ["accounts.jobs.full_disk"]}
    assert next(jobs.full_disk()).words == (
        "A disk of the server is nearly full: 0\xa0bytes are left for recordings and handouts"
    )
