"""The stand-in answers in the shapes that Zoom publishes."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import requests

from tests.zoom_standin import ZoomStandIn, shapes

ASKED = {"topic": "T", "start_time": "2027-01-22T10:00:00Z", "duration": 60, "agenda": "A", "settings": {}}
PERSON = {"email": "noor@example.org", "first_name": "Noor"}
START = datetime(2027, 1, 22, 10, tzinfo=UTC)


@pytest.fixture
def standin():
    with ZoomStandIn() as running:
        running.tokens.add("token")
        yield running


def ask(standin, method, path, **what):
    answer = requests.request(method, f"{standin.url}/v2{path}", headers={"Authorization": "Bearer token"}, **what)
    return answer.status_code, answer.json() if answer.content else None


def test_a_token(standin):
    form = {"grant_type": "account_credentials", "account_id": "account"}
    told = requests.post(f"{standin.url}/oauth/token", data=form, auth=("client", "client-secret"))

    assert (told.status_code, shapes.fits(shapes.TOKEN, told.json())) == (200, True)


def test_meetings_registrants_and_reports(standin):
    made = ask(standin, "POST", "/users/host@example.org/meetings", json=ASKED)
    number = made[1]["id"]
    run = standin.begin(number)
    standin.was_there(run, START, START, name="Noor")
    answers = [
        (201, shapes.MEETING, made),
        (200, shapes.MEETING, ask(standin, "GET", f"/meetings/{number}")),
        (200, shapes.MEETINGS, ask(standin, "GET", "/users/host@example.org/meetings")),
        (201, shapes.REGISTRANT, ask(standin, "POST", f"/meetings/{number}/registrants", json=PERSON)),
        (200, shapes.INSTANCES, ask(standin, "GET", f"/past_meetings/{number}/instances")),
        (200, shapes.PARTICIPANTS, ask(standin, "GET", f"/report/meetings/{quote(quote(run, ''), '')}/participants")),
    ]

    assert [(status, shapes.fits(shape, told)) for _, shape, (status, told) in answers] == [
        (status, True) for status, _, _ in answers
    ]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/meetings/1", 404, 3001),
        ("GET", "/users/nobody@example.org/meetings", 404, 1001),
        ("GET", "/nothing", 404, 2300),
    ],
)
def test_errors(standin, method, path, status, code):
    answered, told = ask(standin, method, path)

    assert (answered, told["code"], shapes.fits(shapes.ERROR, told)) == (status, code, True)
    standin.end_tokens()
    assert ask(standin, method, path)[0] == 401
