"""Events and ids, never addresses, names or message text."""

import logging
import re

from kit.guard.secret_links import without_secrets

DETAIL = re.compile(r"DETAIL: .*")
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def to_standard_error(*, level: str) -> dict[str, object]:
    """The setting LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "security": {"level": "INFO"},  # kit/guard/security_log.py, whatever the level of all else
            "weasyprint": {"level": "ERROR"},  # below it the library complains of every rule that is for browsers
            "stripe": {"level": "WARNING"},  # below it the library writes down whole requests, with buyers' addresses
        },
        "filters": {"without_secrets": {"()": WithoutSecrets}},
        "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
    }


class WithoutSecrets(logging.Filter):
    """The address of an order, a document, a place or a subscription opens it, so only its kind is written down. What a
    database adds to an error repeats what somebody typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            traceback = logging.Formatter().formatException(record.exc_info)
            record.exc_text = without_secrets(DETAIL.sub("DETAIL: ...", traceback))
        return True
