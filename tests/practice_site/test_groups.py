import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from practice_site.groups import EDITORS, GROUPS, ORGANISERS, set_up_groups
from tests.builders import make_sale_terms, make_user

pytestmark = pytest.mark.django_db

# What editors of words must not see: who came, who paid, who asked for help, who reads.
PRIVATE = [
    *("courses.announcement", "courses.courseinterest", "courses.ticket", "courses.waitinglistentry"),
    "courses.serieswaitingentry",
    *("practice.enquiry", "outbox.message", "accounts.user"),
    "accounts.auditentry",
    *("orders.order", "orders.orderline", "orders.payment", "orders.refund", "orders.stripeevent"),
    *("orders.document", "orders.series"),
    "orders.dispute",
    *("orders.discount", "orders.discountcode"),
    *("newsletter.subscriber", "newsletter.consentevent", "newsletter.signupoffer"),
]


@pytest.mark.parametrize("name", [f"{label} {action}" for label, actions in ORGANISERS.items() for action in actions])
def test_each_named_permission_exists(name):
    label, action = name.split()
    app, model = label.split(".")

    assert Permission.objects.filter(content_type__app_label=app, codename=f"{action}_{model}").count() == 1


def test_setting_up_twice_changes_nothing_and_takes_back_what_was_added(capsys):
    call_command("set_up_groups")
    Group.objects.get(name="Editors").permissions.add(Permission.objects.get(codename="view_enquiry"))

    call_command("set_up_groups")

    assert Group.objects.count() == len(GROUPS)
    for name, matrix in GROUPS.items():
        assert Group.objects.get(name=name).permissions.count() == sum(map(len, matrix.values()))


@pytest.mark.parametrize("label", PRIVATE)
def test_editors_see_nothing_private(label):
    set_up_groups()
    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    app, model = label.split(".")

    assert not any(editor.has_perm(f"{app}.{action}_{model}") for action in ("view", "add", "change", "delete"))


def test_organisers_may_do_what_editors_may():
    assert [label for label, actions in EDITORS.items() if not set(actions) <= set(ORGANISERS[label])] == []


def test_enquiries_are_for_clinicians_and_clinicians_for_nothing_else(client):
    set_up_groups()
    users = {name: make_user(f"{name}@withyrooms.example", is_staff=True) for name in GROUPS}
    for name, user in users.items():
        user.groups.add(Group.objects.get(name=name))

    assert [name for name, user in users.items() if user.has_module_perms("practice")] == list(GROUPS)
    assert [name for name, user in users.items() if user.has_perm("practice.view_enquiry")] == ["Clinicians"]
    assert {each.split("_")[1] for each in users["Clinicians"].get_all_permissions()} == {"enquiry", "answertext"}


def test_reviewers_read_articles_and_change_nothing():
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewers"))

    assert user.get_all_permissions() == {
        *(f"articles.view_{name}" for name in ("article", "reference", "claim", "articlechange")),
        *("practice.view_person", "pictures.view_picture"),
    }


@pytest.mark.parametrize(("group", "now"), [("Editors", "Sort code 1"), ("Organisers", "Sort code 2")])
def test_where_organisations_send_their_money_is_for_organisers(client, group, now):
    terms = make_sale_terms(takes_invoices=True, bank_details="Sort code 1")
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    fields = {name: value for name, value in vars(terms).items() if name[0] != "_" and value is not None}
    no_steps = {"refund_tiers-TOTAL_FORMS": "0", "refund_tiers-INITIAL_FORMS": "0"}

    posted = fields | no_steps | {"refund_note": "Other words", "bank_details": "Sort code 2"}
    client.post("/admin/practice/saleterms/1/change/", posted)

    terms.refresh_from_db()
    assert (terms.refund_note, terms.bank_details) == ("Other words", now)


@pytest.mark.parametrize(
    "label",
    [
        *("orders.payment", "orders.refund", "orders.dispute", "orders.orderline", "orders.document", "orders.series"),
        *("newsletter.consentevent", "accounts.auditentry"),
    ],
)
def test_money_and_consent_are_facts_that_nobody_in_a_group_writes(label):
    assert ORGANISERS[label] == ("view",)


@pytest.mark.parametrize("group", GROUPS)
def test_a_row_is_named_without_a_link_to_a_page_that_the_group_may_not_open(group):
    """Django links whatever a column points at."""
    matrix, shut = GROUPS[group], []
    for model, page in admin.site._registry.items():
        if "view" not in matrix.get(model._meta.label_lower, ()):
            continue
        for name in set(flatten_fieldsets(page.fieldsets or [(None, {"fields": page.fields or []})])):
            field = next(
                (each for each in model._meta.concrete_fields if each.name == name and each.remote_field), None
            )
            is_read = name in page.readonly_fields or "change" not in matrix[model._meta.label_lower]
            if field and is_read and field.related_model in admin.site._registry:
                label = field.related_model._meta.label_lower
                shut += [f"{model._meta.label}.{name}"] if "view" not in matrix.get(label, ()) else []

    assert shut == []
