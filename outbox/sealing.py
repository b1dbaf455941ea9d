"""A mail that holds a login secret: while it waits to be sent, nobody can read it in the database."""

import json
from typing import Any

from kit.guard.encryption import decrypt, encrypt
from outbox.models import Message

BLANK = {"text": "", "html": "", "attachments": [], "headers": {}}


def sealed(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a message, with one unreadable text in place of its words."""
    words = {name: fields[name] for name in BLANK}
    return fields | BLANK | {"text": encrypt(json.dumps(words))}


def unsealed(message: Message) -> Message:
    """The message with its words, for sending. They are not to be saved. Raises kit.guard.encryption.Unreadable."""
    if message.is_secret and message.text:
        for name, value in json.loads(decrypt(message.text)).items():
            setattr(message, name, value)
    return message
