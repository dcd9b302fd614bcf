"""What inspectors look at, per kind of institution: checklists in versions."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.history import track_history
from teams.models import Institution
from teams.versions import Version, part_stays, version_stays


@track_history()
class Checklist(Version):
    """A version of a checklist. Its `code` is what rubrics name (`findings:<code>`) and stays through versions."""

    code = models.SlugField(_("code"), max_length=30, db_index=False)
    name = models.CharField(_("name"), max_length=80)
    kinds = ArrayField(models.CharField(max_length=20, choices=Institution.Kind), verbose_name=_("for"))
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("checklist")
        ordering = ("code", "-number")
        triggers = (version_stays(),)
        constraints = (
            models.UniqueConstraint(name="assessments_checklist_version", fields=["code", "number"]),
            models.UniqueConstraint(
                name="assessments_checklist_one_published", fields=["code"], condition=Q(status="published")
            ),
            models.UniqueConstraint(
                name="assessments_checklist_one_draft", fields=["code"], condition=Q(status="draft")
            ),
            models.CheckConstraint(
                name="assessments_checklist_publication_is_whole",
                condition=Q(status="draft", published_at=None) | (~Q(status="draft") & Q(published_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


@track_history()
class ChecklistItem(models.Model):
    """A thing to look at. `code` stays through versions: a fault found again under it is a relapse."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items")
    code = models.SlugField(_("code"), max_length=30, db_index=False)
    place = models.PositiveSmallIntegerField(_("place"))
    section = models.CharField(_("section"), max_length=60)
    text = models.CharField(_("what to look at"), max_length=200)
    hint = models.CharField(_("how"), max_length=300, blank=True)
    points = models.DecimalField(_("points off"), max_digits=5, decimal_places=2, default=Decimal("1.00"))

    class Meta:
        verbose_name = _("item of a checklist")
        ordering = ("checklist", "place")
        triggers = (part_stays("assessments_checklist", key="checklist_id"),)
        constraints = (
            models.UniqueConstraint(name="assessments_checklistitem_code", fields=["checklist", "code"]),
            models.CheckConstraint(name="assessments_checklistitem_takes_off", condition=Q(points__gte=0)),
        )

    def __str__(self) -> str:
        return self.text
