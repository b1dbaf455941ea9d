from kit.guard.privacy import days
from orders.invoices import invoicing
from orders.pricing import codes
from practice.markers import marker

marker("code days again", "for how long a code is good again at least, once all that was paid with it has gone back")(
    lambda: days(codes.GOOD_AGAIN)
)
marker("invoice days before", "how long before a workshop an invoice is due at the latest")(
    lambda: days(invoicing.DUE_BEFORE_START)
)
marker("invoice days after", "how long after its day an invoice that is not paid keeps its places")(
    lambda: days(invoicing.GRACE)
)
