from practice.models.identity import City, Practice, RefundTier
from practice.models.pages import Page
from practice.models.therapy import CrisisLine, Enquiry, Fee, Location, Person, Service

__all__ = [
    "City",
    "CrisisLine",
    "Enquiry",
    "Fee",
    "Location",
    "Page",
    "Person",
    "Practice",
    "RefundTier",
    "Service",
]
