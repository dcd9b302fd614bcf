"""What dated rows share: a half-open period `from_on` <= day < `to_on` (empty: still so)."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

# "Since always": the first day of a fact whose beginning nobody recorded.
BEGINNING = date(1900, 1, 1)


class DatedQuerySet(models.QuerySet):
    """Rows that hold from a day to a day."""

    def on(self, day: date | F) -> "DatedQuerySet":
        """Rows that hold on `day`, which may be a field of theirs or of an outer query."""
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


class Dated(models.Model):
    """A fact that holds on the days from `from_on` to the day before `to_on`."""

    from_on = models.DateField(_("from"), default=BEGINNING)
    to_on = models.DateField(_("until (exclusive)"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


class DateRange(Func):
    """`daterange(from, to)` for exclusion constraints: half-open, empty `to` is open."""

    function = "daterange"


def one_at_a_time(name: str, *fields: str) -> ExclusionConstraint:
    """A constraint: for the same `fields`, periods never overlap."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((field, RangeOperators.EQUAL) for field in fields),
            (DateRange(F("from_on"), F("to_on")), RangeOperators.OVERLAPS),
        ],
    )


def ordered(name: str) -> models.CheckConstraint:
    """A constraint: a period doesn't end before it begins."""
    return models.CheckConstraint(name=name, condition=Q(to_on=None) | Q(to_on__gte=F("from_on")))
