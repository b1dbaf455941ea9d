from typing import Any

from django import template

from newsletter.forms import FooterSubscribeForm, SubscribeForm

register = template.Library()


@register.inclusion_tag("components/signup_offer.html")
def newsletter_offer(placement: str) -> dict[str, Any]:
    """The sign-up form with what it promises there: everywhere, article, home or workshop."""
    form = SubscribeForm(placement=placement)
    return {"offer": form.invitation, "form": form}


@register.inclusion_tag("newsletter/_footer_signup.html")
def footer_signup() -> dict[str, Any]:
    form = FooterSubscribeForm()
    return {"offer": form.invitation, "form": form}
