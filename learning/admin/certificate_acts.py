"""What the desk does to a certificate: a page says what will happen, and somebody confirms it with a reason."""

from typing import Any

from django import forms
from django.contrib import messages

from kit.desk.confirm import Act, ReasonForm
from kit.forms.forms import NameField
from learning.certificates import issuing
from learning.certificates.wholes import whole_beside
from learning.models import Certificate

PERMISSION = "learning.change_certificate"
REPLACED = (messages.WARNING, "It was replaced already. Nothing was done; look at the newer one.")
REVOKED = (messages.WARNING, "It is revoked already. Nothing was done.")
INCOMPLETE = (messages.WARNING, "A part of it does not count any more, so neither does the whole. Nothing was done.")
ENDED = (messages.WARNING, "Its place was cancelled, so it is not valid as it is. Nothing was done.")


class NameForm(ReasonForm):
    name = NameField(max_length=120, widget=forms.TextInput({"class": "vTextField"}))

    field_order = ["name", "why", "seen"]

    def __init__(self, *args: Any, row: Certificate, initial: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"name": row.ticket.attendee_name} | initial, **kwargs)


def _reissue(certificate: Certificate, answers: dict[str, Any]) -> bool:
    issuing.reissue(certificate, name=answers["name"], seen=answers["seen"], why=answers["why"])
    return True


def _revoke(certificate: Certificate, answers: dict[str, Any]) -> bool:
    issuing.revoke(certificate, seen=answers["seen"], why=answers["why"])
    return True


def _of_reissue(certificate: Certificate) -> dict[str, Any]:
    blocks = issuing.blocks_of(certificate)
    return {"blocks": blocks, "may_press": not blocks, "whole": whole_beside(certificate)}


REISSUE = Act(
    verb="Issue anew",
    template="admin/learning/certificate/issue_anew.html",
    do=_reissue,
    facts=issuing.facts_seen,
    context=_of_reissue,
    done=lambda row: "A new one is issued with a new number, and its holder has the link by email.",
    over={
        Certificate.Status.REPLACED: REPLACED,
        Certificate.Status.ENDED: ENDED,
        Certificate.Status.INCOMPLETE: INCOMPLETE,
    },
    refusals=(issuing.NotValidAnyMore, issuing.NotEarned),
    form=NameForm,
    permission=PERMISSION,
)
REVOKE = Act(
    verb="Revoke",
    template="admin/learning/certificate/revoke.html",
    do=_revoke,
    facts=issuing.facts_seen,
    context=lambda row: {"may_press": True},
    done=lambda row: "Revoked. Whoever asks for its number is told so from now on.",
    over={
        Certificate.Status.REVOKED: REVOKED,
        Certificate.Status.REPLACED: REPLACED,
        Certificate.Status.ENDED: ENDED,
        Certificate.Status.INCOMPLETE: INCOMPLETE,
    },
    refusals=(issuing.NotValidAnyMore,),
    form=ReasonForm,
    permission=PERMISSION,
)
ACTS = [REISSUE, REVOKE]
