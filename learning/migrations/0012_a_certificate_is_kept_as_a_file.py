import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def delete_bundles(apps, schema_editor):
    """Their files were theirs alone, for two days; whoever needs one asks for it again, and it is made of kept files."""
    apps.get_model("learning", "CertificateBundle").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0011_a_certificate_for_a_whole_series"),
    ]

    operations = [
        migrations.DeleteModel(name="CertificateFile"),
        migrations.RunPython(delete_bundles, migrations.RunPython.noop),
        migrations.CreateModel(
            name="CertificateFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("paper", models.CharField(max_length=10)),
                ("content", models.BinaryField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="learning.certificate",
                    ),
                ),
            ],
            options={
                "ordering": ["certificate", "paper"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("certificate", "paper"), name="certificate_file_is_made_once_for_a_paper"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="certificatebundle",
            name="files",
            field=models.ManyToManyField(related_name="+", to="learning.certificatefile"),
        ),
        migrations.AddField(
            model_name="certificatebundle",
            name="refused",
            field=models.ManyToManyField(
                help_text="Those for whose name the server has no font.", related_name="+", to="learning.certificate"
            ),
        ),
    ]
