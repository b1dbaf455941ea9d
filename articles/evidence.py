"""How well an article's claims stand, as its page shows them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from articles.models import Article, Claim
from kit.texts import rich_text

BADGES = {
    Claim.Strength.STRONG: "",
    Claim.Strength.MIXED: "badge--straw",
    Claim.Strength.CONTESTED: "badge--warm",
    Claim.Strength.OPINION: "badge--line",
}


@dataclass(frozen=True)
class ShownClaim:
    number: int
    sentence: str
    strength: str
    badge: str  # the class of its label; the label's word says the same
    basis: SafeString


def shown_claims(claims: Iterable[Claim], *, references: Collection[int]) -> tuple[ShownClaim, ...]:
    return tuple(
        ShownClaim(
            number=claim.number,
            sentence=claim.sentence,
            strength=str(Claim.Strength(claim.strength).label),
            badge=BADGES[Claim.Strength(claim.strength)],
            basis=rich_text.with_marks(claim.basis, references=references),
        )
        for claim in claims
    )


def claims_without_source(article: Article) -> list[int]:
    """Numbers of those that say more than our own view, and name no source that is there."""
    sources = {reference.number for reference in article.references.all()}
    beyond_us = (each for each in article.claims.all() if each.strength != Claim.Strength.OPINION)
    return [each.number for each in beyond_us if not rich_text.numbers_marked(each.basis) & sources]
