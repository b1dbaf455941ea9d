import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from newsletter import signup
from newsletter.models import ConsentEvent, Subscriber
from orders.models import DiscountCode, Order
from outbox.models import Message
from tests.builders import at, make_discount, make_offer, make_practice
from tests.orders.test_codes import make_order

pytestmark = pytest.mark.django_db
NOOR = "noor@example.org"
Status = Subscriber.Status


def ask(email=NOOR, placement="everywhere", audience="both"):
    return signup.subscribe(email=email, placement=placement, audience=audience)


def join(email=NOOR, placement="everywhere", percent=0):
    """Asked and confirmed; only what is written after it is in the outbox."""
    subscriber = ask(email, placement)
    signup.confirm(subscriber, percent=percent)
    Message.objects.all().delete()
    return Subscriber.objects.get(pk=subscriber.pk)


def kinds():
    return [message.key.split(":")[1] for message in Message.objects.order_by("pk")]


# What a form promises ------------------------------------------------------------


def test_a_place_shows_its_own_offer_before_the_one_for_everywhere():
    everywhere, article = make_offer(20), make_offer(25, "article")

    assert signup.offer_for("article") == article
    assert signup.offer_for("home") == everywhere


def test_an_offer_that_is_switched_off_promises_nothing():
    make_offer(25, "article", is_active=False)

    assert signup.offer_for("article") is None


def test_where_people_look_for_help_only_an_offer_of_its_own_counts():
    make_offer(20)

    assert signup.offer_for("client") is None
    own = make_offer(10, "client")
    assert signup.offer_for("client") == own


# Asking -------------------------------------------------------------------------


def test_a_new_address_waits_for_its_owner():
    offer = make_offer(25, "article", consent_text="Send me letters.")

    ask(" Noor@Example.ORG ".strip(), "article", "therapist")

    assert list(Subscriber.objects.values_list("email", "email_key", "status", "audience", "offer")) == [
        ("Noor@example.org", NOOR, Status.PENDING, "therapist", offer.pk)
    ]
    assert list(ConsentEvent.objects.values_list("kind", "source", "text")) == [
        ("requested", "form: article, for “Workshops and clinical articles”", "Send me letters.")
    ]
    assert DiscountCode.objects.count() == 0


def test_the_first_mail_names_what_was_promised_and_links_to_our_own_site(settings):
    settings.SITE_URL = "https://withyrooms.example"
    make_practice(email="desk@withyrooms.example")
    make_offer(25, "article")

    ask(placement="article")

    message = Message.objects.get()
    assert (message.to, message.reply_to, message.subject) == (
        NOOR,
        "desk@withyrooms.example",
        "Please confirm your address",
    )
    assert message.text.count("https://withyrooms.example/newsletter/confirm/") == 1
    assert message.html.count("https://withyrooms.example/newsletter/confirm/") == 1
    assert "25% off one full-price ticket of your first course with us." in message.text
    assert message.useless_after - message.created_at == pytest.approx(timedelta(days=7), abs=timedelta(seconds=5))


def test_without_an_offer_the_mail_promises_nothing():
    ask()

    message = Message.objects.get()
    assert message.subject == "Please confirm your address"
    assert ("%" in message.text, "code" in message.text) == (False, False)
    assert ConsentEvent.objects.get().text == signup.PLAIN_CONSENT


def test_however_often_the_form_is_sent_one_mail_a_day_goes_out():
    for _ in range(50):
        ask()

    assert (kinds(), Subscriber.objects.count(), ConsentEvent.objects.count()) == (["confirm"], 1, 50)


def test_colleagues_who_share_a_mailbox_by_tags_get_a_mail_each_and_floods_bring_three():
    for number in range(20):
        ask(f"noor+{number}@example.org")

    assert list(Message.objects.order_by("pk").values_list("to", flat=True)) == [
        "noor+0@example.org",
        "noor+1@example.org",
        "noor+2@example.org",
    ]


def test_whoever_used_the_link_and_left_may_ask_again_the_same_day():
    subscriber = ask()
    signup.confirm(subscriber, percent=0)
    signup.unsubscribe(subscriber, source="unsubscribe page")

    ask()
    ask()

    assert kinds() == ["confirm", "welcome", "confirm"]


def test_two_people_get_a_mail_each():
    ask("noor@example.org")
    ask("ruth@example.org")

    assert sorted(Message.objects.values_list("to", flat=True)) == ["noor@example.org", "ruth@example.org"]


def test_a_day_is_24_hours_also_across_midnight(time_machine):
    time_machine.move_to(at("2027-01-15 23:59"), tick=False)
    ask()
    counts = []

    for moment in ("2027-01-16 00:01", "2027-01-16 23:58", "2027-01-17 00:00"):
        time_machine.move_to(at(moment), tick=False)
        ask()
        counts.append(Message.objects.count())

    assert counts == [1, 1, 2]


def test_three_mails_in_thirty_days_are_the_most(time_machine):
    start = at("2027-01-01 12:00")
    for day in range(30):
        time_machine.move_to(start + timedelta(days=day), tick=False)
        ask()
    in_thirty_days = Message.objects.count()

    time_machine.move_to(start + timedelta(days=30, seconds=1), tick=False)
    ask()

    assert (in_thirty_days, Message.objects.count()) == (3, 4)


def test_the_better_promise_stands():
    make_offer(20, "home")
    better = make_offer(25, "article")

    for placement in ("home", "article", "home"):
        ask(placement=placement)

    assert Subscriber.objects.get().offer == better


# Confirming ----------------------------------------------------------------------


def test_confirming_subscribes_keeps_the_evidence_and_gives_the_promised_code():
    make_offer(25, "article", consent_text="Send me letters.")
    subscriber = ask(placement="article")

    signup.confirm(subscriber, percent=25)

    subscriber.refresh_from_db()
    code = DiscountCode.objects.get()
    assert (subscriber.status, subscriber.confirmed_at is not None) == (Status.ACTIVE, True)
    assert (code.percent, code.issued_to, code.status) == (25, NOOR, "issued")
    assert list(ConsentEvent.objects.values_list("kind", "source", "text")) == [
        ("requested", "form: article, for “Both”", "Send me letters."),
        ("confirmed", "confirmation mail", "Send me letters."),
    ]


def test_the_welcome_mail_has_the_code_its_rules_and_the_way_out(settings):
    settings.SITE_URL = "https://withyrooms.example"
    make_practice(email="desk@withyrooms.example")
    make_offer(20)
    subscriber = ask()
    signup.confirm(subscriber, percent=20)

    code, message = DiscountCode.objects.get(), Message.objects.get(key__startswith="newsletter:welcome:")
    way_out = f"https://withyrooms.example/newsletter/unsubscribe/{subscriber.secret}/"
    assert message.subject == f"Your code for 20% off: {code}"
    assert [message.text.count(text) for text in (f"\n{code}\n", f"{way_out}\n")] == [1, 1]
    assert [text in message.html for text in (f">{code}<", f'"{way_out}"')] == [True, True]
    assert [rule in message.text for rule in signup.mails.about_code(subscriber, code)["rules"]] == [True] * 5
    assert message.headers == {
        "List-Unsubscribe": f"<{way_out}>, <mailto:desk@withyrooms.example?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_confirming_twice_changes_nothing():
    make_offer(20)
    subscriber = ask()

    for _ in range(2):
        signup.confirm(subscriber, percent=20)

    assert (kinds(), ConsentEvent.objects.count(), DiscountCode.objects.count()) == (["confirm", "welcome"], 2, 1)


def test_without_an_offer_there_is_a_welcome_and_no_code():
    signup.confirm(ask(), percent=0)

    assert DiscountCode.objects.count() == 0
    assert Message.objects.get(key__startswith="newsletter:welcome:").subject == "You are subscribed"


def test_an_offer_lowered_after_the_mail_still_gives_what_the_mail_named():
    offer = make_offer(25)
    subscriber = ask()
    offer.percent = 10
    offer.save()

    signup.confirm(subscriber, percent=25)

    assert DiscountCode.objects.get().percent == 25


def test_an_offer_switched_off_after_the_mail_is_still_kept():
    offer = make_offer(25)
    subscriber = ask()
    offer.is_active = False
    offer.save()

    signup.confirm(subscriber, percent=25)

    assert DiscountCode.objects.get().percent == 25


def test_a_person_who_has_booked_before_is_told_why_there_is_no_code():
    make_offer(20)
    make_order(status=Order.Status.PAID, email="Noor+work@example.org")
    subscriber = ask()

    signup.confirm(subscriber, percent=0)

    first, welcome = Message.objects.order_by("pk")
    assert (first.subject, welcome.subject) == ("Please confirm your address", "You are subscribed")
    assert signup.mails.FOR_NEW_PEOPLE in welcome.text
    assert DiscountCode.objects.count() == 0


def test_an_offer_for_any_course_gives_a_code_to_people_who_have_booked():
    make_offer(20, discount=make_discount("Any course", first_course_only=False))
    make_order(status=Order.Status.PAID)

    signup.confirm(ask(), percent=20)

    assert DiscountCode.objects.get().percent == 20


# Subscribed already ----------------------------------------------------------------


def test_an_active_address_is_told_so_once_a_day():
    make_offer(20)
    join()

    for _ in range(10):
        ask()

    message = Message.objects.get()
    assert (message.subject, str(DiscountCode.objects.get()) in message.text) == ("You are subscribed already", True)
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_better_promise_raises_the_unused_code_and_the_mail_says_so():
    make_offer(20)
    make_offer(25, "article")
    join()
    code = DiscountCode.objects.get()

    ask(placement="article")

    message = Message.objects.get()
    assert DiscountCode.objects.values_list("pk", "code", "percent").get() == (code.pk, code.code, 25)
    assert message.subject == "Your code is now worth 25%"
    assert f"your code now takes 25% off:\n\n{code}\n" in message.text


def test_a_lesser_promise_changes_nothing():
    make_offer(20)
    make_offer(25, "article")
    join(placement="article")

    ask()

    assert (DiscountCode.objects.get().percent, Subscriber.objects.get().offer.percent) == (25, 25)
    assert Message.objects.get().subject == "You are subscribed already"


def test_a_better_promise_brings_nothing_to_a_used_code():
    make_offer(20)
    make_offer(25, "article")
    join()
    DiscountCode.objects.update(status="redeemed")

    ask(placement="article")

    assert (DiscountCode.objects.get().percent, Subscriber.objects.get().offer.percent) == (20, 20)
    assert "You have used this code already." in Message.objects.get().text


def test_a_form_that_anybody_can_send_changes_no_audience_of_a_subscriber():
    join()

    ask(audience="client")

    assert Subscriber.objects.get().audience == "both"


# Leaving --------------------------------------------------------------------------


def test_leaving_is_recorded_once_and_the_code_stays_good():
    make_offer(20)
    subscriber = join()

    for _ in range(2):
        signup.unsubscribe(subscriber, source="unsubscribe page")

    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.unsubscribed_at is not None) == (Status.UNSUBSCRIBED, True)
    assert list(ConsentEvent.objects.filter(kind="unsubscribed").values_list("source", flat=True)) == [
        "unsubscribe page"
    ]
    assert DiscountCode.objects.get().status == "issued"


def test_a_form_alone_brings_nobody_back():
    subscriber = join()
    signup.unsubscribe(subscriber, source="unsubscribe page")

    ask()

    assert (Subscriber.objects.get().status, kinds()) == (Status.UNSUBSCRIBED, ["confirm"])


def test_coming_back_brings_the_same_code():
    make_offer(20)
    subscriber = join()
    code = DiscountCode.objects.get()
    signup.unsubscribe(subscriber, source="unsubscribe page")

    signup.confirm(subscriber, percent=20)

    subscriber.refresh_from_db()
    assert (subscriber.status, subscriber.unsubscribed_at) == (Status.ACTIVE, None)
    assert DiscountCode.objects.get() == code
    assert Message.objects.get().subject == f"Your code for 20% off: {code}"


def test_who_has_used_the_code_is_promised_none_on_coming_back():
    make_offer(20)
    subscriber = join()
    DiscountCode.objects.update(status="redeemed")
    signup.unsubscribe(subscriber, source="unsubscribe page")

    ask()

    assert Message.objects.get().subject == "Please confirm your address"


def test_codes_of_other_discounts_are_left_alone():
    make_offer(20)
    friends = make_discount("Friends")
    DiscountCode.objects.create(
        discount=friends,
        code="00000-00000",
        percent=5,
        issued_to=NOOR,
        benefit_key=NOOR,
        expires_at=timezone.now() + timedelta(days=9),
    )

    join()

    assert sorted(DiscountCode.objects.values_list("discount__name", "percent")) == [
        ("First course", 20),
        ("Friends", 5),
    ]


# Races ---------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time and hides the race")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("spelling", "mails"), [(lambda index: NOOR, 1), (lambda index: f"noor+{index}@example.org", 3)]
)
def test_forms_sent_at_once_bring_no_more_mails_than_one_after_the_other(spelling, mails):
    make_offer(20)
    errors, start = [], threading.Barrier(8)

    def run(index):
        start.wait()
        try:
            ask(spelling(index))
        except Exception as error:
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert (errors, kinds()) == ([], ["confirm"] * mails)
    assert Subscriber.objects.count() == len({spelling(index) for index in range(8)})
