"""A new key takes over all that is encrypted; then the old one can go, and nobody has lost anything."""

import re
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import Fernet
from django.conf import settings as site
from django.core.management import call_command
from django.core.management.base import CommandError

from articles.commenting.models import Comment
from articles.models import Article
from kit.guard.encryption import decrypt
from kit.guard.sealed_fields import LOST
from meetings.models import Registrant
from outbox.models import Message
from outbox.sealing import unsealed
from practice.models import Enquiry
from practice_site import sealed_rows
from tests.articles.commenters import make_comment, open_article
from tests.builders import make_app, make_registrant, make_ticket, make_user, make_workshop, queue_words

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
ASKED = {"name": "Noor Haddad", "email": "noor@example.org", "phone": "020 7946 0001", "message": "Grüße. Mondays?"}
FACTS = {"setting": "room", "notes": "Wrote back."}
ENCRYPTS = {
    "kit/guard/encryption.py",
    "kit/guard/sealed_fields.py",  # found by its fields
    "meetings/models/registrants.py",
    "outbox/sealing.py",
    "accounts/factors/adapter.py",
    "accounts/factors/forms.py",  # in a session
    "accounts/kept_forms.py",  # in a session
}


@pytest.fixture
def everything(settings):
    """One of each that is encrypted, under the old key; the new one stands before it then."""
    settings.ENCRYPTION_KEYS = [OLD]
    Enquiry.objects.create(**ASKED, **FACTS)
    make_comment(open_article(), status="published")
    user = make_user()
    make_app(user)
    RecoveryCodes.activate(user)
    make_registrant(make_ticket(make_workshop()))
    queue_words(is_secret=True)
    queue_words(key="plain")
    settings.ENCRYPTION_KEYS = [NEW, OLD]


def encrypt_anew():
    out = StringIO()
    call_command("encrypt_anew", stdout=out)
    return {name: int(count) for name, count in re.findall(r"^(\S+): (\d+) encrypted anew", out.getvalue(), re.M)}


def all_that_is_read():
    app, codes = Authenticator.objects.order_by("type").reverse()
    message = Message.objects.get(is_secret=True)
    return {
        "enquiry": Enquiry.objects.values(*ASKED, *FACTS).get(),
        "comment": Comment.objects.values("name", "email", "words").get(),
        "app": decrypt(app.data["secret"]),
        "codes": RecoveryCodes(codes).generate_codes(),
        "link": Registrant.objects.get().join_url,
        "mail": unsealed(message).text,
    }


def test_all_that_is_encrypted_is_read_by_the_new_key_alone(everything, settings):
    before = all_that_is_read()

    done = encrypt_anew()
    settings.ENCRYPTION_KEYS = [NEW]

    assert all_that_is_read() == before
    assert {name: count for name, count in done.items() if count} == {
        "articles.Comment.name": 1,
        "articles.Comment.email": 1,
        "articles.Comment.words": 1,
        "practice.Enquiry.name": 1,
        "practice.Enquiry.email": 1,
        "practice.Enquiry.phone": 1,
        "practice.Enquiry.message": 1,
        "practice.Enquiry.notes": 1,
        "meetings.Registrant.sealed_url": 1,
        "outbox.Message.text": 1,
        "mfa.Authenticator.data": 2,
    }
    assert Message.objects.get(key="plain").text == "Words.\n"


def test_a_second_run_finds_nothing_to_do(everything):
    encrypt_anew()
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))

    assert set(encrypt_anew().values()) == {0}
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before


def test_it_goes_over_more_rows_than_one_batch(settings, monkeypatch):
    monkeypatch.setattr(sealed_rows, "BATCH", 2)
    settings.ENCRYPTION_KEYS = [OLD]
    for _ in range(5):
        Enquiry.objects.create(**ASKED, setting="room")
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    assert encrypt_anew()["practice.Enquiry.message"] == 5


def test_how_many_codes_are_used_stays(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    codes = RecoveryCodes.activate(make_user())
    codes.validate_code(codes.generate_codes()[0])
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    encrypt_anew()

    assert len(RecoveryCodes(Authenticator.objects.get()).get_unused_codes()) == 9


def test_what_no_key_reads_is_told_and_stays_as_it_is(everything, settings):
    settings.ENCRYPTION_KEYS = [NEW]

    with pytest.raises(CommandError, match="12 cannot be read"):
        encrypt_anew()

    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert Enquiry.objects.get().message == ASKED["message"]


def test_whatever_encrypts_is_known_to_the_command():
    uses = re.compile(r"from kit\.guard(\.encryption)? import .*\b(encrypt|encryption)\b|^def encrypt\(", re.M)
    files = {str(each.relative_to(site.BASE_DIR)): each for each in Path(site.BASE_DIR).glob("[a-z]*/**/*.py")}
    ours = {name: each for name, each in files.items() if not re.match(r"tests/|.*/migrations/|.*/checks.py", name)}

    assert {name for name, each in ours.items() if uses.search(each.read_text(encoding="utf-8"))} == ENCRYPTS


def test_a_comment_whose_key_is_lost_is_not_shown_to_readers(client, settings):
    settings.ENCRYPTION_KEYS = [OLD]
    article: Article = open_article()
    make_comment(article, status="published")
    settings.ENCRYPTION_KEYS = [NEW]

    assert LOST not in client.get(article.get_absolute_url()).text
