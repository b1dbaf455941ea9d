"""How many questions a page asks of the database: as many for one row as for many."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts import middleware, staff_sessions
from articles.commenting.models import Comment, CommentBlock
from articles.models import Article, ArticleChange, Claim, Figure, Reference
from articles.reading import keep_rendered
from articles.reports import receive_report
from courses.interest import leave_address
from courses.models import Course, TicketType, WaitingListEntry, Workshop
from kit.guard.tokens import new_secret
from kit.pages import kept
from newsletter import signup
from orders.models import Dispute, Document, OrderLine, Payment, RebookingOffer, Refund, SalesExport
from pictures.models import Picture
from practice.enquiries import receive_enquiry
from practice.models import Concern, Enquiry, Location, Person, Registration, Service
from search import index
from tests.builders import (
    make_article,
    make_concern,
    make_crisis_line,
    make_fee,
    make_location,
    make_person,
    make_service,
    make_session,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.hostile.addresses import PARTS, path_of, the_document, the_order, workshop
from tests.hostile.conftest import enter
from tests.hostile.test_access import DESK, PUBLIC, ROWS

# On the demo site, for a visitor who has not signed in; what many pages show is a constant by then (kit/pages/kept.py).
PUBLIC_PAGES = {
    "home": 1,
    "practice:practice": 0,
    "practice:enquiry_sent": 0,
    "practice:help_now": 0,
    "practice:service": 5,
    "practice:concern": 5,
    "practice:clinicians": 8,
    "practice:clinician": 8,
    "practice:location": 3,
    "practice:fees": 2,
    "practice:contact": 1,
    "practice:page": 2,
    "practice:page_version": 2,
    "practice:own_page": 2,
    "articles:articles": 1,
    "articles:article": 1,
    "articles:glossary": 1,
    "articles:cover": 1,
    "pictures:file": 0,
    "articles:report": 1,
    "articles:report_sent": 1,
    "newsletter:subscribe": 1,
    "newsletter:check_your_inbox": 0,
    "courses:workshops": 1,
    "courses:workshop": 1,
    "courses:workshop_calendar": 3,
    "courses:feed": 3,
    "courses:workshops_calendar": 3,
    "articles:feed": 2,
    "search:search": 0,
    "courses:course": 5,
    "courses:series": 4,
    "courses:cover": 1,
    "sitemap": 16,
    "robots": 0,
    "security_txt": 1,
    "favicon.ico": 0,
    "health": 7,
    "alive": 1,
}
# What a visitor asks for of some of them.
ASKED_FOR = {
    "/search/?q=grief": 3,
    "/articles/?topic=attachment-and-repair": 1,
    "/articles/?page=2": 1,
    "/articles/feed.atom?topic=attachment-and-repair": 3,
    "/clinicians/?mode=online": 8,
    "/workshops/?subject=grief-and-loss": 1,
}
# For the buyer of an order, who has signed in.
PRIVATE_PAGES = {
    "orders:order": 6,
    "orders:book": 4,
    "orders:book_series": 7,
    "orders:bookings": 13,
    "cpd:overview": 5,
    "reviews:review": 3,
    "orders:cancel_place": 13,
    "orders:hand_over": 4,
    "orders:move_place": 22,
    "orders:order_receipt": 2,
    "orders:order_invoice": 3,
    "orders:document": 1,
    "orders:rebook": 17,
    "articles:preview": 11,
    "courses:waiting_entry": 3,
    "courses:series_waiting_entry": 8,
    "courses:leave_interest": 1,
    "learning:join": 5,
    "learning:reminders": 3,
    "learning:recording": 5,
    "learning:feedback": 4,
    "courses:ticket_calendar": 3,
    "calendar:overview": 3,
    "learning:feedback_results": 8,
    "calendar:feed": 5,
}
# For a superuser; each lists something.
AT_DESK = [
    *("admin:index", "admin:orders_order_change", "admin:orders_order_refund", "admin:orders_order_move"),
    *(
        "admin:orders_order_change_places",
        "admin:orders_order_transfer",
        "admin:orders_cancel_workshop",
        "admin:orders_order_sales",
    ),
    *("admin:courses_ticket_to_print", "admin:courses_ticket_take_back"),
    *("admin:orders_order_exports", "admin:orders_order_send_the_mails_again"),
    *("admin:courses_announcement_write", "admin:learning_attendancesheet_who", "admin:learning_certificate_workshop"),
    *("admin:learning_joinclick_day", "admin:learning_feedback_results", "admin:learning_attendance_series"),
    "admin:meetings_presence_upload",
    "admin:practice_enquiry_numbers",
    "admin:articles_article_scheduled",
]
# What the site itself is written on.
WRITTEN = [label for label in ROWS if label.partition(".")[0] in {"articles", "courses", "pictures", "practice"}]
OF_WRITING = ("admin:articles_", "admin:courses_course", "admin:courses_workshop", "admin:guide")
LISTS = AT_DESK + [f"admin:{label.replace('.', '_')}_changelist" for label in ROWS]
FORMS = [
    f"admin:{label.replace('.', '_')}_{PARTS[part]}" for label in WRITTEN for part in "CH" if part in ROWS[label][2]
]
PAGES = [name for name, answers in DESK.items() if answers[-1] == 200 and name.startswith(OF_WRITING)]
AT_ALL = list(dict.fromkeys(FORMS + PAGES + LISTS))  # that somebody opened a form may be noted, and stand in a list
ASKED_AT_DESK = [
    "/admin/autocomplete/?app_label=articles&model_name=article&field_name=picture&term=",
    "/admin/articles/article/pictures/?numbers=1,2,3",
    "/admin/own-pages/?q=grief",
    "/admin/pictures/picture/?q=a",
]
MANY = 4


def asked(client, path: str, before: int | None = None) -> int:
    """What is found once for a process is found before: where that may make a difference, the page is asked twice."""
    first = _asked(client, path)
    return first if first == before else _asked(client, path)


def _asked(client, path: str) -> int:
    reset_queries()  # the log of them holds so many, and no more
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
        if response.streaming:
            list(response)
    assert response.status_code in {200, 302}
    return len(queries)


def add_rows(numbers: range) -> None:
    """More of everything that a page lists, or that it asks for only where there is any."""
    shown = workshop()
    course, article = shown.course, the_article()
    Workshop.objects.filter(pk=shown.pk).update(capacity=shown.capacity + len(numbers))
    for number in numbers:
        day = timezone.localdate() + timedelta(days=200 + number)
        make_crisis_line(name=f"Line {number}", is_in_footer=True)
        other = copy_of(course, f"course-many-{number}")
        course.presenters.add(make_person())
        another_clinician(article)
        article.related_courses.add(other)
        make_article(picture=a_picture(number)).related_courses.add(other)
        Figure.objects.create(article=article, picture=a_picture(number + 100), as_of=timezone.now())
        for of in (course, other):
            each = make_workshop(course=of, day=day)
            make_session(each, day + timedelta(days=1))
            make_ticket_type(each, "Catch-up only", "50.00", access=TicketType.Access.CATCH_UP)
            make_ticket(each)
            WaitingListEntry.objects.create(workshop=each, email="a@example.org", email_key="a@example.org")
            another_order(each)
        another_order(shown)
        more_of_the_sale(the_order().payments.first(), number)
        leave_address(course, email=f"many{number}@example.org")
        SalesExport.objects.create(first_day=day, last_day=day, asked_by=make_user())
        make_session(shown, day)
        make_ticket_type(shown, f"Kind {number}")
        Reference.objects.create(article=article, number=90 + number, authors="A", year=2020, title="T", source="S")
        Claim.objects.create(article=article, number=90 + number, sentence="C", strength="mixed", basis="S [1]")
        keep_rendered(article)
        ArticleChange.objects.create(article=article, words="Mended.")
        add_comment(article, number)
        receive_report(article, words=f"Wrong {number}.", source="", email=f"many{number}@example.org")
        signup.subscribe(email=f"many{number}@example.org", placement="article")
        receive_enquiry(
            Enquiry(name="N", email=f"many{number}@example.org", setting="room", clinician=Person.objects.first())
        )


def add_comment(article: Article, number: int) -> None:
    now = timezone.now()
    reply = {"reply": "Yes.", "reply_by": "author", "replied_at": now}
    row = {"article": article, "status": "published", "decided_at": now}
    Comment.objects.create(name=f"Reader {number}", words="Words.", **row, **reply)
    CommentBlock.objects.create(kind="network", mark=str(number), ends_at=now)


def another_clinician(article: Article) -> None:
    """Who fits whatever the demo's pages are about, with a registration and a fee of their own."""
    person = make_person(is_clinician=True, portrait=Picture.objects.last())
    person.locations.set([*Location.objects.exclude(kind="area"), make_location(picture=Picture.objects.last())])
    person.concerns.set([*Concern.objects.all(), make_concern()])
    person.services.set([*Service.objects.all(), make_service()])
    make_location(kind="area", nearest=Location.objects.offices().first())
    Registration.objects.create(person=Person.objects.clinicians().first(), body="Register", number=str(person.pk))
    make_fee(f"Fee {person.pk}").people.set(Person.objects.clinicians())
    article.services.set(Service.objects.all())
    article.concerns.set(Concern.objects.all())


def a_picture(number: int) -> Picture:
    """A row is enough for whoever shows it."""
    name = f"pictures/{number:032x}.webp"
    picture = {"width": 900, "height": 600, "sizes": [[400, name]], "sizes_of": name}
    return Picture.objects.create(title=f"Many {number}", alt="A gate.", file=name, digest=f"{number:064}", **picture)


def copy_of(course: Course, slug: str) -> Course:
    """With two people who teach it."""
    copy = Course.objects.get(pk=course.pk)
    copy.pk, copy.slug, copy.picture = None, slug, Picture.objects.last()
    copy.save()
    copy.presenters.set([make_person(), make_person()])
    return copy


def another_order(of: Workshop) -> None:
    """By the same buyer, with one place."""
    order = the_order()
    order.pk, order.workshop, order.key, order.secret = None, of, uuid4(), new_secret()
    order.number = f"MANY-{order.secret[:4]}"
    order.save()
    ticket = make_ticket(of, attendee_email=order.buyer_email)
    line = OrderLine.objects.create(order=order, ticket=ticket, description="Place", price=order.total, discount=0)
    RebookingOffer.objects.create(line=line, refund_at=timezone.now())
    payment = the_order().payments.first()
    payment.pk, payment.order, payment.session_id, payment.intent_id = None, order, f"cs_{line.pk}", f"pi_{line.pk}"
    payment.save()
    more_of_the_sale(payment, line.pk)


def more_of_the_sale(payment: Payment, number: int) -> None:
    """A refund, a dispute that was won, and a credit note."""
    refund = Refund.objects.create(
        payment=payment,
        amount="0.01",
        reason="x",
        status=Refund.Status.SUCCEEDED,
        refund_id=f"re_{payment.pk}_{number}",
    )
    Dispute.objects.create(payment=payment, amount=1, dispute_id=f"du_{payment.pk}_{number}", status=Dispute.Status.WON)
    note = the_document()
    note.pk, note.order, note.refund, note.secret = None, payment.order, refund, new_secret()
    note.number = note.key = f"MANY-{refund.pk}"
    note.kind, note.sequence = Document.Kind.CREDIT_NOTE, 10**6 + refund.pk
    note.save()


def the_article() -> Article:
    return Article.objects.get(slug=path_of("articles:article").split("/")[2])


def all_asked(before: dict[str, int]) -> dict[str, int]:
    """By address: the public pages as a stranger sees them, others as the buyer of an order or a superuser does."""
    clients = {enter("anonymous"): PUBLIC_PAGES, enter("owner"): PRIVATE_PAGES, enter("superuser"): AT_ALL}
    found = {
        name: asked(client, path_of(name), before.get(name)) for client, names in clients.items() for name in names
    }
    found |= {path: asked(enter("anonymous"), path, before.get(path)) for path in ASKED_FOR}
    return found | {path: asked(enter("superuser"), path, before.get(path)) for path in ASKED_AT_DESK}


@pytest.fixture(scope="module")
def numbers(site, django_db_blocker) -> tuple[dict[str, int], dict[str, int]]:
    """With the demo's rows and one more of each, and with many more. Nothing is kept but what many pages show."""
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(KEPT_PAGES_SECONDS=0),
    ):
        patch.setattr(kept, "SECONDS", 3600)  # what is found before is known after, however slow the machine
        patch.setattr(staff_sessions, "NOTED_EVERY", timedelta(hours=1))  # nor is noted meanwhile who is still here
        patch.setattr(middleware, "OFTEN", 3600)
        kept.forget()  # what was found while the site was filled ends in seconds
        add_rows(range(1, 2))
        index.renew_all()
        few = all_asked({})
        add_rows(range(2, MANY + 1))
        index.renew_all()
        many = all_asked(few)
        transaction.set_rollback(True)
    return few, many


def test_every_public_page_stands_in_the_table():
    assert sorted(PUBLIC_PAGES) == sorted(PUBLIC)


@pytest.mark.parametrize(("name", "number"), (PUBLIC_PAGES | ASKED_FOR | PRIVATE_PAGES).items())
def test_a_page_asks_a_fixed_number_of_questions(numbers, name, number):
    few, many = numbers

    assert (few[name], many[name]) == (number, number)


@pytest.mark.parametrize("name", AT_ALL + ASKED_AT_DESK)
def test_a_page_of_the_desk_asks_as_many_questions_for_many_rows(numbers, name):
    few, many = numbers

    assert many[name] == few[name]
