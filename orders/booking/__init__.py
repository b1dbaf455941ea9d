"""The booking page: what it was sent, and what it answers."""
