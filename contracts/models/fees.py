"""What was paid, waived and given back of the fees that coverages owe (docs/fees.md).

What is owed isn't stored: the view `contracts_due` derives it from the charges that signing copied.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Contract, Coverage
from service_packages.models import Payer
from teams.history import track_history
from teams.models import Team

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount


class FeeQuerySet(models.QuerySet):
    """Entries by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "FeeQuerySet":
        """Entries of contracts that the account sees."""
        if not user.scope.identities:
            return self.none()
        team = "coverage__contract__team"
        return self.filter(user.scope.where_team(f"{team}_id", f"{team}__institution_id"))

    def standing(self) -> "FeeQuerySet":
        """Those that count: not cancelled."""
        return self.filter(cancelled_at=None)


@track_history()
class FeeEntry(models.Model):
    """One movement of a payer's account for a coverage, in yuan. Entries are cancelled, never changed or deleted.

    `number` is that of the receipt; the entries of one household's receipt share it, and those
    of one payment for many contracts. What is taken off a waiver because the coverage ended early follows by itself
    (contracts.actions.waivers). What is carried goes out of a coverage and into the one that follows it, when team or
    packages change in mid-term.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        WAIVER = "waiver", _("fee waived")
        WAIVER_CUT = "waiver_cut", _("waiver of what is owed no longer")
        REFUND = "refund", _("refund")
        CARRIED_OUT = "carried_out", _("carried to the next contract")
        CARRIED_IN = "carried_in", _("carried from the contract before")

    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="fee_entries")
    payer = models.CharField(_("payer"), max_length=24, choices=Payer)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    on = models.DateField(_("on"))
    number = models.CharField(_("receipt number"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)
    entered_on = models.DateField()
    entered_by = models.CharField(max_length=150)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    cancelled_reason = models.CharField(max_length=200, blank=True)

    objects = FeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("fee entry")
        ordering = ("on", "id")
        indexes = (
            models.Index(name="contracts_feeentry_on", fields=["on"]),
            models.Index(name="contracts_feeentry_entered", fields=["entered_at"]),
            models.Index(
                name="contracts_feeentry_payments",
                fields=["on"],
                condition=Q(kind="receipt") & ~Q(payer="resident"),
            ),
            models.Index(
                name="contracts_feeentry_cancelled", fields=["cancelled_at"], condition=Q(cancelled_at__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                name="contracts_feeentry_number_once", fields=["number", "coverage", "payer"], condition=~Q(number="")
            ),
            models.CheckConstraint(name="contracts_feeentry_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="contracts_feeentry_receipt_has_number",
                condition=Q(kind="receipt") & ~Q(number="") | ~Q(kind="receipt") & Q(number=""),
            ),
            models.CheckConstraint(
                name="contracts_feeentry_reason_given", condition=~Q(kind__in=["waiver", "refund"]) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="contracts_feeentry_cancelling_is_whole",
                condition=Q(cancelled_at=None, cancelled_by="", cancelled_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_by="") & ~Q(cancelled_reason="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.coverage_id} {self.kind} {self.amount}"


class FeeCount(models.Model):
    """When `FeeCell` and `FeeAccount` were counted; one row. Entries before `cutoff` are in the cells."""

    day = models.DateField(_("as of"))
    counted_at = models.DateTimeField()
    cutoff = models.DateTimeField()

    class Meta:
        verbose_name = _("count of fees")

    def __str__(self) -> str:
        return f"{self.day}"


class FeeCell(models.Model):
    """Fen that became owed and were entered for one team and payer in one month, up to the day of the count."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_constraint=False)
    payer = models.CharField(max_length=24)
    month = models.DateField()
    due = models.BigIntegerField()
    received = models.BigIntegerField()
    waived = models.BigIntegerField()
    refunded = models.BigIntegerField()
    carried = models.BigIntegerField()

    is_derived = True  # it goes with what it counts (teams.imports.undo)

    def __str__(self) -> str:
        return f"{self.team_id} {self.payer} {self.month}"


class FeeAccount(models.Model):
    """What one payer could be asked for, and was to be given back, for one contract, as it was counted.

    `version` is how much was entered and cancelled since the count's `cutoff` that is in it: where more was, it is of
    an earlier moment.
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    payer = models.CharField(max_length=24)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    open = models.DecimalField(max_digits=10, decimal_places=2)
    since = models.DateField(null=True)
    back = models.DecimalField(max_digits=10, decimal_places=2)
    version = models.PositiveIntegerField()

    is_derived = True  # it goes with what it counts (teams.imports.undo)

    class Meta:
        indexes = (
            models.Index(name="contracts_feeaccount_team", fields=["team", "payer"]),
            # What is owed longest first, as the desk lists it.
            models.Index(name="contracts_feeaccount_desk", fields=["payer", "since", "-open", "-back", "contract"]),
        )
        constraints = (models.UniqueConstraint(name="contracts_feeaccount_once", fields=["contract", "payer"]),)

    def __str__(self) -> str:
        return f"{self.contract_id} {self.payer} {self.open}"
