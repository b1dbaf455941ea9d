"""Importing this package registers its admins, as Django expects."""

from meetings.admin import presences

__all__ = ["presences"]
