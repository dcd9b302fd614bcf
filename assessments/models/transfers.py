"""What payers transferred for a period, and the year's public health fund: the money that comes in."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.months import Revision
from service_packages.models import Payer
from teams.history import track_history

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount


class DistrictQuerySet(models.QuerySet):
    """What the bureau receives."""

    def visible_to(self, user: "User | SystemAccount") -> "DistrictQuerySet":
        """All for the bureau, nothing for others."""
        return self if user.scope.is_district else self.none()


@track_history()
class Transfer(models.Model):
    """Money that a payer transferred for its share of fees, for whole months (firsts, both in it)."""

    payer = models.CharField(_("payer"), max_length=24, choices=Payer)
    from_month = models.DateField(_("from month"))
    to_month = models.DateField(_("to month"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    transferred_on = models.DateField(_("transferred on"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_by = models.CharField(max_length=150)

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        ordering = ("-transferred_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="assessments_transfer_whole_months",
                condition=Q(from_month__day=1, to_month__day=1, to_month__gte=F("from_month")),
            ),
            models.CheckConstraint(name="assessments_transfer_something", condition=~Q(amount=0)),
        )

    def __str__(self) -> str:
        return f"{self.payer} {self.amount}"


class Due(models.Model):
    """What a payer owes by the charges of those covered in a frozen month: their yuan a year, of which the month is a
    twelfth. Kept when the month is frozen (`assessments.actions.transfers.keep_dues`)."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="dues")
    payer = models.CharField(_("payer"), max_length=24, choices=Payer)
    a_year = models.DecimalField(_("yuan a year"), max_digits=16, decimal_places=2)

    objects = DistrictQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(name="assessments_due_once", fields=["revision", "payer"]),)

    def __str__(self) -> str:
        return f"{self.revision_id} {self.payer} {self.a_year}"


@track_history()
class HealthFund(models.Model):
    """The basic public health fund of a year: how much of it reaches the service is checked against a floor."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("public health fund of a year")
        ordering = ("-year",)
        constraints = (models.CheckConstraint(name="assessments_healthfund_amount", condition=Q(amount__gt=0)),)

    def __str__(self) -> str:
        return f"{self.year}: {self.amount}"
