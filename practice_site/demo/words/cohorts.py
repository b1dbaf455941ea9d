from dataclasses import dataclass


@dataclass(frozen=True)
class CohortWords:
    """Places of the workshop's full price, kept until two weeks before it."""

    workshop: str
    name: str
    code: str
    places: int
    percent: int


COHORTS = (
    CohortWords(
        "internal-family-systems-two-evenings",
        "Osier University, counselling trainees",
        "OSIERUNI",
        places=3,
        percent=40,
    ),
)
