"""A worker is killed within the zip of all certificates of a workshop: the next goes on where it was."""

import pytest
from django.utils import timezone

from learning.certificates import bundles
from learning.models import CertificateBundle, CertificateFile
from tests.learning.certificates import make_certificate, make_past_workshop

pytestmark = pytest.mark.django_db(transaction=True)
KILLED, UPKEEP = 9, ("worker", "--once", "--only", "upkeep")


def test_what_was_made_stays_and_the_rest_is_made_once_the_lease_has_run_out(sites):
    workshop = make_past_workshop()
    for name in ("Ada", "Ben"):
        make_certificate(workshop, attendee_name=name)
    bundle = bundles.ask_for_bundle(workshop, user=None)
    assert sites.run(*UPKEEP, checkpoint="certificate put in") == KILLED
    [kept] = CertificateFile.objects.all()

    sites.run(*UPKEEP)
    assert CertificateBundle.objects.get().made_at is None

    CertificateBundle.objects.update(leased_until=timezone.now())
    sites.run(*UPKEEP)

    bundle.refresh_from_db()
    assert (bundle.made_at is not None, bundle.files.count(), CertificateFile.objects.count()) == (True, 2, 2)
    assert bytes(CertificateFile.objects.get(pk=kept.pk).content) == bytes(kept.content)
