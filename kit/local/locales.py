"""How days, hours and words are written: as the practice's readers expect it, decided here alone.

Templates and modules name one form, the British one; where the practice is American, it is written the American way.
"""

import re
from datetime import date, datetime, time

from django.utils import dateformat
from django.utils.functional import lazy

BRITISH, AMERICAN = "en-GB", "en-US"
CHOICES = [(BRITISH, "British: 1 December 2026, 14:30"), (AMERICAN, "American: December 1, 2026, 2:30 PM")]
AS_AMERICANS_WRITE = {
    "j F Y": "F j, Y",
    "j F Y, H:i": "F j, Y, g:i A",
    "j F": "F j",
    "j M Y": "M j, Y",
    "j M Y, H:i": "M j, Y, g:i A",
    "j M": "M j",
    "j M, H:i": "M j, g:i A",
    "j M Y, H:i:s": "M j, Y, g:i:s A",
    "l j F, H:i": "l, F j, g:i A",
    "l j F Y, H:i": "l, F j, Y, g:i A",
    "D j M": "D, M j",
    "D j M Y": "D, M j, Y",
    "D j M Y, H:i": "D, M j, Y, g:i A",
    "l j F Y": "l, F j, Y",
    "l j F": "l, F j",
    "H:i": "g:i A",
}
TRAINING = {BRITISH: "CPD", AMERICAN: "CE"}  # what hours of training are called
TAX = {BRITISH: "VAT", AMERICAN: "tax"}  # what a price may contain
# Words of our templates and forms that Americans spell, or say, in another way. What editors wrote stays as it is.
AS_AMERICANS_SAY = {
    "cancelled": "canceled",
    "cancelling": "canceling",
    "counsellor": "counselor",
    "counsellors": "counselors",
    "enquire": "inquire",
    "enquiries": "inquiries",
    "enquiry": "inquiry",
    "organisation": "organization",
    "organisations": "organizations",
    "organised": "organized",
    "organiser": "organizer",
    "organisers": "organizers",
    "per cent": "percent",
    "places at a reduced fee": "openings at a reduced fee",
    "programme": "program",
    "programmes": "programs",
    "recognise": "recognize",
    "recognised": "recognized",
    "nearest rooms are": "nearest office is",
    "no rooms": "no office",
    "our rooms": "our offices",
    "ring": "call",
    "tick": "check",
    "ticked": "checked",
    "towards": "toward",
    "whether they have places": "whether they have openings",
    "who has places": "who has openings",
}
_BRITISH_WORD = re.compile(rf"\b(?:{'|'.join(AS_AMERICANS_SAY)})\b", re.IGNORECASE)
_used: list[str] = []  # one, once anybody has read whose site it is


def use(locale: str) -> None:
    """To be called when the practice is read: from then on this process writes its way."""
    _used[:] = [locale]


def is_known() -> bool:
    return bool(_used)


def current() -> str:
    return _used[0] if _used else BRITISH


def form_of(form: str) -> str:
    return AS_AMERICANS_WRITE.get(form, form) if current() == AMERICAN else form


def written(value: date | datetime | time, form: str) -> str:
    """`written(day, "l j F Y")`: `Tuesday 1 December 2026`, or `Tuesday, December 1, 2026`. In its own zone."""
    if isinstance(value, time):
        return dateformat.time_format(value, form_of(form))
    return dateformat.format(value, form_of(form))


def training() -> str:
    return TRAINING[current()]


def tax() -> str:
    return TAX[current()]


def spelt(words: str) -> str:
    """`Send an enquiry` as `Send an inquiry`, where the practice is American."""
    return _BRITISH_WORD.sub(_american, words) if current() == AMERICAN else words


def _american(found: re.Match[str]) -> str:
    said = AS_AMERICANS_SAY[found[0].lower()]
    return said.capitalize() if found[0][0].isupper() else said


def _said(words: str) -> str:
    """`CPD hours` and `VAT rate` as the practice calls them."""
    return spelt(words).replace(TRAINING[BRITISH], training()).replace(TAX[BRITISH], tax())


said = lazy(_said, str)  # for labels, which stand before anybody knows whose they are
