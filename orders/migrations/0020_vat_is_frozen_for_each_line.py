from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import django.db.models.expressions
from django.db import migrations, models

AT_ONCE = 500
PENNY = Decimal("0.01")


def freeze_what_was_sold(apps, schema_editor):
    """As it stands on the receipts: worked out once of each order's sum under one rate, then shared out."""
    lines = apps.get_model("orders", "OrderLine").objects.using(schema_editor.connection.alias)
    taxed = lines.filter(vat_rate__gt=0)
    last = 0
    while orders := sorted(set(taxed.filter(order__gt=last).order_by("order").values_list("order", flat=True)[:AT_ONCE])):
        found, groups = list(taxed.filter(order__in=orders).order_by("pk")), {}
        for line in found:
            groups.setdefault((line.order_id, line.vat_treatment, line.vat_rate), []).append(line)
        for group in groups.values():
            _share(group)
        lines.bulk_update(found, ["vat"], batch_size=AT_ONCE)
        last = orders[-1]


def _share(lines):
    gross = sum(line.price - line.discount for line in lines)
    rate = lines[0].vat_rate
    left = (gross * rate / (100 + rate)).quantize(PENNY, ROUND_HALF_UP)
    exact = [left * (line.price - line.discount) / (gross or 1) for line in lines]
    for line, each in zip(lines, exact):
        line.vat = each.quantize(PENNY, ROUND_DOWN)
        left -= line.vat
    for _, line in sorted(zip(exact, lines), key=lambda pair: pair[1].vat - pair[0]):
        if left > 0:
            line.vat += PENNY
            left -= PENNY


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0008_what_people_booked_and_what_became_of_it'),
        ('orders', '0019_findings_of_the_books_are_seen'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='vat',
            field=models.DecimalField(decimal_places=2, default=Decimal('0'), editable=False, help_text="As sold: the lines add up to the order's.", max_digits=10, verbose_name='VAT in it'),
        ),
        migrations.RunPython(freeze_what_was_sold, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('vat__gte', 0), ('vat__lte', django.db.models.expressions.CombinedExpression(models.F('price'), '-', models.F('discount')))), name='order_line_vat_is_within_it'),
        ),
    ]
