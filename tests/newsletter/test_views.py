import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import signing
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from newsletter import links, signup
from newsletter.models import ConsentEvent, Subscriber
from orders.models import DiscountCode
from outbox.models import Message
from tests.builders import make_offer, make_practice, make_terms, make_ticket, make_ticket_type, make_workshop
from tests.markup import answered, markup

pytestmark = pytest.mark.django_db
NOOR = "noor@example.org"
SUBSCRIBE = "/newsletter/"
INBOX = "/newsletter/check-your-inbox/"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def words(response):
    """What a reader reads."""
    main = response.content.decode().split('<main id="main">')[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def buttons(response):
    return re.findall(r"<button[^>]*>([^<]+)</button>", markup(response))


def post(client, **fields):
    return client.post(SUBSCRIBE, {"email": NOOR, "audience": "both", "placement": "everywhere"} | fields)


def path_of(url):
    return "/" + url.split("/", 3)[3]


def asked(email=NOOR, placement="everywhere"):
    """Somebody who has been mailed, and the path in that mail."""
    subscriber = signup.subscribe(email=email, placement=placement)
    url = re.search(r"http\S+/newsletter/confirm/\S+", Message.objects.filter(to=email).latest("pk").text)[0]
    return subscriber, path_of(url)


def subscribed(**fields):
    subscriber, path = asked(**fields)
    signup.confirm(subscriber, percent=0)
    return Subscriber.objects.get(pk=subscriber.pk), path


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Subscriber, ConsentEvent, DiscountCode, Message)]


# The form -------------------------------------------------------------------------


def test_the_page_promises_exactly_its_offer(client):
    make_offer(20, promise="Two letters a month.", consent_text="Send me letters.")

    response = client.get(SUBSCRIBE)

    text = words(response)
    promises = ["20% off your first workshop", "Two letters a month.", "Send me letters."]
    assert [text.count(promise) for promise in promises] == [1, 1, 1]
    assert buttons(response) == ["Subscribe and get the code"]
    assert re.findall(r'<span class="figure"([^>]*)></span>', markup(response)) == [
        ' data-figure="20%" aria-hidden="true"'
    ]
    assert set(re.findall(r"\d+%", text)) == {"20%"}


def test_without_an_offer_no_percentage_is_promised(client):
    response = client.get(SUBSCRIBE)

    text = words(response)
    assert [text.count(promise) for promise in ("Letters from us", signup.PLAIN_CONSENT, "%")] == [1, 1, 0]
    assert buttons(response) == ["Subscribe"]


def test_public_pages_set_no_cookie_and_may_be_cached(client):
    make_offer()

    responses = [client.get(SUBSCRIBE), client.get(INBOX), client.head(SUBSCRIBE)]

    assert [response.status_code for response in responses] == [200, 200, 200]
    assert [(dict(response.cookies), response["Cache-Control"]) for response in responses] == [
        ({}, "public, max-age=60")
    ] * 3
    assert [response["Vary"] for response in responses] == ["Accept-Encoding"] * 3


def test_a_good_form_leads_to_the_inbox_page(client):
    response = post(client)

    assert (response.status_code, response["Location"], dict(response.cookies)) == (303, INBOX, {})
    assert "Check your inbox." in words(client.get(INBOX))


def test_known_and_unknown_addresses_get_the_same_answer(client):
    subscribed()
    left, _ = subscribed(email="ruth@example.org")
    signup.unsubscribe(left, source="unsubscribe page")

    responses = [post(client, email=email) for email in (NOOR, "ruth@example.org", "new@example.org")]

    assert len({(response.status_code, response["Location"], response.content) for response in responses}) == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"email": ""}, "Write the address that we should send to."),
        ({"email": "noor"}, "That address is missing something. Try name@example.org."),
        ({"email": "noor@example.org\nBcc: ruth@example.org"}, "Enter one address only."),
        ({"email": "noor@example.org\r\nSubject: x"}, "There is a space in this address. Take it out."),
        ({"email": "noor\0@example.org"}, "Before the @ is a sign that mail servers refuse"),
        ({"email": "noor@example.org, ruth@example.org"}, "Enter one address only."),
        ({"email": "n" * 900_000 + "@example.org"}, "This address is too long."),
        ({"email": "\u202enoor"}, "That address is missing something."),
        ({"audience": "everybody"}, "Choose one of the three."),
        ({"audience": ""}, "Choose one of the three."),
        ({"audience": "both\0"}, "Choose one of the three."),
        ({"placement": "nowhere"}, "This form was out of date, so nothing was sent."),
        ({"placement": ""}, "This form was out of date, so nothing was sent."),
        ({"placement": "\0"}, "This form was out of date, so nothing was sent."),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_form_that_cannot_be_right_comes_back_with_a_message(client, fields, message):
    response = post(client, **fields)

    assert response.status_code == 422
    assert message in words(response)
    assert (Subscriber.objects.count(), Message.objects.count()) == (0, 0)


def test_what_was_typed_is_kept_beside_the_promise_of_its_own_place(client):
    make_offer(20)
    make_offer(25, "article")

    response = post(client, email="noor@", audience="client", placement="article")

    html = response.content.decode()
    assert html.count('value="noor@"') == 1
    assert re.findall(r'<input type="radio"[^>]*value="(\w+)"[^>]*checked', html) == ["client"]
    assert re.findall(r'name="placement" value="(\w+)"', html) == ["article"]
    assert "25% off your first workshop" in words(response)


def test_a_form_from_an_unknown_place_can_be_sent_again(client):
    response = post(client, placement="nowhere")

    assert re.findall(r'name="placement" value="(\w+)"', response.content.decode()) == ["everywhere"]


def test_a_body_beyond_all_measure_is_refused(client):
    assert post(client, email="n" * 2_000_000).status_code == 413


def test_a_filled_trap_asks_whether_it_is_a_person(client):
    assert post(client, nothing_here="https://spam.example").status_code == 422
    assert Subscriber.objects.count() == 0
    assert post(client, nothing_here="https://spam.example", is_person="yes").status_code == 303
    assert Subscriber.objects.count() == 1


def test_a_form_from_another_site_is_refused(client):
    fields = {"email": NOOR, "audience": "both", "placement": "everywhere"}

    response = client.post(SUBSCRIBE, fields, headers={"Origin": "https://elsewhere.example"})

    assert (response.status_code, Subscriber.objects.count()) == (403, 0)


def test_twenty_forms_an_hour_are_taken_from_one_place(client):
    answers = [post(client, email=f"reader{number}@example.org").status_code for number in range(21)]

    assert answers == [303] * 20 + [429]


def test_fifty_forms_from_fifty_places_bring_one_mail(client, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    fields = {"email": NOOR, "audience": "both", "placement": "everywhere"}

    answers = [
        client.post(SUBSCRIBE, fields, headers={"X-Forwarded-For": f"10.0.0.{number}"}).status_code
        for number in range(50)
    ]

    assert (answers, Message.objects.count()) == ([303] * 50, 1)


def test_the_form_stands_on_any_page_with_ids_of_its_own():
    make_offer(25, "article")

    html = Template("{% load newsletter_tags %}{% newsletter_offer 'article' %}{% newsletter_offer 'home' %}").render(
        Context()
    )

    ids = [found for found in re.findall(r' id="([^"]+)"', html) if found != "offer-h"]
    assert len(ids) == len(set(ids))
    assert re.findall(r'<form[^>]* action="([^"]+)"', html) == [SUBSCRIBE, SUBSCRIBE]
    assert re.findall(r'name="placement" value="(\w+)"', html) == ["article", "home"]
    assert ("25% off your first workshop" in html, "csrfmiddlewaretoken" in html) == (True, False)


@pytest.mark.parametrize("path", ["/legal/terms/", "/no-such-page/"])
def test_pages_without_a_form_of_their_own_have_it_at_their_foot(client, path):
    make_practice()
    make_terms()
    make_offer(20, "everywhere")
    make_offer(25, "footer", consent_text="Send me letters.")

    footer = client.get(path).text.split('<footer class="site-footer">')[1]

    assert re.findall(r'<form[^>]* action="([^"]+)"', footer) == [SUBSCRIBE]
    assert re.findall(r'type="(\w+)" name="(\w+)"(?: value="(\w+)")?', footer) == [
        ("email", "email", ""),
        ("hidden", "audience", "both"),
        ("hidden", "placement", "footer"),
        ("hidden", "words", ""),
    ]
    assert [footer.count(promise) for promise in ("25% off your first workshop", "Send me letters.")] == [1, 1]


def test_where_people_look_for_help_the_form_promises_articles_and_no_price_off(client):
    make_practice()
    make_offer(20, "everywhere")

    footer = client.get("/therapy/").text.split('<footer class="site-footer">')[1]

    assert re.findall(r'type="(\w+)" name="(\w+)"(?: value="(\w+)")?', footer) == [
        ("email", "email", ""),
        ("hidden", "audience", "client"),
        ("hidden", "placement", "client"),
        ("hidden", "words", ""),
    ]
    assert ("20%" in footer, "Articles for everyone, by email" in footer) == (False, True)


@pytest.mark.parametrize("path", ["/", "/articles/", "/workshops/", SUBSCRIBE])
def test_pages_with_a_form_of_their_own_have_one_alone(client, path):
    make_practice()
    make_offer()

    page = client.get(path).text

    assert re.findall(r'name="placement" value="(\w+)"', page) != ["footer"]
    assert page.count(f'action="{SUBSCRIBE}"') == 1


def test_an_address_mistyped_at_the_foot_is_asked_for_again_with_the_same_promise(client):
    make_offer(20, "everywhere")
    make_offer(25, "footer")

    response = post(client, placement="footer", email="noor@")

    assert (response.status_code, "25% off your first workshop" in words(response)) == (422, True)


# Confirming -----------------------------------------------------------------------


def test_opening_mailed_links_changes_nothing(client):
    make_offer(20)
    subscriber, confirm = asked()
    pending, _ = everything(), [client.get(confirm), client.head(confirm)]
    after_pending = everything()
    signup.confirm(subscriber, percent=20)
    mailed = set(
        re.findall(r"/newsletter/(?:confirm|unsubscribe)/\S+/", "".join(mail.text for mail in Message.objects.all()))
    )
    active = everything()

    answers = {(path, ask(path).status_code) for path in mailed for ask in (client.get, client.head)}

    assert after_pending == pending
    assert everything() == active
    assert answers == {(confirm, 200), (path_of(links.unsubscribe_url(subscriber)), 200)}


def test_one_press_confirms_and_shows_the_code_and_where_to_use_it(client):
    make_practice()
    make_offer(20)
    _, path = asked()
    make_workshop(price="105.00")

    page = client.get(path)
    pressed = client.post(path)
    confirmed = client.get(pressed["Location"])

    code = DiscountCode.objects.get()
    assert "One press, and you are in." in words(page)
    assert (pressed.status_code, pressed["Location"]) == (303, f"{path}?done=1")
    assert (answered(confirmed), answered(client.get(path))) == ("Thank you, you are in.", "")
    assert confirmed.content.count(f'<p class="code">{code}</p>'.encode()) == 1
    assert confirmed.content.count(f'data-copy="{code}"'.encode()) == 1
    text = words(confirmed)
    assert [text.count(rule) for rule in signup.mails.about_code(Subscriber.objects.get(), code)["rules"]] == [1] * 5
    assert "Where you could use it" in text


def test_where_it_could_be_used_leaves_out_what_it_is_not_good_for(client):
    make_offer(20)
    subscriber, path = asked()
    signup.confirm(subscriber, percent=20)
    good, reduced, full = (make_workshop(price=price) for price in ("105.00", None, "105.00"))
    make_ticket_type(reduced, "Early bird")
    type(full).objects.filter(pk=full.pk).update(capacity=1)
    make_ticket(full)

    text = words(client.get(path))

    assert [workshop.title in text for workshop in (good, reduced, full)] == [True, False, False]


def test_pages_behind_mailed_links_are_kept_nowhere(client):
    subscriber, confirm = asked()
    unsubscribe = path_of(links.unsubscribe_url(subscriber))

    responses = [client.get(confirm), client.get(unsubscribe), client.post(confirm), client.get(confirm)]

    assert [(response["Cache-Control"], response["X-Robots-Tag"]) for response in responses] == [
        ("private, no-store", "noindex, nofollow")
    ] * 4
    assert [dict(response.cookies) for response in responses] == [{}] * 4


def test_confirming_twice_shows_the_same_code(client):
    make_offer(20)
    _, path = asked()

    pages = [client.get(client.post(path)["Location"]).content for _ in range(2)]

    assert pages[0] == pages[1]
    assert DiscountCode.objects.count() == 1


def test_the_page_says_what_became_of_a_used_code(client):
    make_offer(20)
    subscriber, path = asked()
    signup.confirm(subscriber, percent=20)
    DiscountCode.objects.update(status="redeemed")

    response = client.get(path)

    assert "You have used this code already." in words(response)
    assert b"data-copy" not in response.content


def test_a_link_of_last_week_is_answered_kindly_and_does_nothing(client, time_machine):
    make_offer(20)
    _, path = asked()
    time_machine.move_to(timezone.now() + timedelta(days=7, seconds=1))

    responses = [client.get(path), client.post(path)]

    assert [response.status_code for response in responses] == [410, 410]
    assert [words(response).count("This link has ended.") for response in responses] == [1, 1]
    assert [response.content.count(b'action="/newsletter/"') for response in responses] == [1, 1]
    assert Subscriber.objects.get().status == "pending"


def forged_tokens(subscriber):
    good = links.confirm_url(subscriber, percent=20).rsplit("/", 2)[1]
    payload = {"subscriber": subscriber.pk, "percent": 90}
    return [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "x" + good,
        good.split(":")[0],
        signing.dumps(payload),
        signing.dumps(payload, salt="newsletter.unsubscribe"),
        signing.dumps(payload, salt=links.CONFIRM_SALT, key="another key"),
        signing.dumps({"subscriber": subscriber.pk + 1, "percent": 20}, salt=links.CONFIRM_SALT),
        subscriber.secret,
        "%00",
        "%ED%A0%80",
        "x" * 5000,
    ]


def test_a_link_that_we_did_not_make_does_nothing(client):
    make_offer(20)
    subscriber, _ = asked()
    before = everything()

    responses = [
        ask(f"/newsletter/confirm/{token}/") for token in forged_tokens(subscriber) for ask in (client.get, client.post)
    ]

    assert {response.status_code for response in responses} == {404}
    assert {words(response).count("We do not know this link.") for response in responses} == {1}
    assert everything() == before


def test_confirming_from_another_site_is_refused(client):
    _, path = asked()

    response = client.post(path, headers={"Sec-Fetch-Site": "cross-site"})

    assert (response.status_code, Subscriber.objects.get().status) == (403, "pending")


# Leaving --------------------------------------------------------------------------


def test_one_click_in_a_mail_program_is_enough(client):
    make_offer(20)
    subscriber, _ = subscribed()
    url = re.match("<([^>]+)>", links.way_out(subscriber)["List-Unsubscribe"])[1]

    response = client.post(
        path_of(url), ONE_CLICK, headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    )

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert Subscriber.objects.get().status == "unsubscribed"
    assert ConsentEvent.objects.latest("pk").source == "one click in the mail program"


def test_one_click_needs_no_csrf_token(client):
    subscriber, _ = subscribed()
    client.handler.enforce_csrf_checks = True

    response = client.post(
        path_of(links.unsubscribe_url(subscriber)),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert (response.status_code, Subscriber.objects.get().status) == (200, "unsubscribed")


def test_the_page_to_leave_has_one_button_and_says_that_the_code_stays_good(client):
    make_offer(20)
    subscriber, _ = subscribed()
    path = path_of(links.unsubscribe_url(subscriber))

    page = client.get(path)
    left = client.post(path)
    again = client.get(path)

    assert (words(page).count("Leave the newsletter?"), buttons(page)) == (1, ["Unsubscribe"])
    assert f"Your code {DiscountCode.objects.get()} stays good." in words(left)
    assert [("You are unsubscribed." in words(response)) for response in (left, again)] == [True, True]
    assert ConsentEvent.objects.latest("pk").source == "unsubscribe page"


def test_the_way_out_never_expires(client, time_machine):
    subscriber, _ = subscribed()
    time_machine.move_to(timezone.now() + timedelta(days=3650))

    response = client.post(path_of(links.unsubscribe_url(subscriber)), ONE_CLICK)

    assert (response.status_code, Subscriber.objects.get().status) == (200, "unsubscribed")


def test_a_way_out_that_we_did_not_make_leads_nowhere(client):
    subscriber, confirm = subscribed()
    tokens = [confirm.split("/")[3], subscriber.secret[:-1], subscriber.secret.swapcase(), "%00", "é", "x" * 5000]

    responses = [client.post(f"/newsletter/unsubscribe/{token}/", ONE_CLICK) for token in tokens]

    assert {response.status_code for response in responses} == {404}
    assert Subscriber.objects.get().status == "active"


def test_a_confirm_link_still_in_time_brings_a_person_back(client):
    make_offer(20)
    subscriber, path = subscribed()
    code = DiscountCode.objects.get()
    signup.unsubscribe(subscriber, source="unsubscribe page")

    client.get(path)
    seen = Subscriber.objects.get().status
    client.post(path)

    assert (seen, Subscriber.objects.get().status) == ("unsubscribed", "active")
    assert DiscountCode.objects.get() == code


def test_mails_follow_the_sites_own_address_and_not_the_requests(client, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://withyrooms.example", ["*"]
    make_practice()
    make_offer(20)

    client.post(
        reverse("newsletter:subscribe"),
        {"email": NOOR, "audience": "both", "placement": "everywhere"},
        headers={"Host": "evil.example"},
    )
    signup.confirm(Subscriber.objects.get(), percent=20)
    signup.subscribe(email=NOOR, placement="everywhere")

    mails = Message.objects.all()
    hosts = {host for mail in mails for host in re.findall(r"https?://([^/\s\"<]+)", mail.text + mail.html)}
    assert (len(mails), hosts) == (3, {"withyrooms.example"})


def test_a_code_that_confirming_brings_is_issued_by_the_subscriber(client):
    make_offer(20)
    _, path = asked()

    client.post(path)
    client.post(path)

    entries = AuditEntry.objects.filter(changes={}).values_list("label", "after", "actor", "user")
    assert list(entries) == [(f"Code {DiscountCode.objects.get().pk}", "issued", "the subscriber", None)]


# What a reader is sent -------------------------------------------------------------


def test_a_reader_chooses_what_comes_by_a_link_in_a_letter(client):
    make_practice()
    subscriber, _ = subscribed()
    path = path_of(links.preferences_url(subscriber))

    page = client.get(path)
    answers = [client.post(path, {"audience": "client"}), client.post(path, {"audience": "client"})]

    assert re.findall(r'value="(\w+)"[^>]* checked', page.text) == ["both"]
    assert [answer["Location"] for answer in answers] == [f"{path}?done=1"] * 2
    kept = "Your choice is kept. We send you articles for everyone."
    assert (answered(client.get(answers[0]["Location"])), answered(client.get(path))) == (kept, "")
    assert Subscriber.objects.get().audience == "client"
    changed = ConsentEvent.objects.filter(kind="changed").values_list("source", "text")
    assert list(changed) == [("preferences page", "Chose: Articles for everyone")]


@pytest.mark.parametrize("audience", ["", "everything", "\x00"])
def test_a_choice_that_there_is_not_changes_nothing(client, audience):
    make_practice()
    subscriber, _ = subscribed()

    response = client.post(path_of(links.preferences_url(subscriber)), {"audience": audience})

    assert (response.status_code, Subscriber.objects.get().audience) == (422, "both")


def test_whoever_has_left_has_nothing_to_choose(client):
    make_practice()
    subscriber, _ = subscribed()
    signup.unsubscribe(subscriber, source="desk")

    response = client.post(path_of(links.preferences_url(subscriber)), {"audience": "client"})

    assert "so there is nothing to choose" in words(response)
    assert (Subscriber.objects.get().audience, Subscriber.objects.get().status) == ("both", "unsubscribed")


def test_the_letters_lead_to_the_choice(client):
    make_practice()
    subscriber, _ = subscribed()
    signup.subscribe(email=NOOR, placement="everywhere", audience="client")

    link = links.preferences_url(subscriber)
    letters = Message.objects.filter(key__regex="welcome|already")
    assert [(link in letter.text, link in letter.html) for letter in letters] == [(True, True)] * 2
