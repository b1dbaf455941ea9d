"""Whoever acts by a secret link, as audit entries call them."""

ATTENDEE = "the attendee"  # as audit entries call whoever has the offer's link
BUYER = "the buyer"  # as audit entries call whoever has the order's link
