from django.db import models


class Redirect(models.Model):
    """An address of an earlier site, or one that was printed somewhere, and where its visitors are led."""

    MOST = 2000  # all are kept in each process

    old = models.CharField(
        "old address",
        max_length=300,
        unique=True,
        error_messages={"unique": "This address is in the list already."},
        help_text="As it was, for example “/about-us.html”, or copied from a browser. A slash at its end and large "
        "letters make no difference. With a query, such as “/blog?p=12”, it counts for that query alone.",
    )
    new = models.CharField(
        "leads to",
        max_length=300,
        help_text="A page of this site that is there now, for example “/therapy/”.",
    )
    note = models.CharField(max_length=120, blank=True, help_text="For yourselves: where people have it from.")
    created_at = models.DateTimeField("since", auto_now_add=True)

    class Meta:
        ordering = ["old"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(old=models.F("new")),
                name="redirect_leads_elsewhere",
                violation_error_message="This address would lead to itself.",
            )
        ]

    def __str__(self) -> str:
        return self.old
