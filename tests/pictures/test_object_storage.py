"""Pictures in a bucket: taken, made smaller, sent and swept as on a disk, and asked for calmly where it is silent."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kit.work.out_of_reach import StorageAway
from learning.files import private_files
from pictures import library, sizes
from pictures.files import storage
from pictures.forms import NOT_PUT_AWAY
from pictures.models import Picture
from tests.builders import make_user
from tests.pictures.drawings import as_file, drawn, make_picture, sent
from tests.pictures.test_library import ADD, ANSWERS, found
from tests.s3_standin import BUCKET, KEY_ID, SECRET, Bucket, standing_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings, tmp_path: Path) -> Iterator[Bucket]:
    with standing_in() as standin:
        options = {"bucket_name": BUCKET, "access_key": KEY_ID, "secret_key": SECRET, "region_name": "us-east-1"}
        own = {"BACKEND": "pictures.object_storage.ObjectStorage", "OPTIONS": options | {"endpoint_url": standin.url}}
        private = settings.STORAGES["private"] | {"OPTIONS": {"location": tmp_path / "private", "base_url": None}}
        settings.STORAGES = settings.STORAGES | {"pictures": own, "private": private}
        yield standin


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))
    return client


def misconfigured(**options: object) -> None:
    """The next that asks meets it."""
    storages["pictures"].__dict__.update(options, _bucket=None)
    storages["pictures"]._connections.__dict__.clear()


def test_a_picture_is_put_there_with_its_sizes_and_the_site_sends_it_on(bucket, desk, settings):
    answer = desk.post(ADD, ANSWERS | {"upload": sent(as_file(drawn(900, 600)))})
    assert (answer.status_code, sizes.make_sizes()) == (302, 1)

    picture = Picture.objects.get()
    assert {*bucket.objects} == {picture.file, *(name for _, name in picture.sizes)}
    answer = Client().get(picture.url)
    assert answer.content == bucket.objects[picture.url.removeprefix("/media/")][0]
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert not Path(settings.MEDIA_ROOT).exists()


HEADERS = {
    "Content-Type": "image/webp",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "public, max-age=31536000, immutable",
}


def test_a_picture_is_asked_for_once(bucket, client):
    picture = make_picture()
    bucket.asked.clear()

    assert client.get(picture.url).status_code == 200
    assert bucket.asked == [f"GET {picture.file}"]


def test_what_is_not_there_is_not_found_and_told_to_the_desk(bucket, client):
    picture = make_picture()
    bucket.objects.clear()

    assert (client.get(picture.url).status_code, sizes.make_sizes()) == (404, 1)

    picture.refresh_from_db()
    assert picture.is_unreadable


def test_what_no_row_names_is_swept_after_an_hour(bucket):
    kept, gone, young = make_picture(), make_picture(), "pictures/" + "0" * 32 + ".webp"
    gone.delete()
    Picture.objects.update(changed_at=timezone.now() - timedelta(hours=2))
    for key, (content, kind, _) in bucket.objects.items():
        bucket.objects[key] = content, kind, time.time() - 7200
    storage().save(young, ContentFile(b"x"))

    assert (library.sweep_files(), {*bucket.objects}) == (1, {kept.file, young})
    assert (library.sweep_files(), {*bucket.objects}) == (0, {kept.file, young})


def test_an_empty_bucket_has_nothing_to_sweep(bucket):
    assert library.sweep_files() == 0


def test_recordings_and_handouts_stay_on_a_disk_of_our_own(bucket):
    private_files().save("recording/one.mp4", ContentFile(b"a film"))

    assert Path(private_files().path("recording/one.mp4")).read_bytes() == b"a film"
    assert bucket.asked == []


@pytest.mark.parametrize(
    "fault", [{"bucket_name": "another"}, {"secret_key": "wrong"}, {"endpoint_url": "http://127.0.0.1:9"}]
)
def test_without_an_answer_no_picture_is_taken_for_lost(bucket, client, fault):
    picture = make_picture()
    misconfigured(**fault)
    client.raise_request_exception = False

    with pytest.raises(StorageAway):
        sizes.make_sizes()
    answer = client.get(picture.url)

    picture.refresh_from_db()
    assert (picture.is_unreadable, picture.sizes_of) == (False, "")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_bucket_without_an_answer_is_asked_for_one_picture_so_that_other_work_goes_on(bucket):
    for _ in range(3):
        make_picture()
    bucket.fails_with = 503
    bucket.asked.clear()

    with pytest.raises(StorageAway):
        sizes.make_sizes()

    assert len(set(bucket.asked)) == 1


def test_an_editor_is_told_that_a_picture_could_not_be_put_away(bucket, desk):
    bucket.fails_with = 503

    answer = desk.post(ADD, ANSWERS | {"title": "The gate", "upload": sent(as_file(drawn(900, 600)))})

    assert (answer.status_code, Picture.objects.count()) == (200, 0)
    assert found(answer.content.decode(), r'<ul class="errorlist"[^>]*>\s*<li>([^<]+)</li>') == [NOT_PUT_AWAY]
    assert found(answer.content.decode(), r'name="title" value="([^"]*)"') == ["The gate"]


def test_the_moment_of_a_file_is_that_of_the_bucket(bucket):
    picture = make_picture()
    at = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.get_default_timezone())
    content, kind, _ = bucket.objects[picture.file]
    bucket.objects[picture.file] = content, kind, at.timestamp()

    assert storage().get_modified_time(picture.file) == at


def test_the_list_of_the_library_asks_nothing_of_the_bucket(bucket, desk):
    make_picture()
    bucket.asked.clear()

    assert desk.get(reverse("admin:pictures_picture_changelist")).status_code == 200
    assert bucket.asked == []
