from django.db import migrations

SOURCE = "order "


def write_moments(apps, schema_editor):
    """Whoever was asked is not asked again."""
    orders = apps.get_model("orders", "Order").objects
    for event in apps.get_model("newsletter", "ConsentEvent").objects.filter(source__startswith=SOURCE).iterator():
        orders.filter(number=event.source.removeprefix(SOURCE)).update(news_asked_at=event.happened_at)


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0003_addresses_in_delivery_form"),
        ("orders", "0005_orders_keep_the_words_of_the_newsletter_box"),
    ]
    operations = [migrations.RunPython(write_moments, migrations.RunPython.noop)]
