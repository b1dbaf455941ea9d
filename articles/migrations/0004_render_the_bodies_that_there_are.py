from django.db import migrations

from kit.texts import rich_text

AT_ONCE = 100


def render_bodies(apps, schema_editor):
    """By the renderer of the day on which this runs; what a later one would make otherwise is known by its fingerprint."""
    articles = apps.get_model("articles", "Article").objects
    keys = list(articles.order_by("pk").values_list("pk", flat=True))
    for index in range(0, len(keys), AT_ONCE):
        batch = articles.filter(pk__in=keys[index : index + AT_ONCE])
        for article in batch.only("body").prefetch_related("references"):
            numbers = [reference.number for reference in article.references.all()]
            rendered = rich_text.render(article.body, references=numbers)
            article.body_html = rendered.html
            article.contents = [[heading.anchor, heading.text] for heading in rendered.contents]
            article.rendered_from = rich_text.fingerprint(article.body, references=numbers)
            article.save(update_fields=["body_html", "contents", "rendered_from"])


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_bodies_are_kept_as_readers_get_them")]
    operations = [migrations.RunPython(render_bodies, migrations.RunPython.noop)]
