from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import acting
from kit.forms.forms import ButtonForm
from kit.pages.http import DONE, SeeOther, after_press, anonymous_post, is_one_click, private_page, public_page
from newsletter import links, signup
from newsletter.forms import PreferencesForm, SubscribeForm
from newsletter.mails import WHAT_WE_SEND, about_code
from newsletter.models import Subscriber


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="newsletter", per_hour=20)
def subscribe(request):
    form = SubscribeForm.posted(request.POST) if request.method == "POST" else SubscribeForm()
    if form.is_valid():
        signup.subscribe(**form.cleaned_data)
        return SeeOther(reverse("newsletter:check_your_inbox"))
    return render(request, "newsletter/subscribe.html", {"form": form}, status=422 if form.is_bound else 200)


@public_page()
@require_safe
def check_your_inbox(request):
    """Says the same whatever address was given."""
    return render(request, "newsletter/check_your_inbox.html")


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="newsletter-confirm", per_hour=60)
@acting("the subscriber")
def confirm(request, token):
    try:
        link = links.read_confirm_token(token)
    except links.LinkExpired:
        return render(request, "newsletter/link_ended.html", {"is_expired": True}, status=410)
    except links.LinkUnknown:
        return render(request, "newsletter/link_ended.html", status=404)
    subscriber = link.subscriber
    if request.method == "POST":
        signup.confirm(subscriber, percent=link.percent)
        return SeeOther(after_press(request.path))
    if subscriber.status == Subscriber.Status.ACTIVE:
        context = about_code(subscriber, signup.code_of(subscriber)) | {"is_done": DONE in request.GET}
        return render(request, "newsletter/confirmed.html", context)
    return render(
        request, "newsletter/confirm.html", {"form": ButtonForm("Yes, subscribe me"), "percent": link.percent}
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="newsletter-preferences", per_hour=60)
@acting("the subscriber")
def preferences(request, token):
    try:
        subscriber = links.read_unsubscribe_token(token)
    except links.LinkUnknown:
        return render(request, "newsletter/link_ended.html", status=404)
    context = {"subscriber": subscriber, "unsubscribe_url": reverse("newsletter:unsubscribe", args=[token])}
    refused = 422 if request.method == "POST" else 200
    if subscriber.status != Subscriber.Status.ACTIVE:
        return render(request, "newsletter/preferences.html", context, status=refused)
    form = PreferencesForm(request.POST or None, initial={"audience": subscriber.audience})
    if request.method == "POST" and form.is_valid():
        signup.choose(subscriber, audience=form.cleaned_data["audience"])
        return SeeOther(after_press(request.path))
    if DONE in request.GET and not form.errors:
        context |= {"is_done": True, "chosen": f"We send you {WHAT_WE_SEND[subscriber.audience]}."}
    return render(request, "newsletter/preferences.html", {"form": form, **context}, status=refused)


@private_page
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """A POST without cookies is all that a mail program's own button sends (RFC 8058)."""
    try:
        subscriber = links.read_unsubscribe_token(token)
    except links.LinkUnknown:
        return render(request, "newsletter/link_ended.html", status=404)
    if request.method == "POST":
        source = "one click in the mail program" if is_one_click(request) else "unsubscribe page"
        signup.unsubscribe(subscriber, source=source)
    elif subscriber.status != Subscriber.Status.UNSUBSCRIBED:
        choice = reverse("newsletter:preferences", args=[token])
        context = {"form": ButtonForm("Unsubscribe"), "preferences_url": choice}
        return render(request, "newsletter/unsubscribe.html", context)
    context = about_code(subscriber, signup.code_of(subscriber)) | {"is_done": request.method == "POST"}
    return render(request, "newsletter/unsubscribed.html", context)
