"""Invented people, dates, pages and forms, for the styleguide alone: plain objects, as its templates see them."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace as Sample
from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.contrib.messages.constants import SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page, Paginator
from django.templatetags.static import static

from kit.desk.cited_works import Source
from kit.forms.forms import EmailField, PlainHelper
from kit.texts.plots import Bars, Columns, Series

LONG = "Psychotherapieweiterbildungsveranstaltungskalender"
SENTENCE = "Nothing was changed, and nothing was charged."

# What a text cites ------------------------------------------------------------
SOURCES = (
    Source(1, "Alder A, Birch B", 2019, "What company is for", "Journal of Examples 4:1–9", "10.5555/1", "#r1"),
    Source(2, "Cedar C", 2021, LONG, "Sample Press", "", ""),
)

# What an account says after an action -------------------------------------------
MESSAGES = [Message(SUCCESS, "You are signed out."), Message(WARNING, "The other address waits for its code.")]

# Who runs the site, who answers, who teaches ---------------------------------
PRACTICE = Sample(
    name="Alder House",
    tagline="An invented practice, for this page alone.",
    address="12 Sample Street\nExampleton EX1 2MP",
    opening_hours="Monday to Friday, 9 to 17",
    phone="01632 960 001",
    phone_link="+441632960001",
    email="desk@alderhouse.example",
    legal_line="Alder House Ltd, registered in England",
)
MENU = [Sample(label="Therapy", url="/therapy/", marks="practice"), Sample(label=LONG[:20], url="/", marks="")]
NOTICE = {"words": SENTENCE, "link": "", "link_words": ""}
LINK = {"link": "/contact/", "link_words": "How to reach us"}
MONEY_OF_WEEKS = Columns(
    "Money of orders by week",
    of="Week that began on",
    labels=["1 Feb", "8 Feb", "15 Feb", "22 Feb"],
    series=[Series("came in", [0, 840, 420, 1260]), Series("went back", [0, 0, 105, 84], is_hollow=True)],
    words=lambda amount: f"£{amount}.00",
    lead="Since Monday £1260.00 came in and £84.00 went back: £1176.00.",
)
PLACES = Bars(
    "Places of the coming workshops",
    of="Workshop",
    labels=["Fri 15 Jan: 12 of 20, Working with grief", f"Fri 12 Feb: 0 of 8, {LONG}"],
    series=[Series("places", [20, 8], is_hollow=True), Series("booked or held", [12, 0])],
)
NO_NUMBERS = Columns("Enquiries by month", of="Month", labels=["Jan 2027"], series=[Series("came", [0])])
BY_PHONE = Sample(
    country="United Kingdom",
    name="Sample Line",
    phone="0808 157 0199",
    phone_link="+448081570199",
    sms="00000",
    sms_word="HELLO",
    url="https://line.example/",
    hours="day and night",
    note="free",
    checked_on=date(2026, 10, 1),
    is_in_footer=True,
)
BY_TEXT = Sample(country="Ireland", name="Sample Text", sms="00001", checked_on=date(2026, 9, 1), is_in_footer=False)
PRESENTER = Sample(
    name="Dr Ada Sample",
    initials="AS",
    ink="madder",
    role="Clinical psychologist",
    shown_credentials="HCPC PYL00000",
    biography="Ada has worked with grief for twenty years.\n\nShe teaches what she has learnt from it.",
    get_absolute_url="/therapy/#ada-sample",
)
NEWCOMER = Sample(name=f"Bo {LONG}", initials="BX", ink="straw", role="Counsellor", biography="New here.")

# Dates and workshops ----------------------------------------------------------
DAY = Sample(weekday="Fri", number=15, month="Jan 2027", iso="2027-01-15")
LONG_DAY = Sample(weekday="Donnerstag", number=31, month="September 2027", iso="2027-09-30")
SPAN = Sample(start_iso="2027-01-15T10:00Z", end_iso="2027-01-15T16:00Z", utc_hours="10:00–16:00", weekday="Fri")
LONDON = Sample(city="London", hours="10:00–16:00", abbreviation="GMT", offset="UTC+0")
KOLKATA = Sample(city="Kolkata", hours="21:30–03:30", abbreviation="IST", offset="UTC+5:30", day_note="Sat 16 Jan")
HO_CHI_MINH_CITY = Sample(city="Ho Chi Minh City", hours="17:00–23:00", offset="UTC+7")
SOON = {
    "title": "Complexity in grief",
    "get_absolute_url": "/workshops/",
    "day": DAY,
    "blurb": "When grief does not move, and what helps then.",
    "presenter_names": "Dr Ada Sample",
    "cpd_hours": 5.5,
    "badges": [("straw", "Early bird to 1 December"), ("warm", "Nearly full")],
    "price_label": "£105",
    "other_prices": "early bird £89",
    "places_label": "3 places left",
    "is_sold_out": False,
    "times": [LONDON, KOLKATA],
}
FULL = {
    **SOON,
    "title": f"A full one: {LONG}",
    "badges": [("line", "Sold out")],
    "places_label": "Sold out",
    "is_sold_out": True,
}
BARE = {"title": "One of which little is known", "get_absolute_url": "/workshops/", "day": DAY, "times": [LONDON]}


def pictured(**fields: Any) -> Callable[[], Sample]:
    """With a cover, whose address is known once the settings are."""
    return lambda: Sample(**fields, cover_url=static("img/practice.svg"))


ARTICLE = pictured(
    title="What grief asks of us",
    get_absolute_url="/articles/",
    summary="It is no illness, and it takes its time.",
    author_name="Dr Ada Sample",
    minutes=7,
    published_on=date(2026, 11, 9),
)
UNSIGNED = pictured(title=f"On {LONG}", get_absolute_url="/articles/", summary="Without an author.", minutes=11)

# Forms -------------------------------------------------------------------------


class SampleForm(forms.Form):
    """Every kind of field; what it is sent in these examples is wrong wherever it can be."""

    name = forms.CharField(label="Your name", help_text="As it should stand on the certificate.")
    email = EmailField()
    phone = forms.CharField(label="Telephone", required=False)
    city = forms.ChoiceField(label="City", choices=[("london", "London"), ("kolkata", "Kolkata")])
    how = forms.ChoiceField(
        label="How would you like to come?",
        choices=[("room", "In our rooms"), ("online", "Online")],
        widget=forms.RadioSelect,
    )
    message = forms.CharField(label="What brings you", widget=forms.Textarea)
    terms = forms.BooleanField(label="I accept the booking terms", error_messages={"required": "Accept the terms."})
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, only: tuple[str, ...] = (), inline: bool = False, layout: Layout | None = None
    ) -> None:
        super().__init__(data)
        for name in set(self.fields) - set(only or self.fields):
            del self.fields[name]
        self.helper = PlainHelper(self, "Send it", look="inline" if inline else "", disable_csrf=True)
        if layout:
            self.helper.layout = layout

    def clean(self) -> None:
        if self.data:
            raise forms.ValidationError("These answers do not fit together.")


class GuestForm(forms.Form):
    name = forms.CharField(label="Name")


def guests(data: Any = None) -> Any:
    formset = forms.formset_factory(GuestForm, extra=1, min_num=1, validate_min=True)(data, prefix="guests")
    formset.item_label, formset.helper = "Guest", PlainHelper(None, "Send it", disable_csrf=True)
    return formset


WRONG = {"name": "", "email": "ada@", "city": "nowhere", "phone": "01632 960 002"}
NO_GUEST = {"guests-TOTAL_FORMS": "1", "guests-INITIAL_FORMS": "0", "guests-0-name": ""}
SOME_FIELDS = Layout(Fieldset("About you", "name", "phone"), Div("message", css_class="stack"))


def page_of(number: int) -> Callable[[], Page]:
    return lambda: Paginator(range(25), 10).page(number)
