from datetime import timedelta

from kit.work.due import Lane, due
from outbox import delivery, privacy


@due(every=timedelta(seconds=1), lane=Lane.MAILS)
def deliver() -> int:
    return delivery.deliver_due()


@due(every=timedelta(days=1), lane=Lane.UPKEEP)
def forget_old_bodies() -> int:
    return delivery.forget_old_bodies()


forget_addresses = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_addresses)
