"""The status of a workshop or an article is changed by actions alone: no form of the desk has it, none writes it."""

import pytest
from django.contrib import admin

from articles.models import Article
from courses.models import Workshop
from tests.builders import make_article, make_practice, make_user, make_workshop
from tests.desk_forms import open_form, save

pytestmark = pytest.mark.django_db
GUARDED = {Article, Workshop}
INSIDE = {Workshop: ["sessions", "ticket_types"], Article: ["references"]}
MAKE = {
    Workshop: lambda status: make_workshop(status=status, capacity=10),
    Article: lambda status: make_article(status=status),
}
EVERY_STATUS = [(model, before, after) for model in MAKE for before in model.Status for after in model.Status]


@pytest.fixture
def owner(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def forms_of(model_admin, request, row):
    """Each form that an admin may show: to add, to change, in its list, and those within it."""
    if model_admin.has_add_permission(request):
        yield model_admin.model, model_admin.get_form(request, None, change=False)
    yield model_admin.model, model_admin.get_form(request, row, change=True)
    if model_admin.list_editable:
        yield model_admin.model, model_admin.get_changelist_formset(request).form
    for inline in model_admin.get_inline_instances(request, row):
        yield inline.model, inline.get_formset(request, row).form


def test_no_form_of_the_desk_has_the_status_of_a_workshop_or_an_article(owner):
    request = owner.get("/admin/articles/topic/").wsgi_request
    found, looked_at = [], set()

    for model, model_admin in admin.site._registry.items():
        row = MAKE[model]("draft") if model in MAKE else None
        for of, form in forms_of(model_admin, request, row):
            looked_at.add(of)
            if of in GUARDED and "status" in form.base_fields:
                found.append((model_admin, form))

    assert (found, looked_at >= GUARDED) == ([], True)


def test_no_action_of_a_list_and_no_cell_of_it_writes_a_status(owner):
    request = owner.get("/admin/").wsgi_request
    admins = [model_admin for model, model_admin in admin.site._registry.items() if model in GUARDED]

    assert [[*each.get_actions(request)] for each in admins] == [["delete_selected"]] * 2
    assert [each.list_editable for each in admins] == [()] * 2


@pytest.mark.parametrize(("model", "before", "after"), EVERY_STATUS)
def test_a_status_that_is_posted_with_a_form_changes_nothing(owner, model, before, after):
    row = MAKE[model](before)
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/"

    response = save(owner, path, status=after, slug="saved")

    stored = model.objects.get(pk=row.pk)
    assert (response.status_code, open_form(owner, path)["slug"], stored.status) == (302, ["saved"], before)


@pytest.mark.parametrize(("model", "after"), [(model, after) for model in MAKE for after in model.Status])
def test_whatever_is_posted_a_new_row_is_a_draft(owner, model, after):
    row = MAKE[model]("draft")
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    sent = open_form(owner, f"{path}{row.pk}/change/") | {"status": after, "slug": "new"}
    empty = {f"{name}-{kind}_FORMS": "0" for name in INSIDE[model] for kind in ("TOTAL", "INITIAL")}

    response = owner.post(f"{path}add/", sent | empty)

    assert (response.status_code, model.objects.get(slug="new").status) == (302, "draft")


@pytest.mark.parametrize("model", MAKE)
@pytest.mark.parametrize("after", ["published", "cancelled"])
def test_a_list_that_is_sent_as_if_its_cells_could_be_edited_changes_nothing(owner, model, after):
    row = MAKE[model]("draft")
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": row.pk, "form-0-status": after}

    owner.post(path, sent | {"_save": "Save"})

    assert model.objects.get(pk=row.pk).status == "draft"
