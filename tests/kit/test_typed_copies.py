import pytest

from articles.models import Topic
from kit.desk.typed_copies import SAVED
from tests.builders import make_practice, make_topic, make_user

pytestmark = pytest.mark.django_db
ADD, SITTING = "/admin/articles/topic/add/", "mb3x9k2lq8zt0v"
FIELDS = {"name": "Nights", "slug": "nights", "description": "", "position": "0", "sitting": SITTING}


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))
    return client


def confirmed(answer) -> str:
    return answer.cookies[SAVED].value if SAVED in answer.cookies else ""


@pytest.mark.parametrize("button", ["_save", "_continue", "_addanother"])
def test_what_was_added_is_confirmed(desk, button):
    answer = desk.post(ADD, FIELDS | {button: "1"})

    assert (Topic.objects.count(), confirmed(answer)) == (1, SITTING)
    cookie = answer.cookies[SAVED]
    assert (cookie["path"], cookie["max-age"], cookie["samesite"], cookie["httponly"]) == ("/admin/", 60, "Lax", "")


def test_what_was_changed_is_confirmed(desk):
    answer = desk.post(f"/admin/articles/topic/{make_topic().pk}/change/", FIELDS)

    assert (answer.status_code, confirmed(answer)) == (302, SITTING)


def test_what_was_refused_is_not_confirmed_and_its_page_goes_on_with_the_same_copy(desk):
    answer = desk.post(ADD, FIELDS | {"slug": "no slug"})

    assert (answer.status_code, confirmed(answer)) == (200, "")
    assert f'data-sitting="{SITTING}"' in answer.text
    assert "data-is-unsaved" in answer.text


def test_a_row_that_is_gone_is_not_confirmed(desk):
    topic = make_topic()
    topic.delete()

    answer = desk.post("/admin/articles/topic/1/change/", FIELDS)

    assert (answer.status_code, confirmed(answer)) == (302, "")


@pytest.mark.parametrize("sitting", ["", "short", "x" * 41, "with;semicolon", 'with"quote', "UPPERCASE0"])
def test_only_what_our_script_writes_is_repeated(desk, sitting):
    saved = desk.post(ADD, FIELDS | {"sitting": sitting})
    refused = desk.post(ADD, FIELDS | {"sitting": sitting, "slug": ""})

    assert (saved.status_code, confirmed(saved)) == (302, "")
    assert 'data-sitting=""' in refused.text
