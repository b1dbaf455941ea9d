from typing import Any

from django import template

from newsletter.forms import SubscribeForm

register = template.Library()


@register.inclusion_tag("components/offer.html")
def newsletter_offer(placement: str) -> dict[str, Any]:
    """The sign-up form with what it promises there: everywhere, article, home or workshop."""
    form = SubscribeForm(placement=placement)
    return {"offer": form.invitation, "form": form}
