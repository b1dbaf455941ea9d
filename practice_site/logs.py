"""What a log must not keep."""

import logging
import re

BY_SECRET = re.compile(
    r"(/(?:orders|documents|rebook|join|waiting-list|interest|newsletter/confirm|newsletter/unsubscribe)/"
    r"|[?&]offer=)[^/?&\s]+"
)


class WithoutSecrets(logging.Filter):
    """The address of an order, a document, a place or a subscription opens it, so only its kind is written down."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = BY_SECRET.sub(r"\1...", record.getMessage()), None
        return True
