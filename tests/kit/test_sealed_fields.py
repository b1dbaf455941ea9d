import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection

from accounts import history
from accounts.models import AuditEntry
from kit.guard.privacy import all_kept
from kit.guard.sealed_fields import LOST
from practice.models import Enquiry

pytestmark = pytest.mark.django_db
WORDS = {"name": "Noor Haddad", "email": "noor@example.org", "phone": "020 7946 0001", "message": "Grüße. Mondays?"}


@pytest.fixture
def enquiry():
    return Enquiry.objects.create(setting="room", **WORDS)


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email, phone, message FROM practice_enquiry")
        return cursor.fetchone()


def read():
    return Enquiry.objects.values(*WORDS).get()


def test_words_are_read_by_the_site_and_not_in_the_database(enquiry):
    assert read() == WORDS
    assert [word for word in ("Noor", "noor", "example", "7946", "Mondays") if word in str(stored())] == []


def test_a_new_key_reads_what_an_earlier_one_wrote(enquiry, settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]

    assert read() == WORDS


def test_what_no_key_fits_says_so_and_stays_as_it_is_stored(enquiry, settings):
    before, keys = stored(), settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    lost = Enquiry.objects.get()
    lost.save()

    assert read() == dict.fromkeys(WORDS, LOST)
    assert stored() == before
    settings.ENCRYPTION_KEYS = keys
    assert read() == WORDS


def test_the_page_of_an_enquiry_whose_key_is_lost_opens_and_saves(enquiry, settings, admin_client):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    address = f"/admin/practice/enquiry/{enquiry.pk}/change/"

    shown = admin_client.get(address)
    saved = admin_client.post(address, {"notes": "Nobody can read it.", "_opened": str(shown.context["opened"])})

    assert (shown.status_code, shown.content.decode().count(LOST)) == (200, 4)
    assert (saved.status_code, Enquiry.objects.get().notes) == (302, "Nobody can read it.")


def test_nothing_can_be_asked_of_an_encrypted_column(enquiry):
    for lookup in ("message", "message__startswith", "email__iexact", "name__isnull"):
        with pytest.raises(FieldError):
            Enquiry.objects.filter(**{lookup: "g"})


def test_the_history_says_that_it_changed_and_not_from_what_to_what(enquiry):
    with history.recording(enquiry):
        Enquiry.objects.update(message="Other words")

    assert AuditEntry.objects.get().changes == {"message": ["", ""]}


def test_a_person_is_found_by_an_encrypted_address(enquiry):
    [kept] = [each for each in all_kept() if each.model == "practice.enquiry"]
    Enquiry.objects.create(setting="room", name="Ivo", email="ivo@example.org")

    assert list(kept.of_address("Noor+site@EXAMPLE.org")) == [enquiry]
