from courses.models.announcements import Announcement, AnnouncementCopy
from courses.models.changes import RemovedSession, WorkshopChange
from courses.models.cohorts import Cohort, CohortQuerySet
from courses.models.reminders import Reminder, ReminderOff
from courses.models.series import SeriesPart, WorkshopSeries, WorkshopSeriesQuerySet
from courses.models.sessions import Session
from courses.models.teaching import Course, CourseQuerySet, CourseReference, Subject
from courses.models.ticket_types import TicketType
from courses.models.tickets import EndedLink, Ticket, TicketQuerySet
from courses.models.waiting import (
    CourseInterest,
    SeriesWaitingEntry,
    SeriesWaitingQuerySet,
    Waiting,
    WaitingListEntry,
    WaitingListQuerySet,
)
from courses.models.workshops import Workshop, WorkshopQuerySet

__all__ = [
    "Announcement",
    "AnnouncementCopy",
    "Cohort",
    "CohortQuerySet",
    "Course",
    "CourseInterest",
    "CourseQuerySet",
    "CourseReference",
    "EndedLink",
    "Reminder",
    "ReminderOff",
    "RemovedSession",
    "SeriesPart",
    "SeriesWaitingEntry",
    "SeriesWaitingQuerySet",
    "Session",
    "Subject",
    "Ticket",
    "TicketQuerySet",
    "TicketType",
    "Waiting",
    "WaitingListEntry",
    "WaitingListQuerySet",
    "Workshop",
    "WorkshopChange",
    "WorkshopQuerySet",
    "WorkshopSeries",
    "WorkshopSeriesQuerySet",
]
