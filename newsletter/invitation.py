"""What a sign-up form says and promises: exactly its offer, or plain words where there is none."""

from dataclasses import dataclass

from newsletter.signup import PLAIN_CONSENT, offer_for


@dataclass(frozen=True)
class Invitation:
    headline: str = "Letters from us"
    promise: str = "New workshop dates and articles worth your time, by email."
    consent: str = PLAIN_CONSENT
    button: str = "Subscribe"
    percent: int = 0


def invitation_at(placement: str) -> Invitation:
    offer = offer_for(placement)
    if offer is None:
        return Invitation()
    return Invitation(offer.headline, offer.promise, offer.consent_text, "Send me the code", offer.percent)
