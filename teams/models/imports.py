"""Imports: an uploaded file, its progress in the worker, and the rows that were refused."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from teams.models.accounts import User


class ImportQuerySet(models.QuerySet):
    """Imports by what an account may see."""

    def visible_to(self, user: "User") -> "ImportQuerySet":
        """One's own imports; the bureau sees all."""
        return self if user.scope.is_district and user.scope.identities else self.filter(by=user.pk)


class Import(models.Model):
    """One uploaded file on its way in. Totals always balance: rows = created + updated + unchanged + rejected."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("not read")

    kind = models.CharField(_("kind"), max_length=20)
    filename = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()  # encrypted: sheets hold identities
    sha256 = models.CharField(max_length=64)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    rows_total = models.PositiveIntegerField(null=True)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="teams_import_totals_balance",
                condition=models.Q(
                    rows=models.F("created") + models.F("updated") + models.F("unchanged") + models.F("rejected")
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportReject(models.Model):
    """A refused row: where it stood, why in both languages, and its cells (encrypted) for the file to download."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="rejects")
    row_number = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    cells = models.BinaryField()

    class Meta:
        ordering = ("row_number",)
        constraints = (models.UniqueConstraint(name="teams_importreject_once", fields=["batch", "row_number"]),)

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.row_number}"
