"""Named points between two commits, at which a test lets the process die."""

import os
import signal
import sys

from django.conf import settings


def checkpoint(name: str) -> None:
    """Does nothing, unless the environment variable CHECKPOINT holds this name on a developer's machine."""
    if os.environ.get("CHECKPOINT") == name and (settings.DEBUG or "pytest" in sys.modules):
        os.kill(os.getpid(), signal.SIGKILL)
