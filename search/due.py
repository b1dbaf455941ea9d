from datetime import timedelta

from django.utils import timezone

from accounts.models import WorkRun
from kit.work.due import Lane, due
from search import index

OFTEN = timedelta(seconds=5)
ALL_OF_IT = timedelta(hours=1)


@due(every=OFTEN, lane=Lane.UPKEEP)
def renew_what_changed() -> int:
    """Since this went well the last time; all of it where nobody knows when that was."""
    last = WorkRun.objects.filter(name=f"{__name__}.renew_what_changed").values_list("went_well_at", flat=True).first()
    is_recent = last is not None and last > timezone.now() - ALL_OF_IT
    return index.renew_changed(last) if is_recent else index.renew_all()


renew_all = due(every=ALL_OF_IT, lane=Lane.UPKEEP)(index.renew_all)
