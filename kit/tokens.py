import secrets


def new_secret() -> str:
    """A part of a link that nobody can guess: 192 bits."""
    return secrets.token_urlsafe(24)
