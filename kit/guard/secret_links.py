"""Links that open what they lead to: where others read along, their secret is left out."""

import re

BY_SECRET = re.compile(
    r"(/(?:orders|documents|certificates|verify|rebook|join|calendar|feedback|waiting-list|interest"
    r"|articles/(?:preview|comments)|newsletter/(?:confirm|unsubscribe|preferences))/"
    r"|[?&]offer=)[^/?&\s]+"
)


def without_secrets(text: str, instead: str = "...") -> str:
    return BY_SECRET.sub(lambda found: found[1] + instead, text)
