from collections.abc import Iterator

from kit.jobs import Job, counted, finds
from practice.models import CrisisLine, Enquiry


@finds("practice.view_enquiry")
def new_enquiries() -> Iterator[Job]:
    new = Enquiry.objects.filter(state=Enquiry.State.NEW)
    return counted(new, "?state__exact=new", "enquiry waits for an answer", "enquiries wait for an answer")


@finds("practice.change_crisisline")
def lines_to_check() -> Iterator[Job]:
    overdue = CrisisLine.objects.check_overdue()
    return counted(overdue, "?check=overdue", "crisis line is due for its check", "crisis lines are due for a check")
