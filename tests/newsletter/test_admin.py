import pytest

from newsletter import signup
from newsletter.models import ConsentEvent, SignupOffer, Subscriber
from tests.builders import make_offer, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/newsletter/subscriber/"


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def a_subscriber():
    subscriber = signup.subscribe(email="noor@example.org", placement="everywhere")
    signup.confirm(subscriber, percent=20)
    return subscriber


def test_the_desk_sees_a_subscriber_and_what_they_agreed_to(desk):
    make_offer(20, consent_text="Send me letters.")
    subscriber = a_subscriber()

    listed, page = desk.get(LIST, {"q": "noor"}), desk.get(f"{LIST}{subscriber.pk}/change/")

    assert (listed.status_code, listed.context["cl"].result_count) == (200, 1)
    assert (page.status_code, page.content.count(b"Send me letters.")) == (200, 2)


def test_the_desk_adds_no_subscriber(desk):
    assert desk.get(f"{LIST}add/").status_code == 403


def test_the_desk_cannot_subscribe_somebody_by_hand(desk):
    subscriber = signup.subscribe(email="noor@example.org", placement="everywhere")
    inline = {f"consent_events-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}

    desk.post(f"{LIST}{subscriber.pk}/change/", {"audience": "client", "status": "active", **inline})

    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.audience) == ("pending", "both")


def test_the_desk_unsubscribes_on_request(desk):
    subscriber = a_subscriber()

    desk.post(LIST, {"action": "unsubscribe", "_selected_action": [subscriber.pk]})

    assert Subscriber.objects.get().status == "unsubscribed"
    assert ConsentEvent.objects.latest("pk").source == "desk"


def test_the_desk_erases_a_subscriber_with_all_evidence(desk):
    subscriber = a_subscriber()

    desk.post(f"{LIST}{subscriber.pk}/delete/", {"post": "yes"})

    assert (Subscriber.objects.count(), ConsentEvent.objects.count()) == (0, 0)


def test_an_offer_shows_how_many_signed_up_and_confirmed(desk):
    make_offer(20)
    a_subscriber()
    signup.subscribe(email="ruth@example.org", placement="everywhere")

    response = desk.get("/admin/newsletter/signupoffer/")

    offer = response.context["cl"].result_list[0]
    assert (response.status_code, offer.asked, offer.confirmed) == (200, 2, 1)


def test_an_offer_keeps_its_discount(desk):
    offer = make_offer(20)

    page = desk.get(f"/admin/newsletter/signupoffer/{offer.pk}/change/")

    assert (page.status_code, b'name="discount"' in page.content) == (200, False)
    assert b'name="discount"' in desk.get("/admin/newsletter/signupoffer/add/").content
    assert SignupOffer.objects.count() == 1
