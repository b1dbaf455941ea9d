from django.db import models


class VatTreatment(models.TextChoices):
    """Of a place as it was sold; the editors' choice for a ticket type, and nothing where the practice charges none."""

    STANDARD = "standard", "VAT included"
    EXEMPT = "exempt", "exempt from VAT"
    ZERO = "zero", "zero-rated"
    OUTSIDE = "outside", "outside the scope of VAT"
    NOT_REGISTERED = "not_registered", "not registered for VAT"
