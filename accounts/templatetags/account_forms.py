from django import forms, template

register = template.Library()


@register.filter
def without_placeholders(form: forms.Form) -> forms.Form:
    """The account forms repeat their labels in the fields; ours say a thing once."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form
