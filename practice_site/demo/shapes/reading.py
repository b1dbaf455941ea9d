from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cover:
    motif: str  # arbors, rings, weave, leaves, pebbles
    paper: str  # paper, river, madder, straw


@dataclass(frozen=True)
class ReferenceWords:
    authors: str
    year: int
    title: str
    source: str
    doi: str = ""


@dataclass(frozen=True)
class TermWords:
    word: str
    meaning: str


@dataclass(frozen=True)
class TopicWords:
    slug: str
    name: str
    description: str


@dataclass(frozen=True)
class ClaimWords:
    strength: str  # strong, mixed, contested, opinion
    sentence: str
    basis: str


@dataclass(frozen=True)
class ChangeWords:
    words: str
    days_ago: int


@dataclass(frozen=True)
class ArticleWords:
    slug: str
    title: str
    summary: str
    in_brief: tuple[str, ...]
    topics: tuple[str, ...]
    author: str
    reviewer: str
    published_days_ago: int
    reviewed_on: date  # a day that stays: nobody reads it again because a demo is made
    body: str
    references: tuple[ReferenceWords, ...]
    related_courses: tuple[str, ...]
    cover: Cover
    audience: str = "everyone"  # or therapists
    services: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    claims: tuple[ClaimWords, ...] = ()
    would_change: str = ""
    interests: str = ""
    changes: tuple[ChangeWords, ...] = ()
    interviewee: str = ""  # of an interview
