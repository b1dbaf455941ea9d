"""What is kept of an agreement is what the person saw, whatever was changed between the page and the press."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from kit.forms.shown_words import signer_of
from newsletter.due import ask_buyers_to_confirm
from newsletter.models import ConsentEvent, SignupOffer
from orders.booking import forms
from orders.models import Order
from practice.models import Enquiry, Practice
from privacy import people
from tests.builders import (
    make_offer,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_terms,
    make_user,
    make_workshop,
)

pytestmark = pytest.mark.django_db(transaction=True)
ENQUIRY = {"name": "Noor", "email": "noor@example.org", "may_write": "on", "setting": "online", "consent": "on"}
CHANGED = "Our terms or the refund policy changed while this page was open."


def hidden(page, name):
    """What the page's own form sends along by itself."""
    return unescape(re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page.text)[1])


@pytest.fixture
def workshop(standin):
    make_practice()
    make_terms("2026-01")
    make_refund_tiers((14, 100))
    return make_workshop()


def book(client, workshop, **changes):
    ticket_type = workshop.ticket_types.get()
    own = {"place0-ticket_type": str(ticket_type.pk), "shown_total": str(ticket_type.price), "key": str(uuid4())}
    buyer = {"name": "Noor", "email": "noor@example.org", "time_zone": "Europe/London", "terms": "on"}
    return client.post(path_to(workshop), {"action": "pay", "places": "1", **buyer, **own, **changes})


def path_to(workshop):
    return reverse("orders:book", args=[workshop.slug])


# The newsletter -----------------------------------------------------------------------------------
def test_a_signup_keeps_the_words_that_were_on_the_page_and_what_was_chosen(client):
    make_practice()
    make_offer(consent_text="Send me letters.")
    shown = hidden(client.get("/newsletter/"), "words")
    SignupOffer.objects.update(consent_text="Send me letters and offers of others.")

    answers = {"email": "noor@example.org", "audience": "client", "placement": "everywhere"}
    client.post("/newsletter/", answers | {"words": shown})

    event = ConsentEvent.objects.get()
    assert (event.source, event.text) == ("form: everywhere, for “Articles for everyone”", "Send me letters.")


def test_a_form_that_comes_back_brings_the_words_that_it_shows_then(client):
    make_practice()
    make_offer(consent_text="Before.")
    shown = hidden(client.get("/newsletter/"), "words")
    SignupOffer.objects.update(consent_text="Now.")

    page = client.post("/newsletter/", {"email": "", "audience": "both", "placement": "everywhere", "words": shown})

    assert ("Now." in page.text, signer_of("newsletter").unsign_object(hidden(page, "words"))) == (True, "Now.")


ELSEWHERE = signer_of("enquiry").sign_object("We keep this message for 90 days.")


@pytest.mark.parametrize(
    "forged", ["", "x", "Yes to everything:abc", "\x00", pytest.param(ELSEWHERE, id="of another box")]
)
def test_words_that_we_did_not_show_are_not_kept(client, forged):
    make_practice()
    make_offer(consent_text="Send me letters.")

    answers = {"email": "noor@example.org", "audience": "both", "placement": "everywhere", "words": forged}
    client.post("/newsletter/", answers)

    assert ConsentEvent.objects.get().text == "Send me letters."


def test_a_buyer_is_asked_in_the_words_that_stood_beside_the_box(client, workshop, monkeypatch):
    shown = hidden(client.get(path_to(workshop)), "news_words")
    monkeypatch.setattr(forms, "NEWS", "Send me offers of others.")

    book(client, workshop, wants_news="on", news_words=shown)
    Order.objects.update(status=Order.Status.PAID, paid_at=timezone.now())
    ask_buyers_to_confirm()

    words = ["Send me the newsletter. We ask you to confirm it by email."]
    assert list(ConsentEvent.objects.values_list("text", flat=True)) == words


# Enquiries ----------------------------------------------------------------------------------------
def test_an_enquiry_keeps_the_days_that_were_promised_on_the_page(client):
    make_practice(enquiries_kept_days=90)
    shown = hidden(client.get("/therapy/"), "words")
    Practice.objects.update(enquiries_kept_days=200)

    client.post("/therapy/", ENQUIRY | {"words": shown})

    assert "for 90 days" in Enquiry.objects.get().agreed_words


# Booking terms ------------------------------------------------------------------------------------
def test_an_order_keeps_the_words_of_the_box_with_version_and_policy(client, workshop):
    page = client.get(path_to(workshop))

    book(client, workshop, terms_words=hidden(page, "terms_words"))

    order = Order.objects.get()
    assert (order.terms.version, order.terms_words.split(" The policy: ")[0]) == (
        "2026-01",
        "I accept the booking terms and refund policy, version 2026-01.",
    )
    assert order.terms.version_url in page.text
    policy = order.terms_words.split(" The policy: ")[1]
    assert all(line in policy for line in order.refund_lines)


@pytest.mark.parametrize("change", [lambda: make_terms("2026-02"), lambda: make_refund_tiers((30, 50))])
def test_a_box_that_was_ticked_beside_other_terms_is_asked_anew(client, workshop, change):
    shown = hidden(client.get(path_to(workshop)), "terms_words")
    change()

    page = book(client, workshop, terms_words=shown, **{"place0-access_needs": "Captions"})

    assert (page.status_code, Order.objects.count(), CHANGED in page.text) == (422, 0, True)
    assert "Captions" in page.text
    assert "checked" not in re.search(r'<input[^>]*name="terms"[^>]*>', page.text)[0]

    again = book(client, workshop, terms_words=hidden(page, "terms_words"))

    assert (again.status_code, Order.objects.count()) == (303, 1)


def test_what_was_asked_for_beside_other_terms_is_asked_anew_too(client, standin):
    make_practice()
    make_terms("2026-01")
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=9))
    shown = hidden(client.get(path_to(workshop)), "terms_words")
    make_sale_terms(refund_free_days=30)

    page = book(client, workshop, terms_words=shown, start="on")
    unticked = book(client, workshop, terms_words=hidden(page, "terms_words"))

    assert (page.status_code, unticked.status_code, Order.objects.count()) == (422, 422, 0)
    assert "Start within 30 days" in page.text
    assert "checked" not in re.search(r'<input[^>]*name="start"[^>]*>', page.text)[0]


def test_desk_and_copy_show_the_words(client, workshop):
    book(client, workshop, terms_words=hidden(client.get(path_to(workshop)), "terms_words"))
    owner = make_user(is_staff=True, is_superuser=True)
    words = Order.objects.get().terms_words

    copied = people.copy("noor@example.org", user=owner)
    client.force_login(owner)
    page = client.get(f"/admin/orders/order/{Order.objects.get().pk}/change/")

    [of_orders] = [each["rows"] for each in copied["kept"] if each["what"] == "Orders"]
    assert (of_orders[0]["terms_words"], words in unescape(page.text)) == (words, True)
