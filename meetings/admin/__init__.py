"""Importing this package registers its admins, as Django expects."""

from meetings.admin import events, hosts, meetings, presences

__all__ = ["events", "hosts", "meetings", "presences"]
