from learning.models.attendances import Attendance, AttendanceSheet, Recognition
from learning.models.calendar_feeds import CalendarFeed
from learning.models.certificates import Accreditation, Certificate, CertificateBundle, CertificateFile
from learning.models.cpd import CpdEntry
from learning.models.feedback import EndedResultsLinks, Feedback, FeedbackGiven, FeedbackQuestion
from learning.models.joining import Handout, JoinClick
from learning.models.recordings import Recording, RecordingExtension, RecordingView
from learning.models.reviews import Review

__all__ = [
    "Accreditation",
    "Attendance",
    "AttendanceSheet",
    "CalendarFeed",
    "Certificate",
    "CertificateBundle",
    "CertificateFile",
    "CpdEntry",
    "EndedResultsLinks",
    "Feedback",
    "FeedbackGiven",
    "FeedbackQuestion",
    "Handout",
    "JoinClick",
    "Recognition",
    "Recording",
    "RecordingExtension",
    "RecordingView",
    "Review",
]
