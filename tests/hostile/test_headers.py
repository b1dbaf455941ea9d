"""What goes with every answer, what stands in every page, and where every link leads."""

import re
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts.models import User
from courses.models import Session
from kit.pages import kept
from outbox import limits, post
from outbox.models import Message
from practice.models import CrisisLine, Location, Practice
from tests.hostile.addresses import every_name, path_of, the_order, the_ticket
from tests.hostile.conftest import SITE_URL
from tests.hostile.every_mail import write_every_mail
from tests.hostile.pages import NO_PAGE, Page, host_of, is_inside
from tests.hostile.test_access import BY_SECRET, PUBLIC

OUTSIDE_ADMIN = [name for name in every_name() if not name.startswith("admin")]
OWN_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PICTURES = ["articles:cover", "courses:cover"]  # drawings with a style element of their own
OF_THE_LIBRARY = "pictures:file"
FOR_A_MINUTE = {
    *("home", "practice:practice", "practice:enquiry_sent", "practice:page", "articles:articles", "articles:article"),
    *("newsletter:subscribe", "newsletter:check_your_inbox", "courses:workshops", "courses:workshop"),
    *("courses:workshop_calendar", "courses:course", "courses:series", "robots"),
    *("courses:feed", "articles:feed", "search:search", "courses:workshops_calendar"),
    *("practice:help_now", "practice:page_version", "practice:own_page", "sitemap"),
    *("practice:service", "practice:concern", "practice:clinicians", "practice:clinician", "practice:location"),
    *("practice:fees", "practice:contact"),
    *("articles:report", "articles:report_sent", "articles:glossary"),
}
WITH_PLACES = {"home", "articles:article", "courses:workshops", "courses:workshop", "courses:course", "courses:series"}
FOR_ONE_PERSON = [*BY_SECRET, "orders:bookings", "orders:book", "orders:book_series"]
WITH_ETAG = sorted(FOR_A_MINUTE | {*PICTURES})
KNOWN_HOSTS = {"doi.org", "zoom.us", "calendar.google.com", "zoom.example", "www.withyrooms.example", "ico.org.uk"}
AT_STRIPE = "dashboard.stripe.com"  # where the practice answers a dispute
# Their mails were written when the demo was loaded.
ALREADY_SENT = {
    f"emails/{name}.subject.txt"
    for name in ("newsletter/welcome", "orders/order_confirmation", "orders/ticket_cancelled")
}
BY_POST_ALONE = {"orders:pay", "orders:give_back", "orders:send_again", "cpd:delete", "calendar:make", "calendar:end"}
LINK = re.compile(r'https?://[^\s"<>()]+')


OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def others(response) -> dict[str, str | None]:
    return {name: response.headers.get(name) for name in OTHERS}


def policy_of(response) -> dict[str, str]:
    directives = response["Content-Security-Policy"].split("; ")
    return dict(directive.split(" ", 1) for directive in directives)


@pytest.mark.parametrize(("who", "method"), [("anonymous", "GET"), ("owner", "GET"), ("anonymous", "FOO")])
def test_every_answer_carries_the_policies(visitor, who, method):
    client, names = visitor(who), [name for name in OUTSIDE_ADMIN if name not in {*PICTURES, OF_THE_LIBRARY}]

    answers = {name: client.generic(method, path_of(name)) for name in names}

    policies = {name: {key: policy_of(answer).get(key) for key in OWN_SOURCES} for name, answer in answers.items()}
    assert policies == dict.fromkeys(names, OWN_SOURCES)
    assert {name: others(answer) for name, answer in answers.items()} == dict.fromkeys(names, OTHERS)


def test_the_desk_alone_takes_what_its_editor_needs_and_is_framed_by_nobody(visitor):
    answer = visitor("superuser").get("/admin/")

    policy = policy_of(answer)
    assert (policy["default-src"], policy["frame-ancestors"], others(answer)) == ("'none'", "'none'", OTHERS)
    assert ("'unsafe-inline'" in policy["style-src"], "'unsafe-inline'" in policy["script-src"]) == (True, False)


@pytest.mark.parametrize("path", ["/no-such-page/", "/orders/guess/", "/newsletter/confirm/guess/", "/admin/x/"])
def test_an_error_page_carries_the_policies_too(visitor, path):
    response = visitor("organiser").get(path)

    assert (response.status_code, policy_of(response)["default-src"]) == (404, "'none'")
    assert (response["X-Content-Type-Options"], response["X-Frame-Options"]) == ("nosniff", "DENY")


def test_forms_may_lead_to_the_payment_page_and_nowhere_else(visitor, site):
    policy = policy_of(visitor("anonymous").get("/"))

    assert policy["form-action"] == f"'self' {settings.STRIPE_CHECKOUT_ORIGIN}"


@pytest.mark.parametrize("name", PICTURES)
def test_a_cover_is_a_picture_that_can_run_nothing(visitor, name):
    response = visitor("anonymous").get(path_of(name))

    assert policy_of(response) == {"default-src": "'none'", "style-src": "'unsafe-inline'"}
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/svg+xml", "nosniff")
    assert re.findall(r"<script|\son\w+=|href=|https?://(?!www\.w3\.org)", response.content.decode()) == []


def test_a_picture_of_the_library_can_run_nothing_and_is_kept_for_a_year(visitor):
    response = visitor("anonymous").get(path_of(OF_THE_LIBRARY))

    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert others(response) == OTHERS
    kept = "public, max-age=31536000, immutable"
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/webp", kept)


@pytest.mark.parametrize("name", sorted(FOR_A_MINUTE))
def test_a_public_page_may_be_kept_for_a_minute_and_one_with_places_is_asked_for_each_time(visitor, name):
    response = visitor("owner").get(path_of(name))

    kept = "public, max-age=0, must-revalidate" if name in WITH_PLACES else "public, max-age=60"
    assert (response["Cache-Control"], response["X-Accel-Expires"]) == (kept, "5")


@pytest.mark.parametrize("name", FOR_ONE_PERSON)
def test_a_page_for_one_person_is_kept_by_nobody_else_and_found_by_no_search_engine(visitor, name):
    response = visitor("owner").get(path_of(name))

    if response.status_code != 405:
        kept = set(response["Cache-Control"].split(", "))
        assert ("private" in kept, kept & {"no-store", "no-cache"} != set(), "public" in kept) == (True, True, False)
        assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("name", [name for name in OUTSIDE_ADMIN if name.startswith("account_")] + ["admin:index"])
def test_a_page_about_an_account_is_kept_by_nobody(visitor, name):
    for who in ("anonymous", "owner", "organiser"):
        response = visitor(who).get(path_of(name))
        if response.status_code == 200:
            assert set(response["Cache-Control"].split(", ")) & {"no-store", "no-cache", "private"} != set()


@pytest.mark.parametrize("name", ["account_email", "mfa_index", "usersessions_list"])
def test_what_an_account_says_of_its_person_is_not_even_written_to_a_disk(visitor, name):
    response = visitor("owner").get(path_of(name), follow=True)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", WITH_ETAG)
def test_a_public_page_that_has_not_changed_is_not_sent_again(visitor, name):
    with time_machine.travel(timezone.now(), tick=False):
        etag = visitor("anonymous").get(path_of(name))["ETag"]
        response = visitor("owner").get(path_of(name), headers={"If-None-Match": etag})

    assert (response.status_code, response.content, response.has_header("Set-Cookie")) == (304, b"", False)


@pytest.mark.parametrize("name", sorted(FOR_A_MINUTE))
def test_a_public_page_is_rendered_once_for_a_stranger_and_an_owner_alike(visitor, name, django_assert_num_queries):
    address, client = path_of(name), visitor("owner")
    first = visitor("anonymous").get(address)

    with django_assert_num_queries(0):
        second = client.get(address)

    assert (second.content, dict(second.items())) == (first.content, dict(first.items()))


def test_the_page_of_a_wrong_address_is_made_once_and_knows_nobody(visitor, django_assert_num_queries):
    client = visitor("superuser")
    stranger = visitor("anonymous")
    kept.forget()
    first = client.get("/no-such-page/?q=first")

    with django_assert_num_queries(0):
        second = stranger.get("/articles-of-old/")

    assert (second.status_code, second.content, second.cookies.output()) == (404, first.content, "")
    assert ("no-such-page" in first.text, User.objects.get(is_superuser=True).email in first.text) == (False, False)


def test_no_other_page_is_kept():
    kept = {name for name in OUTSIDE_ADMIN if hasattr(resolve(urlsplit(path_of(name)).path).func, "queries")}

    assert kept == FOR_A_MINUTE


def test_no_page_with_places_says_when_it_was_last_modified(visitor):
    names = [name for name in PUBLIC if name not in {"sitemap", "favicon.ico", "articles:feed", "courses:feed"}]

    assert [name for name in names if visitor("anonymous").get(path_of(name)).has_header("Last-Modified")] == []


# Links --------------------------------------------------------------------------------------------------------------


def test_the_walk_reaches_the_site(walked):
    reached = {who: {resolve(urlsplit(path).path).view_name for path in found} for who, found in walked.items()}

    names = {name for name in OUTSIDE_ADMIN if ":" in name}
    by_post = {"orders:pay", "orders:give_back", "orders:send_again", "courses:waiting_list", "courses:interest"}
    by_post |= {"courses:series_waiting_list"}
    by_post |= {"calendar:make"}
    by_post |= {"orders:stripe_webhook", "orders:stripe_webhook_bare"}
    by_post |= {"meetings:zoom_webhook", "meetings:zoom_webhook_bare"}
    by_others = {
        "orders:recording",
        "orders:own_recording",
        "orders:rebook",
        *("learning:enter", "learning:recording", "learning:film", "learning:captions", "learning:feedback"),
        "orders:payment_return",
        "practice:enquiry_sent",
        *("newsletter:check_your_inbox", "learning:links_sent"),
        *("articles:report_sent", "articles:preview", "articles:own_comment"),
        *("certificates:verify", "certificates:verified"),
        *("learning:feedback_results", "learning:feedback_answers"),
        "calendar:feed",  # for a program that subscribes to it
    }
    by_mail = {"orders:order_receipt", "orders:order_invoice", "orders:confirm_address"}
    assert names - reached["the buyer"] - by_post - by_others - by_mail == {*PICTURES, OF_THE_LIBRARY}
    assert len(walked["a stranger"]) > 40


def test_no_link_of_the_site_is_broken(walked):
    statuses = {path: page for found in walked.values() for path, page in found.items() if isinstance(page, int)}

    assert {path: status for path, status in statuses.items() if status not in {200, 302, 405}} == {}


def test_every_form_is_sent_to_an_address_that_takes_it(walked):
    for found in walked.values():
        for path, status in found.items():
            if status == 405:
                assert resolve(urlsplit(path).path).view_name in BY_POST_ALONE


def test_a_link_to_a_place_in_a_page_finds_it(pages):
    lost = {page.path: page.fragments - set(page.ids) for page in pages}

    assert {path: fragments for path, fragments in lost.items() if fragments} == {}


def test_nothing_stands_inline_in_any_page(pages):
    assert {page.path: page.inline for page in pages if page.inline} == {}


def test_an_id_stands_once_in_a_page(pages):
    twice = {page.path: sorted({each for each in page.ids if page.ids.count(each) > 1}) for page in pages}

    assert {path: ids for path, ids in twice.items() if ids} == {}


def test_every_page_loads_from_this_site_alone_and_finds_it(pages):
    loads = {address for page in pages for address in page.loads if not address.startswith("data:")}

    static = {path.removeprefix(settings.STATIC_URL) for path in loads if path.startswith(settings.STATIC_URL)}
    other = {path for path in loads if not path.startswith(settings.STATIC_URL)}
    assert [path for path in static if finders.find(path) is None] == []
    assert {resolve(path).view_name for path in other} == {*PICTURES, OF_THE_LIBRARY}


def test_links_lead_out_of_the_site_to_known_places_alone(pages):
    rows = [*CrisisLine.objects.values_list("url", flat=True), *Location.objects.values_list("map_url", flat=True)]
    known = KNOWN_HOSTS | {host_of(url) for url in rows if url}

    outside = {link for page in pages for link in page.links if not is_inside(link) and not link.startswith(NO_PAGE)}
    subscriptions = {link for link in outside if link.startswith("webcal:")}  # of a calendar: opens its program
    outside -= subscriptions

    own = SITE_URL.replace("https:", "webcal:") + "/calendar/"
    assert [link.startswith(own) for link in subscriptions] == [True]
    assert {link for link in outside if host_of(link) not in known or not link.startswith("https://")} == set()


def test_no_public_page_names_a_zoom_link(walked):
    found = walked["a stranger"]
    public = [
        page for path, page in found.items() if isinstance(page, Page) and not path.startswith(("/join/", "/ord"))
    ]
    secrets = set(Session.objects.values_list("join_url", flat=True))

    assert [page.path for page in public if any(url in page.text for url in secrets)] == []
    assert [page.path for page in public if the_ticket().secret in page.text or the_order().secret in page.text] == []


# Mails --------------------------------------------------------------------------------------------------------------


def test_every_mail_is_among_those_that_are_read_here(visitor, monkeypatch):
    seen, render = set(), post._render
    monkeypatch.setattr(post, "_render", lambda name, *args, **more: seen.add(name) or render(name, *args, **more))

    write_every_mail(visitor)

    templates = settings.BASE_DIR / "templates"
    written = {path.relative_to(templates).as_posix() for path in templates.rglob("emails/**/*.subject.txt")}
    assert (len(written) > 30, written - seen - ALREADY_SENT) == (True, set())


def test_every_mail_that_a_stranger_can_cause_is_bounded_for_one_person_and_for_all_together(visitor):
    """But for those in all that go only to whoever has confirmed an address here, or as often as the desk decides."""
    write_every_mail(visitor)

    kinds = set(Message.objects.filter(priority=Message.Priority.STRANGER).values_list("kind", flat=True))
    of_each = {kind: [limit for limit in limits.LIMITS if kind in limit.kinds] for kind in kinds}
    unbounded = {kind for kind, found in of_each.items() if not any(limit.in_all for limit in found)}
    assert [kind for kind, found in of_each.items() if not any(limit.person for limit in found)] == []
    assert (unbounded, len(kinds) > 8) == (limits.ALREADY | limits.DECIDED | limits.INTEREST, True)


def test_every_link_in_every_mail_is_on_the_sites_own_name_but_ours_to_stripe(visitor):
    write_every_mail(visitor)

    own = {urlsplit(SITE_URL).netloc}
    to_us = Message.objects.filter(to=Practice.current().email)
    links = {
        mail: set(LINK.findall(f"{mail.text} {mail.html} {mail.headers} {mail.attachments}"))
        for mail in Message.objects.all()
    }
    assert {host_of(link) for mail in links for link in links[mail] if mail not in to_us} == own
    assert {host_of(link) for mail in to_us for link in links[mail]} == own | {AT_STRIPE}
    assert {urlsplit(link).scheme for found in links.values() for link in found} == {"https"}


def test_every_link_in_a_mail_is_an_address_of_the_site(visitor):
    write_every_mail(visitor)

    links = {urlsplit(link.rstrip(".,")) for mail in Message.objects.all() for link in LINK.findall(mail.text)}
    paths = {link.path for link in links if link.netloc != AT_STRIPE}
    lost = []
    for path in paths:
        try:
            resolve(path or "/")
        except Resolver404:
            lost.append(path)
    assert lost == []
