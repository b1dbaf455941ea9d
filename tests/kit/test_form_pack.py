import pytest
from crispy_forms.layout import Div, Fieldset, Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template
from django.test.html import Element, parse_html
from django.utils.html import format_html

from kit.forms.forms import EmailField, PlainHelper, PlainSubmit, QuietForm


class LetterForm(forms.Form):
    error_heading = "Look again"

    name = forms.CharField(label="Your <name>", help_text="As on <your> door.")
    email = EmailField(error_messages={"required": "Enter your address."})
    phone = forms.CharField(label="Phone", required=False)
    where = forms.ChoiceField(
        label="Where", choices=[("room", "In a room"), ("online", "Online")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="Days", choices=[("mon", "Monday")], widget=forms.CheckboxSelectMultiple, required=False
    )
    terms = forms.BooleanField(label=format_html('I accept the <a href="{}">terms</a>', "/terms/"))
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Send")

    def clean(self):
        if self.data.get("name") == "nobody":
            raise forms.ValidationError("We <cannot> take that.")


class CodeForm(QuietForm):
    code = forms.CharField(label="Code")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Apply", look="inline", disable_csrf=True, form_action="/apply/")


class GuestForm(forms.Form):
    name = forms.CharField(label="Name", error_messages={"required": "Who is coming?"})
    meal = forms.ChoiceField(label="Meal", choices=[("a", "A")], widget=forms.RadioSelect)


def elements(node, name=None):
    for child in node.children:
        if isinstance(child, Element):
            if name in (None, child.name):
                yield child
            yield from elements(child, name)


def attributes(element):
    return dict(element.attributes)


def words(node):
    if not isinstance(node, Element):
        return node
    return " ".join(" ".join(words(child) for child in node.children).split())


def with_id(page, identifier):
    (found,) = [element for element in elements(page) if attributes(element).get("id") == identifier]
    return found


def with_class(page, name):
    return [element for element in elements(page) if name in attributes(element).get("class", "").split()]


def ids(page):
    return [attributes(element)["id"] for element in elements(page) if "id" in attributes(element)]


def summary_targets(page):
    (summary,) = with_class(page, "errors")
    return [attributes(link)["href"].removeprefix("#") for link in elements(summary, "a")]


def rendered(form):
    return parse_html(f"<main>{render_crispy_form(form, context={'csrf_token': 'token'})}</main>")


def test_every_label_names_a_control_that_is_there():
    page = rendered(LetterForm())

    targets = [attributes(label)["for"] for label in elements(page, "label")]
    assert targets == ["id_name", "id_email", "id_phone", "id_where_0", "id_where_1", "id_days_0", "id_terms"]
    assert set(targets) <= set(ids(page))
    assert len(ids(page)) == len(set(ids(page)))


def test_only_optional_fields_say_so():
    page = rendered(LetterForm())

    said = [label for label in [*elements(page, "label"), *elements(page, "legend")] if with_class(label, "opt")]
    assert [words(label) for label in said] == ["Phone (optional)", "Days (optional)"]


def test_text_is_escaped_and_a_label_made_safe_keeps_its_link():
    html = render_crispy_form(LetterForm({"name": "nobody"}), context={"csrf_token": "token"})

    assert "Your &lt;name&gt;" in html
    assert "As on &lt;your&gt; door." in html
    assert "We &lt;cannot&gt; take that." in html
    assert 'I accept the <a href="/terms/">terms</a>' in html


def test_an_error_stands_beside_its_field_and_is_wired_to_it():
    page = rendered(LetterForm({"name": ""}))

    field = attributes(with_id(page, "id_name"))
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "id_name_helptext id_name_error"
    assert words(with_id(page, "id_name_helptext")) == "As on <your> door."
    assert words(with_id(page, "id_name_error")) == "Error: This field is required."


def test_an_error_of_a_group_is_wired_to_its_fieldset():
    page = rendered(LetterForm({"name": "Noor"}))

    group = with_id(page, "div_id_where")
    assert (group.name, attributes(group)["aria-describedby"]) == ("fieldset", "id_where_error")
    assert words(next(elements(group, "legend"))) == "Where"


def test_summary_links_to_the_fields_that_need_another_look():
    page = rendered(LetterForm({"name": ""}))

    (summary,) = with_class(page, "errors")
    assert words(next(elements(summary, "h2"))) == "Look again"
    assert attributes(summary)["aria-labelledby"] == attributes(next(elements(summary, "h2")))["id"]
    assert summary_targets(page) == ["id_name", "id_email", "id_where_0", "id_terms"]
    assert set(summary_targets(page)) <= set(ids(page))


def test_an_error_of_the_whole_form_stands_in_the_summary():
    filled = {"name": "nobody", "email": "a@example.org", "where": "room", "terms": "on"}

    page = rendered(LetterForm(filled))

    (summary,) = with_class(page, "errors")
    assert [words(item) for item in elements(summary, "li")] == ["We <cannot> take that."]


def test_a_quiet_form_has_no_summary_for_its_one_field():
    page = rendered(CodeForm({"code": ""}))

    assert with_class(page, "errors") == []
    assert words(with_id(page, "id_code_error")) == "Error: This field is required."
    assert "autofocus" in attributes(with_id(page, "id_code"))
    assert "autofocus" not in attributes(with_id(rendered(CodeForm()), "id_code"))


def test_a_quiet_form_still_says_what_belongs_to_no_field():
    form = CodeForm({"code": "SPRING"})
    form.add_error(None, "This workshop is full.")

    page = rendered(form)

    (summary,) = with_class(page, "errors")
    assert [words(item) for item in elements(summary, "li")] == ["This workshop is full."]


def test_a_form_is_sent_once_by_a_button_without_a_name():
    page = rendered(LetterForm())

    (form,) = elements(page, "form")
    (button,) = elements(page, "button")
    assert attributes(form) == {"class": "form", "data-once": "", "method": "post", "novalidate": None}
    assert attributes(button) == {"class": "button", "type": "submit"}
    assert words(button) == "Send"


def test_a_form_with_session_carries_its_token_and_no_honeypot():
    page = rendered(LetterForm())

    names = {attributes(field).get("name") for field in elements(page, "input")}
    assert "csrfmiddlewaretoken" in names
    assert "nothing_here" not in names


def test_an_anonymous_form_carries_a_honeypot_and_no_token():
    page = rendered(CodeForm())

    (form,) = elements(page, "form")
    names = [attributes(field).get("name") for field in elements(page, "input")]
    assert attributes(form)["action"] == "/apply/"
    assert names == ["code", "nothing_here"]
    assert attributes(with_class(page, "trap")[0])["aria-hidden"] == "true"


def test_layout_puts_fields_into_named_groups():
    form = LetterForm()
    form.helper.layout = Layout(
        Fieldset("About you", "name", "email", css_id="about"),
        Div("where", "terms", css_class="row"),
        PlainSubmit("Keep a draft", name="draft", line=True),
    )

    page = rendered(form)

    group = with_id(page, "about")
    draft, send = elements(page, "button")
    assert words(next(elements(group, "legend"))) == "About you"
    assert [attributes(field)["id"] for field in elements(group, "input")] == ["id_name", "id_email"]
    assert attributes(draft) == {
        "class": "button button--line",
        "name": "draft",
        "type": "submit",
        "value": "Keep a draft",
    }
    assert words(send) == "Send"


def formset(data=None, **options):
    guests = forms.formset_factory(GuestForm, extra=2, **options)(data, prefix="guests")
    guests.helper = PlainHelper(None, "Carry on")
    guests.item_label = "Guest"
    return guests


def empty_guests(count):
    empty = {"guests-TOTAL_FORMS": count, "guests-INITIAL_FORMS": count}
    return empty | {f"guests-{number}-name": "Noor" if number == 0 else "" for number in range(count)}


def test_each_form_of_a_set_is_a_group_with_ids_of_its_own():
    page = rendered(formset())

    assert [words(legend) for legend in elements(page, "legend")] == ["Guest 1", "Meal", "Guest 2", "Meal"]
    assert len(elements_ids := ids(page)) == len(set(elements_ids))
    assert {"id_guests-TOTAL_FORMS", "id_guests-0-name", "id_guests-1-meal_0"} <= set(elements_ids)


def test_summary_of_a_set_links_into_every_form():
    page = rendered(formset(empty_guests(2)))

    assert summary_targets(page) == ["id_guests-0-meal_0", "id_guests-1-name", "id_guests-1-meal_0"]
    assert set(summary_targets(page)) <= set(ids(page))


def test_an_error_of_the_whole_set_stands_in_the_summary():
    data = empty_guests(1) | {"guests-0-meal": "a"}

    page = rendered(formset(data, min_num=2, validate_min=True))

    (summary,) = with_class(page, "errors")
    assert words(next(elements(summary, "li"))) == "Please submit at least 2 forms."


def test_deleting_an_entry_is_not_called_optional():
    page = rendered(formset(can_delete=True))

    said = [words(label) for label in elements(page, "label") if attributes(label)["for"] == "id_guests-0-DELETE"]
    assert said == ["Delete"]


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ form|crispy }}", ["id_guests-name", "id_guests-meal_0"]),
        ("{{ form.name|as_crispy_field }}", ["id_guests-name"]),
    ],
)
def test_filters_render_with_the_same_pack(template, shown):
    form = GuestForm(prefix="guests")

    html = Template("{% load crispy_forms_tags %}<main>" + template + "</main>").render(Context({"form": form}))

    page = parse_html(html)
    assert [attributes(field)["id"] for field in elements(page, "input")] == shown
    assert len(with_class(page, "field")) == len(shown)


def test_filter_renders_a_set_with_its_errors():
    html = Template("{% load crispy_forms_tags %}{{ guests|crispy }}").render(
        Context({"guests": formset(empty_guests(2))})
    )

    page = parse_html(f"<main>{html}</main>")
    assert len(with_class(page, "errors")) == 1
    assert len(list(elements(page, "legend"))) == 4
