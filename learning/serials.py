"""Numbers of certificates: 80 bits that nobody can guess, in letters that nobody reads wrongly (Crockford's 32)."""

import re
import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
SERIAL = re.compile(rf"(?:[{LETTERS}]{{{GROUP}}}-){{3}}[{LETTERS}]{{{GROUP}}}")


def new_serial() -> str:
    """`7K3D-0QWZ-M4TH-9XB2`"""
    return _grouped("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))


def as_serial(typed: str) -> str:
    """However it was typed: in small letters, with or without blanks, O for 0. Empty if it cannot be one."""
    letters = re.sub(r"[\s\-–—]", "", typed[:80]).upper().translate(READ_AS)
    serial = _grouped(letters)
    return serial if SERIAL.fullmatch(serial) else ""


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
