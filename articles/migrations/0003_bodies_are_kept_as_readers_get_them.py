from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_status_is_no_form_field")]
    operations = [
        migrations.AddField(
            "article",
            "body_html",
            models.TextField(blank=True, default="", editable=False, help_text="The body as readers get it."),
            preserve_default=False,
        ),
        migrations.AddField(
            "article",
            "contents",
            models.JSONField(default=list, editable=False, help_text="Anchor and words of each of its headings."),
        ),
        migrations.AddField(
            "article",
            "rendered_from",
            models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="The fingerprint of what these two were made from.",
                max_length=64,
            ),
            preserve_default=False,
        ),
    ]
