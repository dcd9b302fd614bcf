"""Contract numbers: a series for each institution and year."""

from django.db import models

from teams.models import Institution


class NumberSeries(models.Model):
    """The last number that an institution gave to a contract of a year; a row is made with its first."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(name="contracts_numberseries_once", fields=["institution", "year"]),)

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year}: {self.last}"
