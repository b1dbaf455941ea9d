import re

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import path

from practice_site import mailbox
from practice_site.urls import urlpatterns as site_urls

# As settings with DEBUG mount them.
urlpatterns = [
    *site_urls,
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mailbox.letter, name="letter"),
    path("mailbox/<str:name>/html/", mailbox.letter_html, name="letter_html"),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
RULE = "-" * 79


@pytest.fixture(autouse=True)
def _mail_in_files(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


def letter(subject: str = "Hello", text: str = "Words.", html: str = "") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(subject, text, "desk@example.org", ["noor@example.org"])
    if html:
        message.attach_alternative(html, "text/html")
    return message


def send(*messages: EmailMultiAlternatives) -> None:
    get_connection().send_messages(messages)


def names(client) -> list[str]:
    return re.findall(r'href="/mailbox/([^/"]+)/"', client.get("/mailbox/").content.decode())


def test_an_empty_mailbox_says_what_to_do(client):
    assert "No mail yet" in client.get("/mailbox/").content.decode()


def test_letters_of_one_file_are_told_apart_and_the_newest_comes_first(client):
    send(letter("First"), letter("Second", text=f"A rule:\n{RULE}\nand more."), letter("Third"))

    page = client.get("/mailbox/").content.decode()

    assert re.findall(r">(First|Second|Third)</a>", page) == ["Third", "Second", "First"]
    second = client.get(f"/mailbox/{names(client)[1]}/").content.decode()
    assert "and more." in second


def test_a_letter_shows_its_parts_and_its_links(client):
    message = letter(
        "Näme & co", text="See http://localhost:8000/x/?a=1 now.", html="<html><head></head><p>Hi</p></html>"
    )
    message.attach("a.ics", "BEGIN:VCALENDAR", "text/calendar")
    send(message)

    [name] = names(client)
    response = client.get(f"/mailbox/{name}/")

    page = response.content.decode()
    assert "<h1>Näme &amp; co</h1>" in page
    assert 'href="http://localhost:8000/x/?a=1"' in page
    assert "BEGIN:VCALENDAR" in page
    assert f'src="/mailbox/{name}/html/"' in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_the_html_may_be_framed_by_the_site_alone_and_runs_nothing(client):
    send(letter(html="<html><head></head><body><p>Hi</p></body></html>"))

    [name] = names(client)
    response = client.get(f"/mailbox/{name}/html/")

    assert "<p>Hi</p>" in response.content.decode()
    assert '<base target="_top">' in response.content.decode()
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("name", ["..%2Fsite.sqlite3", "%2Fetc%2Fpasswd", "nothing-1", ".."])
def test_no_name_leads_to_another_file(client, name):
    send(letter())

    assert client.get(f"/mailbox/{name}/").status_code == 404


def test_the_mailbox_is_not_mounted_in_production():
    assert "mailbox" not in {getattr(pattern, "name", None) for pattern in site_urls}
