from django.db import migrations
from django.db.models import Max, Min, OuterRef, Subquery

AT_ONCE = 500


def read_sessions(apps, schema_editor):
    workshops, sessions = apps.get_model("courses", "Workshop").objects, apps.get_model("courses", "Session").objects
    its = sessions.filter(workshop=OuterRef("pk")).order_by().values("workshop")
    starts_at, ends_at = its.annotate(first=Min("starts_at")), its.annotate(last=Max("ends_at"))
    keys = list(workshops.order_by("pk").values_list("pk", flat=True))
    for index in range(0, len(keys), AT_ONCE):
        workshops.filter(pk__in=keys[index : index + AT_ONCE]).update(
            starts_at=Subquery(starts_at.values("first")), ends_at=Subquery(ends_at.values("last"))
        )


class Migration(migrations.Migration):
    dependencies = [("courses", "0005_workshops_know_when_they_are")]
    operations = [migrations.RunPython(read_sessions, migrations.RunPython.noop)]
