from practice.models.cities import City
from practice.models.crisis import CrisisLine
from practice.models.enquiries import AnswerText, Enquiry, EnquiryTally
from practice.models.entered_hours import EnteredHour
from practice.models.identity import Practice
from practice.models.links import Link
from practice.models.locations import Location
from practice.models.notices import SiteNotice
from practice.models.old_addresses import OldAddress
from practice.models.pages import Page
from practice.models.people import Person, Registration
from practice.models.redirects import Redirect
from practice.models.services import Concern, Fee, Service
from practice.models.site_parts import HomeSection, MenuEntry
from practice.models.terms import RefundTier, SaleTerms
from practice.models.words import SiteWords

__all__ = [
    "AnswerText",
    "City",
    "Concern",
    "CrisisLine",
    "Enquiry",
    "EnquiryTally",
    "EnteredHour",
    "Fee",
    "HomeSection",
    "Link",
    "Location",
    "MenuEntry",
    "OldAddress",
    "Page",
    "Person",
    "Practice",
    "Redirect",
    "RefundTier",
    "Registration",
    "SaleTerms",
    "Service",
    "SiteNotice",
    "SiteWords",
]
