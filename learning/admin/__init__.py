"""What the desk sees and does after a workshop. Importing this package registers its admins, as Django expects."""

from learning.admin import attendances, certificates, feedback, handouts, joining, recordings, reviews

__all__ = ["attendances", "certificates", "feedback", "handouts", "joining", "recordings", "reviews"]
