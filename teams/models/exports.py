"""Exports: a list written to a file by the worker, kept encrypted until it expires."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from teams.models.accounts import User


class ExportQuerySet(models.QuerySet):
    """Exports by what an account may see."""

    def visible_to(self, user: "User") -> "ExportQuerySet":
        """One's own: nobody fetches what another asked for."""
        return self.filter(by=user.pk)


class Export(models.Model):
    """One file asked for: the list (`kind`) with its filters (`query`), masked unless asked for whole with a reason."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("no longer kept")

    class Form(models.TextChoices):
        XLSX = "xlsx", ".xlsx"
        CSV = "csv", ".csv"

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports")
    kind = models.CharField(_("kind"), max_length=20)
    query = models.CharField(max_length=1000, blank=True)
    language = models.CharField(max_length=10)
    form = models.CharField(_("format"), max_length=4, choices=Form, default=Form.XLSX)
    whole = models.BooleanField(_("whole identities"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    rows_total = models.PositiveIntegerField(null=True)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="teams_export_whole_with_reason", condition=models.Q(whole=False) | ~models.Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ExportPart(models.Model):
    """A piece of an export's file, encrypted: read and written one at a time, so that memory stays flat."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(name="teams_exportpart_once", fields=["export", "number"]),)

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"
