"""What stands on every page of the demo's practices, and what is otherwise than usual there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MenuWords:
    """What is otherwise than usual in the menu."""

    page: str
    position: int
    label: str = ""
    is_shown: bool = True


@dataclass(frozen=True)
class SectionWords:
    """What is otherwise than usual on the home page."""

    kind: str
    position: int
    is_shown: bool = True


@dataclass(frozen=True)
class NoticeWords:
    """Shown from today on; its end is at noon."""

    words: str
    link: str
    link_words: str
    ends_in_days: int


@dataclass(frozen=True)
class RedirectWords:
    old: str
    new: str
    note: str
