"""Funds (经费) and the rules by which they are shared out (docs/rules.md 8)."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service_packages.models import Package, Payer
from teams.history import track_history
from teams.models import Staff
from teams.versions import Version, part_stays, version_stays

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from teams.models import User
    from teams.models.accounts import SystemAccount

_PARTS = (part_stays("assessments_fundversion"),)


def percent(name: "_StrOrPromise", default: str) -> models.DecimalField:
    """A share in per cent."""
    return models.DecimalField(name, max_digits=5, decimal_places=2, default=Decimal(default))


def factor(name: "_StrOrPromise", default: str = "1.0000") -> models.DecimalField:
    """A coefficient or a weight."""
    return models.DecimalField(name, max_digits=7, decimal_places=4, default=Decimal(default))


class FundQuerySet(models.QuerySet):
    """How money is shared out is no secret; whose amounts one sees is a line's."""

    def visible_to(self, user: "User | SystemAccount") -> "FundQuerySet":
        """All rows for an account with a role, none otherwise."""
        return self if user.roles else self.none()


@track_history()
class Fund(models.Model):
    """Money for the service; how it is shared out stands in its versions."""

    code = models.CharField(_("fund code"), max_length=40, unique=True)
    name = models.CharField(_("fund name"), max_length=80)

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = _("fund")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


@track_history()
class FundVersion(Version):
    """One rule of a fund: who gives what, by what it is shared out, what quality does to it, and who gets it."""

    class Method(models.TextChoices):
        POOL = "pool", _("a fixed pool for the period")
        RATE = "rate", _("an amount for each person and year")

    class Receiver(models.TextChoices):
        TEAM = "team", _("teams")
        INSTITUTION = "institution", _("institutions")

    class Quality(models.TextChoices):
        NONE = "none", _("no coefficient")
        GRADE = "grade", _("by grade")
        SCORE = "score", _("score ÷ 100")

    class Withheld(models.TextChoices):
        SHARED = "redistributed", _("shared among all by basis and quality")
        BACK = "returned", _("goes back to the payers")
        BONUS = "excellent", _("shared among the excellent")

    class Clawback(models.TextChoices):
        REPAY = "repay", _("is paid back")
        CARRY = "carry", _("is deducted in the next period")

    class Work(models.TextChoices):
        MONTHS = "months", _("months in the team")
        SERVICES = "services", _("services given")

    fund = models.ForeignKey(Fund, models.CASCADE, related_name="versions")
    paper = models.CharField(_("document it follows"), max_length=200, blank=True)
    method = models.CharField(_("amount"), max_length=10, choices=Method, default=Method.POOL)
    receiver = models.CharField(_("goes to"), max_length=12, choices=Receiver, default=Receiver.TEAM)
    other_weight = factor(_("weight of other packages"))
    quality = models.CharField(_("quality coefficient"), max_length=10, choices=Quality, default=Quality.GRADE)
    excellent = factor(_("coefficient of excellent"))
    good = factor(_("coefficient of good"), "0.9500")
    passed = factor(_("coefficient of pass"), "0.8000")
    failed = factor(_("coefficient of fail"), "0.5000")
    unassessed = factor(_("coefficient without assessment"))
    withheld = models.CharField(_("what quality withholds"), max_length=14, choices=Withheld, default=Withheld.SHARED)
    prepaid_share = percent(_("prepaid (%)"), "0.00")
    staff_share = percent(_("for the staff (%)"), "70.00")
    clawback = models.CharField(_("what was prepaid too much"), max_length=10, choices=Clawback, default=Clawback.REPAY)
    work = models.CharField(_("work of a member"), max_length=10, choices=Work, default=Work.MONTHS)
    # A capitation of outpatient funds bears its patients' visits, and pays hospitals for those referred.
    is_capitation = models.BooleanField(_("bears the outpatient visits"), default=False)
    cost_share = percent(_("share of visits borne (%)"), "100.00")
    referral_fee = models.DecimalField(
        _("paid on for each patient referred"), max_digits=10, decimal_places=2, default=Decimal("0.00")
    )
    kept_share = percent(_("surplus kept (%)"), "100.00")

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of a fund")
        ordering = ("fund__code", "-number")
        triggers = (version_stays(),)
        constraints = (
            models.UniqueConstraint(name="assessments_fundversion_number", fields=["fund", "number"]),
            models.UniqueConstraint(
                name="assessments_fundversion_one_published", fields=["fund"], condition=Q(status="published")
            ),
            models.UniqueConstraint(
                name="assessments_fundversion_one_draft", fields=["fund"], condition=Q(status="draft")
            ),
            models.CheckConstraint(
                name="assessments_fundversion_shares",
                condition=Q(prepaid_share__range=(0, 100), staff_share__range=(0, 100))
                & Q(cost_share__range=(0, 100), kept_share__range=(0, 100), referral_fee__gte=0),
            ),
            models.CheckConstraint(
                name="assessments_fundversion_factors",
                condition=Q(other_weight__gte=0, excellent__gte=0, good__gte=0, passed__gte=0)
                & Q(failed__gte=0, unassessed__gte=0),
            ),
            # A rate that is shared out again would be no rate.
            models.CheckConstraint(
                name="assessments_fundversion_rate_is_not_shared",
                condition=~Q(method="rate", withheld="redistributed") | Q(quality="none"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.fund} v{self.number}"

    @property
    def total(self) -> Decimal:
        """What the payers give in all: for the period, or a person and year."""
        return sum((row.amount for row in self.payers.all()), Decimal("0.00"))


@track_history()
class FundPayer(models.Model):
    """What a payer gives: yuan for the whole period of a pool, or a person and year."""

    version = models.ForeignKey(FundVersion, models.CASCADE, related_name="payers")
    payer = models.CharField(_("payer"), max_length=24, choices=Payer)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta:
        ordering = ("id",)
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="assessments_fundpayer_once", fields=["version", "payer"]),
            models.CheckConstraint(name="assessments_fundpayer_amount", condition=Q(amount__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.payer} {self.amount}"


@track_history()
class PackageWeight(models.Model):
    """What a covered month counts when the person holds the package; of several packages the highest one."""

    version = models.ForeignKey(FundVersion, models.CASCADE, related_name="package_weights")
    package = models.ForeignKey(Package, models.PROTECT, related_name="+")
    weight = factor(_("weight"))

    class Meta:
        ordering = ("package__code",)
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="assessments_packageweight_once", fields=["version", "package"]),
            models.CheckConstraint(name="assessments_packageweight_weight", condition=Q(weight__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.package_id} {self.weight}"


@track_history()
class JobWeight(models.Model):
    """What a role counts inside a team; those not named count 1."""

    version = models.ForeignKey(FundVersion, models.CASCADE, related_name="job_weights")
    job = models.CharField(_("role"), max_length=20, choices=Staff.Job)
    weight = factor(_("weight"))

    class Meta:
        ordering = ("id",)
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="assessments_jobweight_once", fields=["version", "job"]),
            models.CheckConstraint(name="assessments_jobweight_weight", condition=Q(weight__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.job} {self.weight}"
