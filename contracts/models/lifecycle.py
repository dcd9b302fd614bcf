"""What became of a contract: an entry for each step of its life, with who and when."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Contract, Coverage
from teams.history import track_history

if TYPE_CHECKING:
    from teams.models import User


class Consent(models.TextChoices):
    """How somebody agreed."""

    PAPER = "paper", _("on paper")
    PHONE = "phone", _("by phone")
    IN_PERSON = "in_person", _("in person")


class LifecycleQuerySet(models.QuerySet):
    """Entries by what an account may see."""

    def visible_to(self, user: "User") -> "LifecycleQuerySet":
        """Entries of contracts that the account sees."""
        if user.scope.is_district and user.scope.identities:
            return self
        return self.filter(contract__in=Contract.objects.visible_to(user))


class LifecycleEntry(models.Model):
    """A step in a contract's life (of one coverage of it, or of the whole when `coverage` is empty).

    `on` is the day from which it holds; `entered_on` the business day on which it was entered. `reason` begins with the
    number of the contract that follows, or with the code of a termination's reason. Entries are added, never changed.
    Imported contracts have none before somebody acts on them.
    """

    class Kind(models.TextChoices):
        SIGNED = "signed", _("signed")
        CONFIRMED = "confirmed", _("confirmed")
        SUSPENDED = "suspended", _("suspended")
        RESUMED = "resumed", _("resumed")
        TERMINATED = "terminated", _("terminated")
        TERMINATION_UNDONE = "termination_undone", _("termination undone")
        RENEWED = "renewed", _("renewed")
        TEAM_CHANGED = "team_changed", _("team changed")
        PACKAGES_CHANGED = "packages_changed", _("packages changed")
        HANDED_OVER = "handed_over", _("handed over to another team")
        SCANNED = "scanned", _("scan of the signed paper added")
        RESCANNED = "rescanned", _("scan of the signed paper replaced")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="entries")
    coverage = models.ForeignKey(Coverage, models.CASCADE, null=True, blank=True, related_name="entries")
    kind = models.CharField(_("step"), max_length=20, choices=Kind)
    on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    consent = models.CharField(_("how they agreed"), max_length=10, choices=Consent, blank=True, db_default="")
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_on = models.DateField()
    entered_by = models.CharField(max_length=150)

    objects = LifecycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("lifecycle entry")
        ordering = ("entered_at", "id")

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind} {self.on}"


@track_history()
class Confirmation(models.Model):
    """A contract of several years confirmed for one of them; the second is number 2 (docs/rules.md, reading 43)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="confirmations", db_index=False)
    year = models.PositiveSmallIntegerField(_("contract year"))
    on = models.DateField(_("confirmed on"))

    class Meta:
        verbose_name = _("confirmation")
        ordering = ("contract", "year")
        constraints = (
            models.UniqueConstraint(name="contracts_confirmation_once_a_year", fields=["contract", "year"]),
            models.CheckConstraint(name="contracts_confirmation_from_second_year", condition=models.Q(year__gte=2)),
        )

    def __str__(self) -> str:
        return f"{self.contract_id} {self.year}"
