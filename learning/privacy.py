from django.db.models import Q, QuerySet

from kit.guard.privacy import ERASED, Kept, about_nobody, delete_rows, finds_also, keeps
from kit.guard.tokens import new_secret
from learning.feedback import monday_of
from learning.models import Attendance, Certificate, Feedback, Recognition
from meetings.models import Presence
from meetings.privacy import erase_presences


def _forget_who_said_it(rows: QuerySet[Feedback]) -> None:
    """The ratings count on, and nobody's words stay; nor does the day, by which one would still know whose they are."""
    for feedback in rows:
        kept = [each for each in feedback.answers if "rating" in each]
        week = monday_of(feedback.given_on)
        Feedback.objects.filter(pk=feedback.pk).update(ticket=None, answers=kept, given_on=week)


def _erase_corrections(rows: QuerySet[Attendance]) -> None:
    """The minutes stay, about nobody."""
    rows.exclude(corrected_because="").update(corrected_because="Erased")


def _erase_recognitions(rows: QuerySet[Recognition]) -> None:
    """With what Zoom told of them by a name alone, or by another address, which is found by nothing else."""
    erase_presences(_presences_recognised(rows))
    rows.delete()


def _presences_recognised(rows: QuerySet[Recognition]) -> QuerySet[Presence]:
    """As whoever has the place that somebody at the desk said it was."""
    found = Presence.objects.none()
    for each in rows.exclude(ticket=None).select_related("sheet__session__workshop"):
        same = Q(session=each.sheet.session_id, registrant=each.registrant, email=each.email, name=each.name)
        if each.email:  # then they are known by it in each session of the course
            same |= Q(session__workshop__course=each.sheet.session.workshop.course_id, email=each.email)
        found |= Presence.objects.filter(same)
    return found


def _presences_of_recognised(address: str) -> QuerySet[Presence]:
    return _presences_recognised(RECOGNITIONS.of_address(address))


def _erase_certificates(rows: QuerySet[Certificate]) -> None:
    """That it was issued, and for what, stays: whoever was shown its number may still ask. Nobody is named.

    Rows first, files then: who is making a file meanwhile finds that it is not wanted any more.
    """
    for certificate in rows:
        Certificate.objects.filter(pk=certificate.pk).update(
            name=ERASED, because="Erased", secret=new_secret(), letters_without_font=""
        )
        certificate.files.all().delete()


RECOGNITIONS = Kept(
    "learning.recognition",
    columns=("registrant", "email", "name"),
    by="email",
    or_by="ticket__attendee_email",
    of_place="ticket",
    names=("name",),
    why="Somebody at the desk said whose these minutes are.",
    until="As long as the place.",
    erase=_erase_recognitions,
)
keeps(
    Kept(
        "learning.certificate",
        columns=("name", "secret", "facts", "letters_without_font"),
        by="ticket__attendee_email",
        of_place="ticket",
        names=("name",),
        why="They took part, and whoever is shown their certificate can check it.",
        until="As long as the place.",
        erase=_erase_certificates,
    ),
    Kept(
        "learning.certificatefile",
        columns=("content",),
        by="certificate__ticket__attendee_email",
        of_place="certificate__ticket",
        why="The same certificate as a file.",
        until="As long as the certificate counts.",
    ),
    Kept(
        "learning.attendance",
        columns=("corrected_because",),
        by="ticket__attendee_email",
        of_place="ticket",
        why="How long they were there: a certificate says so.",
        until="As long as the place.",
        erase=_erase_corrections,
    ),
    Kept(
        "learning.review",
        columns=("words",),
        by="ticket__attendee_email",
        of_place="ticket",
        why="They said in public what they think of a course.",
        until="As long as it is public, and the place is kept.",
        erase=delete_rows,
    ),
    Kept(
        "learning.cpdentry",
        columns=("key", "title", "provider", "plan", "review", "reflection"),
        by="user__email",
        why="Their own record of training, which they keep here.",
        until="As long as they keep it, or the account.",
        erase=delete_rows,
    ),
    Kept(
        "learning.calendarfeed",
        columns=("secret",),
        by="user__email",
        why="They asked for an address for their calendar.",
        until="Until they end it, or the account.",
        erase=delete_rows,
    ),
    RECOGNITIONS,
    Kept(
        "learning.feedback",
        columns=("answers",),
        by="ticket__attendee_email",
        of_place="ticket",
        why="They said what they thought of a workshop, with their name.",
        until="As long as the place.",
        erase=_forget_who_said_it,
    ),
    Kept(
        "learning.feedbackgiven",
        columns=(),
        by="ticket__attendee_email",
        of_place="ticket",
        why="That they answered, which a certificate may ask for.",
        until="As long as the place.",
        erase=delete_rows,
    ),
    Kept(
        "learning.recordingextension",
        columns=("reason",),
        by="ticket__attendee_email",
        of_place="ticket",
        why="They may watch a recording for longer.",
        until="As long as the place.",
        erase=delete_rows,
    ),
    Kept(
        "learning.recordingview",
        columns=(),
        by="ticket__attendee_email",
        of_place="ticket",
        why="They opened a recording: from then on the sale of it is done.",
        until="As long as the place.",
        erase=delete_rows,
    ),
    Kept(
        "learning.joinclick",
        columns=(),
        by="ticket__attendee_email",
        of_place="ticket",
        why="They pressed the button that leads to Zoom: who is still to come, on the day.",
        until="As long as the place.",
        erase=delete_rows,
    ),
)
finds_also("meetings.presence", _presences_of_recognised)
about_nobody("learning.accreditation.*", "learning.certificatebundle.*")
about_nobody("learning.attendancesheet.*", "learning.recording.*", "learning.handout.*", "learning.feedbackquestion.*")
about_nobody("learning.endedresultslinks.*")
