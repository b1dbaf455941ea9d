from datetime import timedelta

from kit.due import Lane, due
from outbox import delivery


@due(every=timedelta(seconds=1), lane=Lane.MAILS)
def deliver() -> int:
    return delivery.deliver_due()


@due(every=timedelta(days=1), lane=Lane.UPKEEP)
def forget_old_bodies() -> int:
    return delivery.forget_old_bodies()
