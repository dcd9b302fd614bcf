"""Monthly bulletins (通报): edited as drafts, numbered in a series per year, kept byte for byte once issued."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.months import Revision
from teams.history import track_history
from teams.models import Role

if TYPE_CHECKING:
    from teams.models import User


class BulletinQuerySet(models.QuerySet):
    """Bulletins by what an account may see."""

    def visible_to(self, user: "User") -> "BulletinQuerySet":
        """Issued ones are sent to every institution; drafts are the bureau's that writes them."""
        if user.scope.is_district and user.has_role(Role.OFFICIAL):
            return self
        return self.filter(status=Bulletin.Status.ISSUED)


@track_history()
class Bulletin(models.Model):
    """A month's bulletin. `paragraphs` are what people may edit, `figures` what was generated beside them.

    paragraphs: list of {code, heading, text}; figures: `assessments.queries.bulletins.facts_of`, fixed at issue.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ISSUED = "issued", _("issued")

    first_on = models.DateField(_("month"), db_index=True)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    title = models.CharField(_("title of the bulletin"), max_length=120)
    issuer = models.CharField(_("issuer"), max_length=80)
    paragraphs = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issued_by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(auto_now=True)
    edited_by = models.CharField(max_length=150, blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        ordering = ("-first_on", "-id")
        triggers = (
            pgtrigger.Protect(
                name="as_issued",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="issued"),
            ),
        )
        constraints = (
            models.UniqueConstraint(name="assessments_bulletin_number", fields=["year", "number"]),
            models.UniqueConstraint(
                name="assessments_bulletin_one_draft", fields=["first_on"], condition=Q(status="draft")
            ),
            models.CheckConstraint(
                name="assessments_bulletin_issue_is_whole",
                condition=Q(status="draft", number=None, year=None, issued_on=None)
                | Q(status="issued", number__isnull=False, year__isnull=False, issued_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m} {self.document_number}"


class BulletinFile(models.Model):
    """An issued bulletin as a file, byte for byte. Never changed."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=Format)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        triggers = (pgtrigger.Protect(name="as_issued", operation=pgtrigger.Update | pgtrigger.Delete),)
        constraints = (
            models.UniqueConstraint(name="assessments_bulletinfile_once", fields=["bulletin", "format"]),
            models.CheckConstraint(
                name="assessments_bulletinfile_hashed", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        )

    def __str__(self) -> str:
        return f"{self.bulletin_id}.{self.format}"


class BulletinSeries(models.Model):
    """The last number given in a year. The row is locked until the bulletin is issued: there are no gaps."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
