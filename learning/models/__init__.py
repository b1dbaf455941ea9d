from learning.models.feedback import Feedback, FeedbackGiven, FeedbackQuestion
from learning.models.joining import Handout, JoinClick
from learning.models.recordings import Recording, RecordingExtension, RecordingView

__all__ = [
    "Feedback",
    "FeedbackGiven",
    "FeedbackQuestion",
    "Handout",
    "JoinClick",
    "Recording",
    "RecordingExtension",
    "RecordingView",
]
