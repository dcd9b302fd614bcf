"""Many contracts renewed or confirmed in one go: looked at first, then done one by one in the worker."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Contract
from contracts.models.lifecycle import Consent

if TYPE_CHECKING:
    from teams.models import User


class BatchQuerySet(models.QuerySet):
    """Batches by what an account may see."""

    def visible_to(self, user: "User") -> "BatchQuerySet":
        """One's own; the bureau sees all."""
        if not user.scope.identities:
            return self.none()
        return self if user.scope.is_district else self.filter(by=user.pk)


class Batch(models.Model):
    """Contracts chosen to be renewed or confirmed together. Nothing happens before somebody has seen what would happen
    and said how the people agreed; then each line is done by itself, so a killed worker goes on where it was."""

    class Kind(models.TextChoices):
        RENEWAL = "renewal", _("renewal")
        CONFIRMATION = "confirmation", _("yearly confirmation")

    class Status(models.TextChoices):
        CHOSEN = "chosen", _("to be looked at")
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.CHOSEN)
    years = models.PositiveSmallIntegerField(_("term in years"), null=True, blank=True)
    consent = models.CharField(_("how they agreed"), max_length=10, choices=Consent, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="batches")
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="contracts_batch_runs_with_consent", condition=Q(status="chosen") | ~Q(consent="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BatchLine(models.Model):
    """One contract of a batch and what became of it: the contract that follows it, or why not, in both languages."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("to be done")
        DONE = "done", _("done")
        REFUSED = "refused", _("not possible")
        FAILED = "failed", _("failed")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="lines", db_index=False)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="batch_lines")
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.OPEN)
    message = models.TextField(blank=True)
    made = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(name="contracts_batchline_once", fields=["batch", "contract"]),)

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.contract_id} {self.outcome}"
