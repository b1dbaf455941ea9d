from meetings.models.presences import Presence

__all__ = ["Presence"]
