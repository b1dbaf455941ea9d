from practice.models.cities import City
from practice.models.crisis import CrisisLine
from practice.models.enquiries import Enquiry
from practice.models.identity import Practice, RefundTier
from practice.models.pages import Page
from practice.models.people import Person
from practice.models.services import Fee, Location, Service

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
