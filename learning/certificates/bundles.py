"""All certificates of a workshop as one zip. The worker makes the files, some in each turn, so that no request waits
for them and a worker that dies makes none twice.

While a file is made no transaction is open: on SQLite nobody else could write. A turn has its bundle on lease.
"""

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import RawIOBase

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from courses.models import Workshop
from kit.database.locks import lock
from kit.database.questions import compiled_once
from kit.texts.pdf import LettersWithoutFont
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each
from learning.certificates import papers
from learning.models import Certificate, CertificateBundle, CertificateFile

AT_ONCE = 5
SECONDS = 10  # of one round, so that other work has its turn
LEASE = timedelta(minutes=2)  # of a turn: longer than it takes, for a worker that dies gives nothing back
KEPT = timedelta(days=2)  # it is full of people's names


def ask_for_bundle(workshop: Workshop, *, user: User | None) -> CertificateBundle:
    """The one that is under way, or a new one."""
    with transaction.atomic():
        lock(Workshop.objects, workshop.pk)
        under_way = CertificateBundle.objects.filter(workshop=workshop, made_at=None).first()
        return under_way or CertificateBundle.objects.create(workshop=workshop, asked_by=user)


def certificates_in(bundle: CertificateBundle) -> QuerySet[Certificate]:
    """Those that were valid when it was asked for, as far as they are still."""
    valid = (
        Certificate.objects.of_places()
        .valid()
        .filter(ticket__workshop=bundle.workshop_id, issued_at__lte=bundle.asked_at)
    )
    return valid.order_by("pk")


def make_bundles() -> int:
    """For the worker: goes on with each that is not whole, for some seconds. Returns how many turns it took."""
    return do_for_each(_turns([bundle.pk for bundle in _not_whole()]), _make_some, seconds=SECONDS)


def delete_old_bundles() -> int:
    """For the worker. Whoever needs one again asks for it again."""
    old = CertificateBundle.objects.filter(asked_at__lt=timezone.now() - KEPT)
    return old.delete()[1].get(CertificateBundle._meta.label, 0)


def zip_of(bundle: CertificateBundle) -> Iterator[bytes]:
    """Sent as it is made: one file at a time is in memory. What was revoked since it was asked for is not in it."""
    sink = _Sink()
    files = bundle.files.filter(certificate__in=certificates_in(bundle)).order_by("certificate")
    names: set[str] = set()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for pk in list(files.values_list("pk", flat=True)):
            file = CertificateFile.objects.select_related("certificate").get(pk=pk)
            archive.writestr(_name_in_zip(file.certificate, names), bytes(file.content))
            yield sink.taken()
    yield sink.taken()


@compiled_once
def _not_whole() -> QuerySet[CertificateBundle]:
    return CertificateBundle.objects.filter(made_at=None).order_by("pk").only("pk")


def _turns(keys: list[int]) -> Iterator[int]:
    """Each until it is whole, or until a turn of it made nothing: it failed, or another worker has it."""
    for pk in keys:
        made = -1
        while (bundle := CertificateBundle.objects.filter(pk=pk, made_at=None).first()) and bundle.tried() > made:
            made = bundle.tried()
            yield pk


def _make_some(pk: int) -> int:
    until = timezone.now() + LEASE
    if not _free().filter(pk=pk).update(leased_until=until):
        return 0
    try:
        bundle = CertificateBundle.objects.get(pk=pk)
        for certificate in _missing(bundle)[:AT_ONCE]:
            _put_in(bundle, certificate)
            checkpoint("certificate put in")
        if not _missing(bundle).exists():
            CertificateBundle.objects.filter(pk=pk, made_at=None).update(made_at=timezone.now())
    finally:
        CertificateBundle.objects.filter(pk=pk, leased_until=until).update(leased_until=None)
    return 1


def _free() -> QuerySet[CertificateBundle]:
    """Not whole, and no worker is at it, or one that died."""
    free = Q(leased_until=None) | Q(leased_until__lte=timezone.now())
    return CertificateBundle.objects.filter(free, made_at=None)


def _missing(bundle: CertificateBundle) -> QuerySet[Certificate]:
    tried = Q(pk__in=bundle.files.values("certificate")) | Q(pk__in=bundle.refused.values("pk"))
    return certificates_in(bundle).exclude(tried)


def _put_in(bundle: CertificateBundle, certificate: Certificate) -> None:
    """If there is no font for a name, the others do not wait for it."""
    try:
        file = papers.kept_file(certificate)
    except LettersWithoutFont:
        bundle.refused.add(certificate)
    else:
        if file:
            _add(bundle, file)


@transaction.atomic
def _add(bundle: CertificateBundle, file: CertificateFile) -> None:
    """Unless its certificate was replaced or forgotten since it was made, and the file with it."""
    if CertificateFile.objects.select_for_update(of=("self",)).filter(pk=file.pk).exists():
        bundle.files.add(file)


def _name_in_zip(certificate: Certificate, taken: set[str]) -> str:
    """Readable, and the same in no two of them, whatever people are called."""
    name = slugify(certificate.name, allow_unicode=True) or "certificate"
    name = f"{name}-{certificate.serial[:4].lower()}.pdf"
    if name in taken:
        name = f"{certificate.serial.lower()}.pdf"
    taken.add(name)
    return name


class _Sink(RawIOBase):
    """What a zip is written to, and taken from as it grows; it cannot be wound back."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found
