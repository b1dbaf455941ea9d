from typing import Any

from crispy_forms.layout import HTML, Layout
from django import forms
from django.urls import reverse

from kit.forms.forms import EmailField, PlainHelper, QuietForm
from kit.forms.shown_words import ShownWordsField
from newsletter.invitation import Invitation, invitation_at
from newsletter.models import SignupOffer, Subscriber
from practice.shown import practice

Placement = SignupOffer.Placement


class SubscribeForm(QuietForm):
    """Its ids carry the place, so that it can stand on a page beside other forms."""

    email = EmailField(
        label="Email address",
        error_messages={
            "required": "Write the address that we should send to.",
            "invalid": "That address is missing something. Try name@example.org.",
        },
    )
    audience = forms.ChoiceField(
        label="What should we send?",
        choices=Subscriber.Audience.choices,
        initial=Subscriber.Audience.BOTH,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three.", "invalid_choice": "Choose one of the three."},
    )
    placement = forms.ChoiceField(choices=Placement.choices, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, placement: str = Placement.EVERYWHERE) -> None:
        super().__init__(data, auto_id=f"news-{placement}-%s", initial={"placement": placement})
        if placement == Placement.CLIENT:
            self.fields["audience"].initial = Subscriber.Audience.CLIENT
        if not practice().has_workshops:
            self.fields["audience"].initial = Subscriber.Audience.CLIENT
            self.fields["audience"].widget = forms.HiddenInput()
        self.invitation: Invitation = invitation_at(placement)
        self.fields["words"] = ShownWordsField(self.invitation.consent, of="newsletter")
        self.helper = PlainHelper(
            self, self.invitation.button, disable_csrf=True, form_action=reverse("newsletter:subscribe")
        )
        self.helper.layout = Layout("email", "audience", "placement", "words", HTML(CONSENT))

    @classmethod
    def posted(cls, data: Any) -> "SubscribeForm":
        """The form as it stood where it was filled in, with that place's promise."""
        placement = data.get("placement")
        if placement in Placement.values:
            return cls(data, placement=placement)
        form = cls({**data.dict(), "placement": Placement.EVERYWHERE})
        form.add_error(None, "This form was out of date, so nothing was sent. Please check it and send it again.")
        return form


class PreferencesForm(forms.Form):
    """What a reader is sent, by a link in every letter."""

    audience = forms.ChoiceField(
        label="What should we send?",
        choices=Subscriber.Audience.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three.", "invalid_choice": "Choose one of the three."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Keep this choice", disable_csrf=True)


class FooterSubscribeForm(SubscribeForm):
    """The address alone; whoever must correct it sees the whole form."""

    def __init__(self, placement: str = Placement.FOOTER) -> None:
        super().__init__(placement=placement)
        self.fields["audience"].widget = forms.HiddenInput()


CONSENT = """<p class="quiet measure">{{ form.invitation.consent }}
<a href="{% url 'practice:page' 'privacy' %}">How we look after your address</a></p>"""
