from courses.models.teaching import Course, CourseQuerySet, Subject
from courses.models.tickets import Ticket, TicketQuerySet, WaitingListEntry
from courses.models.workshops import Session, TicketType, Workshop, WorkshopQuerySet

__all__ = [
    "Course",
    "CourseQuerySet",
    "Session",
    "Subject",
    "Ticket",
    "TicketQuerySet",
    "TicketType",
    "WaitingListEntry",
    "Workshop",
    "WorkshopQuerySet",
]
