from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kit.pages.kept import constant
from newsletter.forms import FooterSubscribeForm, SubscribeForm

register = template.Library()


@register.simple_tag
def newsletter_offer(placement: str) -> SafeString:
    """The sign-up form with what it promises there: everywhere, article, home or workshop."""
    return constant(
        f"sign-up: {placement}",
        lambda: _rendered("components/signup_offer.html", SubscribeForm(placement=placement)),
    )


@register.simple_tag
def footer_signup(placement: str = "footer") -> SafeString:
    """With the address alone: footer, or client where people look for help."""
    return constant(
        f"sign-up: {placement} below",
        lambda: _rendered("newsletter/_footer_signup.html", FooterSubscribeForm(placement)),
    )


def _rendered(template_name: str, form: SubscribeForm) -> SafeString:
    return render_to_string(template_name, {"offer": form.invitation, "form": form})
