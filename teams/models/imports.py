"""Imports: an uploaded file from its check to its undoing, the rows that were refused, and what it changed."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from teams.models.accounts import User


class ImportQuerySet(models.QuerySet):
    """Imports by what an account may see."""

    def visible_to(self, user: "User") -> "ImportQuerySet":
        """One's own imports; the bureau sees all."""
        return self if user.scope.is_district and user.scope.identities else self.filter(by=user.pk)


class ImportPartQuerySet(models.QuerySet):
    """What belongs to imports, by what an account may see."""

    def visible_to(self, user: "User") -> "ImportPartQuerySet":
        """That of the imports which the account sees."""
        return self.filter(imported__in=Import.objects.visible_to(user))


def totals_balance(name: str) -> models.CheckConstraint:
    """A constraint: rows = created + updated + unchanged + rejected."""
    return models.CheckConstraint(
        name=name, condition=Q(rows=F("created") + F("updated") + F("unchanged") + F("rejected"))
    )


class Counted(models.Model):
    """How many rows went which way."""

    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Import(Counted):
    """One batch of rows. Its totals count what the check found, and from the confirmation on what went in.

    `content` is the file that the worker is to read next, asked for at `asked_at`; `attempts` are the times it was
    taken up without getting any further. `sample` holds some of the rows that would change, encrypted.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting for its check")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("to be confirmed")
        CONFIRMED = "confirmed", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("not read")
        DISCARDED = "discarded", _("discarded")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    kind = models.CharField(_("kind"), max_length=20)
    filename = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()  # encrypted: sheets hold identities
    sha256 = models.CharField(max_length=64, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    rows_total = models.PositiveIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sheet = models.CharField(max_length=100, blank=True)
    other_sheets = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    sample = models.BinaryField(default=b"")
    error = models.TextField(blank=True)
    notice = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports")
    created_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (totals_balance("teams_import_totals_balance"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportRound(Counted):
    """One file of an import: the first, or one of corrected rows. `refused` are numbers of its own rows."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    refused = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)

    objects = ImportPartQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(name="teams_importround_number", fields=["imported", "number"]),
            totals_balance("teams_importround_totals_balance"),
        )

    def __str__(self) -> str:
        return f"{self.imported_id}/{self.number}"


class ImportReject(models.Model):
    """A refused row: in which file and where it stood, why in both languages, and its cells (encrypted) to download.

    It keeps its place when a corrected version is refused again, so that any download names it.
    """

    imported = models.ForeignKey(Import, models.CASCADE, related_name="rejects")
    round_number = models.PositiveSmallIntegerField(default=1)
    row_number = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    reason_en = models.TextField(blank=True)
    cells = models.BinaryField()

    objects = ImportPartQuerySet.as_manager()

    class Meta:
        ordering = ("round_number", "row_number")
        constraints = (
            models.UniqueConstraint(name="teams_importreject_once", fields=["imported", "round_number", "row_number"]),
        )

    def __str__(self) -> str:
        return f"{self.imported_id}/{self.round_number}/{self.row_number}"


class ImportTrace(models.Model):
    """What a batch of rows made: ids of new rows of one table. `context` is that of the row history, which keeps the
    rows that the batch changed as they were before (docs/adr/0011)."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="traces")
    table = models.CharField(max_length=63)
    context = models.UUIDField()
    ids = ArrayField(models.BigIntegerField(), default=list)

    objects = ImportPartQuerySet.as_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.imported_id}: {self.table}"
