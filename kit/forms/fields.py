from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.lookups import IContains, IExact

from kit.forms.forms import EmailField as FormField
from kit.guard.addresses import LONGEST, NotDeliverable, as_delivered, delivery_form, email_key
from kit.texts.cover_art import cover


def validate_address(address: str) -> None:
    try:
        delivery_form(address)
    except NotDeliverable as error:
        raise ValidationError(error.reason, code=error.code) from error


ADDRESS = "address of the page"


class AddressField(models.SlugField):
    """The end of the address of a page. People at the desk know no slug."""

    default_error_messages = {"unique": "Another page of its kind has this address. Choose another end."}

    def __init__(self, verbose_name: str = ADDRESS, *args: Any, **kwargs: Any) -> None:
        super().__init__(verbose_name, *args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list, dict]:
        """To migrations it is the stock field: the column is the same."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("verbose_name", None)
        return name, "django.db.models.SlugField", args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        words = {"invalid": "Only letters without accents, digits and hyphens, for example first-session."}
        return super().formfield(**{"error_messages": words, **kwargs})


class EmailField(models.EmailField):
    """An address in its delivery form, however it was typed: so it is stored, and so it is looked for.

    A row from before a rule of delivery_form() can still be saved: what has no such form stays as it stands.
    """

    default_validators = [validate_address]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": LONGEST, **kwargs})

    def deconstruct(self) -> tuple[str, str, list, dict]:
        """To migrations it is the stock field: the column is the same."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        words = {"required": "Enter an email address."}
        return super().formfield(**{"form_class": FormField, "error_messages": words, "autocomplete": "off", **kwargs})

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return self.spelled(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if value := getattr(model_instance, self.attname):
            setattr(model_instance, self.attname, self.spelled(value))
        return super().pre_save(model_instance, add)

    def spelled(self, address: str) -> str:
        return as_delivered(address)


@EmailField.register_lookup
class Contains(IContains):
    """The desk searches by it: an address is found as people write it, a part of one as it stands."""

    prepare_rhs = True


@EmailField.register_lookup
class Exactly(IExact):
    prepare_rhs = True


class LowerCaseEmailField(EmailField):
    """For signing in: allauth looks for small letters alone."""

    def spelled(self, address: str) -> str:
        return email_key(address)


class CoverArtField(models.TextField):
    """The picture drawn from the row's slug on its first save, then kept, so that a printed cover never changes.

    Reads `slug` and, where the model has them, `cover_motif` and `cover_paper`. Emptied, it is drawn anew.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, "blank": True, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if not getattr(model_instance, self.attname):
            motif, paper = (getattr(model_instance, name, "") for name in ("cover_motif", "cover_paper"))
            setattr(model_instance, self.attname, cover(model_instance.slug, motif, paper))
        return super().pre_save(model_instance, add)
