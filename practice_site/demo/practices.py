"""The practices that the demo can be: who each of them is, told by data alone."""

from dataclasses import dataclass

from practice_site.demo.shapes.practice import (
    AccountWords,
    CityWords,
    ConcernWords,
    CrisisLineWords,
    FeeWords,
    LocationWords,
    PageWords,
    PersonWords,
    PracticeWords,
    SaleTermsWords,
    ServiceWords,
    SiteWords,
)
from practice_site.demo.shapes.reading import ArticleWords, TermWords, TopicWords
from practice_site.demo.words import articles, comments, concerns, crisis, glossary, naperville, pages, people, practice
from practice_site.demo.words.comments import CommentWords
from practice_site.demo.words.site_wide import MenuWords, NoticeWords, RedirectWords, SectionWords


@dataclass(frozen=True)
class DemoPractice:
    practice: PracticeWords
    site_words: SiteWords
    sale_terms: SaleTermsWords
    refund_tiers: tuple[tuple[int, int], ...]
    cities: tuple[CityWords, ...]
    services: tuple[ServiceWords, ...]
    concerns: tuple[ConcernWords, ...]
    locations: tuple[LocationWords, ...]
    fees: tuple[FeeWords, ...]
    crisis_lines: tuple[CrisisLineWords, ...]
    pages: tuple[PageWords, ...]
    people: tuple[PersonWords, ...]
    accounts: tuple[AccountWords, ...]
    topics: tuple[TopicWords, ...]
    terms: tuple[TermWords, ...]
    articles: tuple[ArticleWords, ...]
    notices: tuple[NoticeWords, ...]
    redirects: tuple[RedirectWords, ...]
    menu: tuple[MenuWords, ...] = ()  # without any, both are as usual
    sections: tuple[SectionWords, ...] = ()
    comments: tuple[CommentWords, ...] = ()


ACCOUNTS = (
    AccountWords("owner@withyrooms.example", "Imogen Farrow", is_superuser=True),
    AccountWords("editor@withyrooms.example", "Edie Marlow", group="Editors"),
    AccountWords("organiser@withyrooms.example", "Omar Castell", group="Organisers"),
    AccountWords("clinician@withyrooms.example", "Adaeze Okonjo", group="Clinicians"),
    AccountWords("reviewer@withyrooms.example", "Ravi Menon", group="Reviewers"),
    AccountWords("noor.haddad@example.org", "Noor Haddad", is_staff=False),
)
WITHY_ROOMS = DemoPractice(
    practice=practice.PRACTICE,
    site_words=practice.SITE_WORDS,
    sale_terms=practice.SALE_TERMS,
    refund_tiers=pages.REFUND_TIERS,
    cities=practice.CITIES,
    services=practice.SERVICES,
    concerns=concerns.WITHY_ROOMS,
    locations=practice.LOCATIONS,
    fees=practice.FEES,
    crisis_lines=crisis.CRISIS_LINES,
    pages=pages.PAGES,
    people=people.PEOPLE,
    accounts=ACCOUNTS,
    topics=articles.TOPICS,
    terms=glossary.TERMS,
    articles=articles.ARTICLES,
    notices=practice.NOTICES,
    redirects=practice.REDIRECTS,
    comments=comments.COMMENTS,
)
NAPERVILLE = DemoPractice(
    practice=naperville.PRACTICE,
    site_words=naperville.SITE_WORDS,
    sale_terms=naperville.SALE_TERMS,
    refund_tiers=(),
    cities=naperville.CITIES,
    services=naperville.SERVICES,
    concerns=concerns.NAPERVILLE,
    locations=naperville.LOCATIONS,
    fees=naperville.FEES,
    crisis_lines=naperville.CRISIS_LINES,
    pages=naperville.PAGES,
    people=naperville.PEOPLE,
    accounts=naperville.ACCOUNTS,
    topics=naperville.TOPICS,
    terms=(),
    articles=naperville.ARTICLES,
    notices=naperville.NOTICES,
    redirects=naperville.REDIRECTS,
    menu=naperville.MENU,
    sections=naperville.SECTIONS,
)
PRACTICES = {"withy-rooms": WITHY_ROOMS, "naperville": NAPERVILLE}
