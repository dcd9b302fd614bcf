"""Numbers of contracts and receipts: a series of each for each institution and year."""

from django.db import models

from teams.models import Institution


class NumberSeries(models.Model):
    """The last number that an institution gave to a contract or receipt of a year; a row is made with its first."""

    class Kind(models.TextChoices):
        CONTRACT = "contract"
        RECEIPT = "receipt"

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CONTRACT, db_default=Kind.CONTRACT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="contracts_numberseries_once", fields=["institution", "kind", "year"]),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year}: {self.last}"
