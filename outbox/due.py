from datetime import timedelta

from kit.due import due
from outbox import delivery


@due(every=timedelta(seconds=1))
def deliver() -> int:
    return delivery.deliver_due()


@due(every=timedelta(days=1))
def forget_old_bodies() -> int:
    return delivery.forget_old_bodies()
