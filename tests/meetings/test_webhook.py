"""What Zoom tells is believed when it is signed, dated and of a shape that we know; and it is stored once."""

import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from courses.models import Session
from meetings import events
from meetings.models import Host, Meeting, Presence, ZoomEvent
from tests.builders import make_workshop

pytestmark = pytest.mark.django_db
START = datetime(2027, 1, 22, 10, tzinfo=UTC)


@pytest.fixture
def meeting(zoom):
    session = make_workshop().sessions.get()
    span = {"starts_at": session.starts_at, "ends_at": session.ends_at, "checked_at": timezone.now()}
    return Meeting.objects.create(session=session, mark="m", host=Host.objects.get(), number=81234567890, **span)


def post(client, body, headers, path="/zoom/webhook/"):
    return client.post(path, body, content_type="application/json", headers=headers).status_code


def word(event, **thing):
    return {"event": event, "event_ts": 1, "payload": {"account_id": "a", "object": {"id": "81234567890"} | thing}}


def coming(user_id="7", at=START, **who):
    person = {"user_id": user_id, "user_name": "Noor", "registrant_id": "r1", "join_time": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return word("meeting.participant_joined", uuid="run==", participant=person | who)


def going(user_id="7", at=START + timedelta(hours=1)):
    person = {"user_id": user_id, "leave_time": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return word("meeting.participant_left", uuid="run==", participant=person)


@pytest.fixture
def tell(client, zoom):
    return lambda told: post(client, *zoom.signed(told))


@pytest.mark.parametrize("others", [([], []), (["new"], []), ([], ["old"])], ids=["one", "a new one", "an old one"])
def test_the_address_is_proved_to_be_ours_by_the_secret_that_asks(client, zoom, settings, others):
    before, after = others
    settings.ZOOM_WEBHOOK_SECRETS = [*before, zoom.webhook_secret, *after]
    body, headers = zoom.signed({"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}})

    answer = client.post("/zoom/webhook/", body, content_type="application/json", headers=headers)

    hashed = hmac.new(zoom.webhook_secret.encode(), b"abc", hashlib.sha256).hexdigest()
    assert (answer.status_code, answer.json()) == (200, {"plainToken": "abc", "encryptedToken": hashed})
    assert ZoomEvent.objects.count() == 0


def test_the_address_without_its_slash_does_as_well(client, zoom):
    signed = zoom.signed(coming())

    assert (post(client, *signed, path="/zoom/webhook"), ZoomEvent.objects.count()) == (200, 1)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, headers: (body + b" ", headers),
        lambda body, headers: (body, {}),
        lambda body, headers: (body, headers | {"x-zm-signature": "v0=é"}),
        lambda body, headers: (body, headers | {"x-zm-request-timestamp": "soon"}),
        lambda body, headers: (body, headers | {"x-zm-request-timestamp": "9" * 400}),
    ],
    ids=["other body", "no headers", "odd signature", "no number", "long number"],
)
def test_what_zoom_did_not_sign_is_refused(client, zoom, spoil):
    assert post(client, *spoil(*zoom.signed(coming()))) == 400
    assert ZoomEvent.objects.count() == 0


@pytest.mark.parametrize(("seconds", "status"), [(-301, 400), (-295, 200), (295, 200), (310, 400)])
def test_what_was_signed_too_long_ago_or_ahead_is_refused(client, zoom, seconds, status):
    assert post(client, *zoom.signed(coming(), at=time.time() + seconds)) == status


@pytest.mark.parametrize("told", [[], {"event": 5, "payload": {}}, {"event": "x"}, {"event": "x", "payload": "y"}])
def test_a_signed_word_of_an_odd_shape_is_refused(tell, told):
    assert (tell(told), ZoomEvent.objects.count()) == (400, 0)


@pytest.mark.parametrize("token", [None, "", 5, "x" * 201])
def test_a_proof_of_the_address_needs_a_token(tell, token):
    assert tell({"event": "endpoint.url_validation", "payload": {"plainToken": token}}) == 400


def test_without_a_secret_nobody_is_believed(client, zoom, settings):
    settings.ZOOM_WEBHOOK_SECRETS = []

    assert post(client, *zoom.signed(coming())) == 400


def test_each_secret_is_good_while_they_rotate(client, zoom, settings):
    settings.ZOOM_WEBHOOK_SECRETS = ["new", zoom.webhook_secret]

    assert post(client, *zoom.signed(coming())) == 200


def test_told_twice_it_is_stored_once(tell):
    assert (tell(coming()), tell(coming()), ZoomEvent.objects.count()) == (200, 200, 1)


def test_who_came_and_went_was_there_in_between_in_whatever_order_it_is_told(tell, meeting):
    tell(going())
    assert (events.work_on_events(), Presence.objects.count()) == (0, 0)
    tell(coming())

    assert (events.work_on_events(), events.work_on_events()) == (2, 0)

    (stay,) = Presence.objects.all()
    assert (stay.session, stay.registrant, stay.name, stay.source) == (meeting.session, "r1", "Noor", "webhook")
    assert (stay.joined_at, stay.left_at) == (START, START + timedelta(hours=1))


def test_who_comes_twice_has_two_stays_and_who_stays_is_there_to_the_end(tell, meeting):
    later = START + timedelta(hours=2)
    for told in (coming("7"), going("7"), coming("8", at=later)):
        tell(told)
    tell(word("meeting.ended", uuid="run==", end_time="2027-01-22T16:00:00Z"))
    events.work_on_events()
    events.work_on_events()

    assert list(Presence.objects.values_list("joined_at", "left_at")) == [
        (START, START + timedelta(hours=1)),
        (later, START + timedelta(hours=6)),
    ]


def test_a_going_that_is_told_after_the_end_counts_instead_of_it(tell, meeting):
    for told in (coming("7"), word("meeting.ended", uuid="run==", end_time="2027-01-22T16:00:00Z"), going("7")):
        tell(told)
        events.work_on_events()

    (stay,) = Presence.objects.all()
    assert (stay.joined_at, stay.left_at) == (START, START + timedelta(hours=1))


def test_whose_coming_was_never_told_is_left_to_the_report(tell, meeting):
    tell(going())
    ZoomEvent.objects.update(received_at=timezone.now() - events.WAITED_FOR)

    assert (events.work_on_events(), events.work_on_events(), Presence.objects.count()) == (1, 0, 0)


def test_a_meeting_that_was_changed_at_zoom_is_looked_at_soon(tell, meeting):
    tell(word("meeting.deleted"))
    events.work_on_events()

    assert Meeting.objects.get().checked_at is None


@pytest.mark.parametrize(
    "thing", [{"id": "nonsense"}, {"id": None}, {"participant": "who"}, {"participant": {"leave_time": 5}}]
)
def test_odd_parts_of_a_signed_word_do_no_harm(tell, meeting, thing):
    assert tell(word("meeting.participant_left", **thing)) == 200
    ZoomEvent.objects.update(received_at=timezone.now() - events.WAITED_FOR)

    assert (events.work_on_events(), Presence.objects.count()) == (1, 0)


def test_a_name_that_no_database_takes_is_kept_without_that_part(tell, meeting):
    for told in (coming(user_name="No\0or \ud800"), going()):
        assert tell(told) == 200
    events.work_on_events()

    assert Presence.objects.get().name == "Noor ?"


def test_of_what_is_told_no_more_is_kept_than_is_needed(tell):
    tell(coming(phone_number="07700 900461"))

    kept = ZoomEvent.objects.get().payload["payload"]["object"]["participant"]
    assert (set(kept), kept["user_name"]) == (set(events.PERSON), "Noor")


def test_what_is_none_of_ours_is_done_with(tell):
    tell(coming())

    assert (events.work_on_events(), Presence.objects.count()) == (1, 0)


def end(run, at):
    return word("meeting.ended", uuid=run, end_time=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def begin(run, at):
    told = coming(run, at=at)
    told["payload"]["object"]["uuid"] = run
    return told


def hours(number):
    return START + timedelta(hours=number)


@pytest.mark.parametrize(
    ("told", "ended_at"),
    [
        ([begin("a", hours(-24)), end("a", hours(-23))], None),  # a rehearsal
        ([end("a", hours(6))], None),  # nobody is known to have come
        ([begin("a", hours(0)), end("a", hours(6))], hours(6)),
        ([begin("a", hours(0)), end("a", hours(1)), begin("b", hours(1.1))], None),  # it goes on
        ([begin("a", hours(0)), begin("b", hours(1.1)), end("a", hours(1))], None),  # and is told in another order
        ([begin("a", hours(0)), end("a", hours(1)), begin("b", hours(1.1)), end("b", hours(5))], hours(5)),
        ([begin("a", hours(0)), end("a", hours(6)), begin("b", hours(7))], hours(6)),  # another use of the room
    ],
    ids=["rehearsal", "nobody came", "one", "begun again", "out of order", "two", "after it"],
)
def test_a_meeting_has_ended_when_no_run_within_the_session_goes_on(tell, meeting, told, ended_at):
    Session.objects.update(starts_at=START, ends_at=hours(6))
    for each in told:
        tell(each)
        events.work_on_events()

    assert Meeting.objects.get().ended_at == ended_at
