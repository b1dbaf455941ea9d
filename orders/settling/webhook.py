import logging

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.audit import acting
from kit.pages.http import never_in_clear
from orders import stripe_api
from orders.settling import events

log = logging.getLogger(__name__)


@csrf_exempt
@never_in_clear
@require_POST
@acting("Stripe")
def stripe_webhook(request):
    """400 for what Stripe did not sign or never sends, 503 for work that is not done, so that Stripe tells it again."""
    try:
        event = stripe_api.verified_event(request.body, request.headers.get("Stripe-Signature", ""))
    except stripe_api.BadSignature:
        log.warning("webhook with a bad signature refused")
        return HttpResponse(status=400)
    if event["livemode"] != stripe_api.is_live():
        log.warning("webhook of the other mode refused: %s", event["id"])
        return HttpResponse(status=400)
    try:
        return HttpResponse(status=200 if events.receive(event) else 503)
    except events.OddShape:
        log.warning("webhook of an odd shape refused: %s", event["id"])
        return HttpResponse(status=400)
