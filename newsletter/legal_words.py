from datetime import timedelta

from kit.guard.privacy import days
from newsletter.models import SignupOffer
from orders.models import Discount
from practice.markers import marker


@marker("code days", "how long the code of a new subscriber lasts, for example “90 days”")
def _code_days() -> str:
    """Of all offers that are made now; of a new rule where there are none."""
    offers = SignupOffer.objects.filter(is_active=True)
    found = set(offers.order_by().values_list("discount__valid_days", flat=True).distinct())
    if len(found) > 1:
        return "as many days as its email says"
    return days(timedelta(days=found.pop() if found else Discount._meta.get_field("valid_days").default))
