from django.conf import settings
from django.db import migrations

MOVED = {
    "sitewords": (
        *("headline", "introduction", "therapy_headline", "therapy_introduction"),
        *("approach", "reply_promise", "fees_note"),
    ),
    "saleterms": (
        *("vat_rate", "refund_free_days", "refund_note"),
        *("takes_invoices", "invoice_days", "invoice_min_days_before", "bank_details"),
    ),
}
ACTIONS = ("view", "add", "change", "delete")
INVOICING = "decide_invoicing_of"


def move(apps, schema_editor):
    practices = apps.get_model("practice", "practice").objects
    for model, columns in MOVED.items():
        rows = apps.get_model("practice", model).objects
        for pk, *values in practices.values_list("pk", *columns):
            rows.update_or_create(pk=pk, defaults=dict(zip(columns, values, strict=True)))


def move_back(apps, schema_editor):
    practices = apps.get_model("practice", "practice").objects
    for model, columns in MOVED.items():
        for pk, *values in apps.get_model("practice", model).objects.values_list("pk", *columns):
            practices.filter(pk=pk).update(**dict(zip(columns, values, strict=True)))


def share_permissions(apps, schema_editor):
    """Whoever might do something to the practice may do it to what was part of it."""
    _share(apps, ACTIONS, of="practice", to="sitewords")
    _share(apps, (*ACTIONS, INVOICING), of="practice", to="saleterms")
    _permissions(apps, [INVOICING], "practice").delete()


def give_back_permission(apps, schema_editor):
    _share(apps, [INVOICING], of="saleterms", to="practice")
    _permissions(apps, [INVOICING], "saleterms").delete()


def _share(apps, actions, *, of, to):
    """A new site has no permissions yet; they are made when it has all its tables."""
    types = apps.get_model("contenttypes", "ContentType").objects
    verbose_name = {name: apps.get_model("practice", name)._meta.verbose_name for name in (of, to)}
    for old in _permissions(apps, actions, of):
        new, _ = type(old).objects.get_or_create(
            content_type=types.get_or_create(app_label="practice", model=to)[0],
            codename=old.codename.removesuffix(of) + to,
            defaults={"name": old.name.replace(verbose_name[of], verbose_name[to])},
        )
        new.group_set.add(*old.group_set.all())
        new.user_set.add(*old.user_set.all())


def _permissions(apps, actions, model):
    codenames = [f"{action}_{model}" for action in actions]
    permissions = apps.get_model("auth", "Permission").objects
    return permissions.filter(content_type__app_label="practice", codename__in=codenames)


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0005_words_and_terms_have_rows_of_their_own"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunPython(move, move_back),
        migrations.RunPython(share_permissions, give_back_permission),
    ]
