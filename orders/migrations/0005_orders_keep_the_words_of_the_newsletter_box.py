from django.db import migrations, models

WORDS = "Send me the newsletter. We ask you to confirm it by email."


def write_words(apps, schema_editor):
    apps.get_model("orders", "Order").objects.filter(wants_news=True).update(news_words=WORDS)


def write_ticks(apps, schema_editor):
    apps.get_model("orders", "Order").objects.exclude(news_words="").update(wants_news=True)


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_consents")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="news_words",
            field=models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="In the words that were ticked.",
                max_length=200,
                verbose_name="asked for the newsletter",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="order",
            name="news_asked_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="asked to confirm it"),
        ),
        migrations.RunPython(write_words, write_ticks),
        migrations.RemoveField(model_name="order", name="wants_news"),
    ]
