from django.db import models


class OldAddress(models.Model):
    """The end of an address that a public page had before. Whoever comes by it is led to where the page is now."""

    model = models.CharField(max_length=60, help_text="Of the page, for example “courses.workshop”.")
    slug = models.CharField(max_length=200)
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "slug"], name="old_address_leads_to_one_page")]

    def __str__(self) -> str:
        return f"{self.model} {self.slug}"
