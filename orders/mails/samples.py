"""Mails that are not written yet, as they would be: shown at the desk before somebody causes them."""

from dataclasses import dataclass

from kit.guard.secret_links import without_secrets
from outbox.models import Message


@dataclass(frozen=True)
class Sample:
    """One person's, without what opens their own pages. `people` is how many get one like it, where that is known."""

    subject: str
    text: str
    people: int = 0

    @property
    def reader(self) -> str:
        return f"one of {self.people} people" if self.people > 1 else "one person"


def sample_from(mail: Message, *, people: int = 0) -> Sample:
    return Sample(mail.subject, without_secrets(mail.text, "…"), people)
