"""What a sign-up form says and promises: exactly its offer, or plain words where there is none."""

from dataclasses import dataclass

from newsletter.models import SignupOffer
from newsletter.signup import PLAIN_CONSENT, offer_for
from practice.shown import practice


@dataclass(frozen=True)
class Invitation:
    headline: str = "Letters from us"
    promise: str = "New workshop dates and articles worth your time, by email."
    consent: str = PLAIN_CONSENT
    button: str = "Subscribe"
    percent: int = 0


FOR_CLIENTS = Invitation(promise="Articles for everyone, by email, whenever there is a new one.")


def invitation_at(placement: str) -> Invitation:
    offer = offer_for(placement)
    if offer is None:
        is_for_clients = placement == SignupOffer.Placement.CLIENT or not practice().has_workshops
        return FOR_CLIENTS if is_for_clients else Invitation()
    return Invitation(offer.headline, offer.promise, offer.consent_text, "Subscribe and get the code", offer.percent)
