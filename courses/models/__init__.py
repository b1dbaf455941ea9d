from courses.models.teaching import Course, CourseQuerySet, Subject
from courses.models.tickets import CourseInterest, Ticket, TicketQuerySet, WaitingListEntry
from courses.models.workshops import Session, TicketType, Workshop, WorkshopQuerySet

__all__ = [
    "Course",
    "CourseInterest",
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
