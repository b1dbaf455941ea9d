from meetings.models.events import ZoomEvent
from meetings.models.hosts import Host
from meetings.models.meetings import Meeting, MeetingQuerySet
from meetings.models.presences import Presence
from meetings.models.registrants import Registrant, RegistrantQuerySet

__all__ = ["Host", "Meeting", "MeetingQuerySet", "Presence", "Registrant", "RegistrantQuerySet", "ZoomEvent"]
