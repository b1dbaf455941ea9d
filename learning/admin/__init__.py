"""What the desk sees and does after a workshop. Importing this package registers its admins, as Django expects."""

from learning.admin import attendances, feedback, handouts, recordings

__all__ = ["attendances", "feedback", "handouts", "recordings"]
