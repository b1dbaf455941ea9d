"""Subscribing and leaving. Nobody is subscribed before a person who reads that mailbox has said so."""

from django.db import transaction
from django.utils import timezone

from accounts.history import recording
from kit.database.locks import lock
from kit.guard.addresses import benefit_key, email_key
from newsletter import mails
from newsletter.models import ConsentEvent, SignupOffer, Subscriber
from orders.models import DiscountCode, Order
from orders.pricing.codes import has_booked_before, issue_code
from practice.shown import practice

Placement = SignupOffer.Placement
Status = Subscriber.Status
PLAIN_CONSENT = "Send me the newsletter by email. I can leave in one step, whenever I like."


def offer_for(placement: str) -> SignupOffer | None:
    """The active offer of that place, else the one for everywhere else, else none: then nothing is promised.

    Where people look for help, a price off a workshop for therapists is nothing to promise; an offer of its own is.
    """
    if not practice().has_workshops:
        return None
    places = {placement} if placement == Placement.CLIENT else {placement, Placement.EVERYWHERE}
    offers = SignupOffer.objects.filter(is_active=True, placement__in=places)
    return max(offers, key=lambda offer: offer.placement == placement, default=None)


@transaction.atomic
def subscribe(*, email: str, placement: str, audience: str = Subscriber.Audience.BOTH, words: str = "") -> Subscriber:
    """Ask this address to confirm; one that has confirmed is told so, and what a better promise changed.

    `words` are those that stood in the form, or else those that stand in it now; they are kept with the choice.
    The better promise stands. Nothing else about an active subscriber follows from a form that anybody can send.
    """
    offer = offer_for(placement)
    subscriber = _find_or_add(email, audience=audience)
    _record(
        subscriber,
        ConsentEvent.Kind.REQUESTED,
        source=f"form: {placement}, for “{Subscriber.Audience(audience).label}”",
        text=words or (offer.consent_text if offer else PLAIN_CONSENT),
    )
    _keep_better_offer(subscriber, offer)
    if subscriber.status == Status.ACTIVE:
        _answer_active(subscriber)
    else:
        subscriber.audience = audience
        mails.ask_to_confirm(subscriber, percent=_percent_to_come(subscriber))
    _save(subscriber)
    return subscriber


@transaction.atomic
def subscribe_buyer(order: Order) -> None:
    """A buyer ticked the newsletter at checkout, where no discount is promised: asked to confirm, once per order."""
    subscriber = _find_or_add(order.buyer_email)
    if not Order.objects.filter(pk=order.pk, news_asked_at=None).update(news_asked_at=timezone.now()):
        return
    _record(subscriber, ConsentEvent.Kind.REQUESTED, source=f"order {order.number}", text=order.news_words)
    if subscriber.status != Status.ACTIVE:
        mails.ask_to_confirm(subscriber, percent=_percent_to_come(subscriber))


@transaction.atomic
def confirm(subscriber: Subscriber, *, percent: int) -> None:
    """The reader of the mailbox agrees: subscribed, welcomed, and given the code at the percentage the mail named.

    Once more changes nothing; after leaving it subscribes again, with the same code.
    """
    subscriber = _lock(subscriber.pk)
    if subscriber.status == Status.ACTIVE:
        return
    subscriber.status = Status.ACTIVE
    subscriber.confirmed_at, subscriber.unsubscribed_at = timezone.now(), None
    _save(subscriber)
    event = _record(subscriber, ConsentEvent.Kind.CONFIRMED, source="confirmation mail", text=_words_agreed(subscriber))
    mails.welcome(event, _keep_promise(subscriber, percent))


@transaction.atomic
def unsubscribe(subscriber: Subscriber, *, source: str) -> None:
    """No more newsletters. A code already earned stays good; once more changes nothing."""
    subscriber = _lock(subscriber.pk)
    if subscriber.status == Status.UNSUBSCRIBED:
        return
    subscriber.status, subscriber.unsubscribed_at = Status.UNSUBSCRIBED, timezone.now()
    _save(subscriber)
    _record(subscriber, ConsentEvent.Kind.UNSUBSCRIBED, source=source)


@transaction.atomic
def choose(subscriber: Subscriber, *, audience: str) -> None:
    """What this reader is sent from now on; kept with the evidence. Once more changes nothing."""
    subscriber = _lock(subscriber.pk)
    if subscriber.status != Status.ACTIVE or subscriber.audience == audience:
        return
    subscriber.audience = audience
    _save(subscriber)
    words = f"Chose: {subscriber.get_audience_display()}"
    _record(subscriber, ConsentEvent.Kind.CHANGED, source="preferences page", text=words)


def code_of(subscriber: Subscriber) -> DiscountCode | None:
    """The best code that this person earned by subscribing, whatever became of it."""
    codes = DiscountCode.objects.filter(benefit_key=benefit_key(subscriber.email), discount__offers__isnull=False)
    return codes.select_related("discount").order_by("-percent", "pk").first()


def _find_or_add(email: str, **details: str) -> Subscriber:
    """Locked, so that two forms sent at once are answered one after the other; the details are a new one's."""
    found = Subscriber.objects.get_or_create(email_key=email_key(email), defaults={"email": email, **details})[0]
    return _lock(found.pk)


def _lock(pk: int) -> Subscriber:
    return lock(Subscriber.objects.select_related("offer"), pk)


def _save(subscriber: Subscriber) -> None:
    with recording(subscriber):
        subscriber.save()


def _record(subscriber: Subscriber, kind: str, *, source: str, text: str = "") -> ConsentEvent:
    return ConsentEvent.objects.create(subscriber=subscriber, kind=kind, source=source, text=text)


def _words_agreed(subscriber: Subscriber) -> str:
    request = subscriber.consent_events.filter(kind=ConsentEvent.Kind.REQUESTED).last()
    return request.text if request else ""


def _keep_better_offer(subscriber: Subscriber, offer: SignupOffer | None) -> None:
    earned = code_of(subscriber)
    if offer is None or (earned and not _can_be_raised(earned)):
        return
    if subscriber.offer is None or offer.percent > subscriber.offer.percent:
        subscriber.offer = offer


def _answer_active(subscriber: Subscriber) -> None:
    before = code_of(subscriber)
    code = _keep_promise(subscriber, subscriber.offer.percent if subscriber.offer else 0)
    is_raised = code is not None and (before is None or code.percent > before.percent)
    mails.tell_subscribed_already(subscriber, code, is_raised=is_raised)


def _percent_to_come(subscriber: Subscriber) -> int:
    """What confirming will bring: 0 where nothing was promised, or the person cannot use a code any more."""
    offer, earned = subscriber.offer, code_of(subscriber)
    if offer is None or _is_for_new_people_only(subscriber) or (earned and not _can_be_raised(earned)):
        return 0
    return max(offer.percent, earned.percent if earned else 0)


def _keep_promise(subscriber: Subscriber, percent: int) -> DiscountCode | None:
    """The person's code at no less than this percentage; nobody gets a second one, or one that they could not use."""
    earned = code_of(subscriber)
    if subscriber.offer is None or (earned is None and _is_for_new_people_only(subscriber)):
        return earned
    return issue_code(
        discount=earned.discount if earned else subscriber.offer.discount,
        email=subscriber.email,
        percent=max(percent, subscriber.offer.percent),
    )


def _can_be_raised(code: DiscountCode) -> bool:
    return code.status == DiscountCode.Status.ISSUED and not code.is_expired


def _is_for_new_people_only(subscriber: Subscriber) -> bool:
    """Whether the promise is a first course's, and this person has booked before."""
    return subscriber.offer.discount.first_course_only and has_booked_before(subscriber.email)
