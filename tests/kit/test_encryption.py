import pytest
from cryptography.fernet import Fernet

from kit.guard.encryption import Unreadable, decrypt, encrypt

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_encrypted_comes_back_and_is_not_to_be_seen(settings):
    settings.ENCRYPTION_KEYS = [NEW]

    token = encrypt("Grüße aus Hannover, 李")

    assert decrypt(token) == "Grüße aus Hannover, 李"
    assert "Hannover" not in token


def test_a_new_key_stands_before_the_old_one(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    token = encrypt("kept")
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    assert decrypt(token) == "kept"
    assert Fernet(NEW).decrypt(encrypt("later").encode()) == b"later"


def test_what_no_key_fits_is_said_to_be_unreadable(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    token = encrypt("lost")
    settings.ENCRYPTION_KEYS = [NEW]

    for each in (token, "no token", ""):
        with pytest.raises(Unreadable):
            decrypt(each)
