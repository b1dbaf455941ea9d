"""The link by which whoever wrote a comment sees what became of it, and deletes it: signed, and stored nowhere."""

import re

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from articles.commenting.models import Comment

TOKEN = re.compile(r"\d{1,18}\.[A-Za-z0-9_-]{20,80}", re.ASCII)


def own_path(comment: Comment) -> str:
    return reverse("articles:own_comment", args=[_signer().sign(str(comment.pk))])


def own_url(comment: Comment) -> str:
    return settings.SITE_URL + own_path(comment)


def comment_of(token: str) -> Comment | None:
    """None if it is no token of ours, or the comment is gone."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        pk = int(_signer().unsign(token))
    except BadSignature:
        return None
    return Comment.objects.select_related("article").filter(pk=pk).first()


def _signer() -> Signer:
    return Signer(salt="articles.commenting.own", sep=".")
