"""What inspections found, and its rectification (整改): assigned, mended, reviewed, closed (销号)."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.checklists import ChecklistItem
from assessments.models.inspections import Inspection
from assessments.models.uploads import Upload
from teams.history import track_history
from teams.models import Institution, Team

if TYPE_CHECKING:
    from teams.models import User


class FindingQuerySet(models.QuerySet):
    """Findings by what an account may see."""

    def visible_to(self, user: "User") -> "FindingQuerySet":
        """The bureau's all; an institution's own once they were handed down to it."""
        scope = user.scope
        if scope.is_district:
            return self
        return self.filter(scope.where("institution_id")).exclude(
            state__in=(Finding.State.FOUND, Finding.State.WITHDRAWN)
        )

    def counted(self) -> "FindingQuerySet":
        """Those that stand: what was withdrawn takes nothing off."""
        return self.exclude(state=Finding.State.WITHDRAWN)


@track_history()
class Finding(models.Model):
    """A fault found at an institution. What happened when stands in `FindingStep`; the fields hold the present state.

    `relapses`: how often the same item was found at the institution before, each within 12 months of the one before;
    `relapse_of` is the last of them.
    """

    class State(models.TextChoices):
        FOUND = "found", _("found")
        ASSIGNED = "assigned", _("to be mended")
        DONE = "done", _("mended, to be reviewed")
        REVIEWED = "reviewed", _("review passed")
        CLOSED = "closed", _("closed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # What is still on somebody's list.
    OPEN = (State.FOUND, State.ASSIGNED, State.DONE, State.REVIEWED)

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="findings")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="findings")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="findings")
    text = models.CharField(_("what was found"), max_length=500)
    deduction = models.DecimalField(_("points off"), max_digits=5, decimal_places=2)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.FOUND)
    found_on = models.DateField(_("found on"))
    due_on = models.DateField(_("to be mended by"), null=True, blank=True)
    done_on = models.DateField(_("mended on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    rejections = models.PositiveSmallIntegerField(_("times sent back"), default=0)
    relapses = models.PositiveSmallIntegerField(_("relapses"), default=0)
    relapse_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        ordering = ("-found_on", "-id")
        indexes = (
            models.Index(name="assessments_finding_open", fields=["due_on"], condition=Q(state="assigned")),
            models.Index(name="assessments_finding_of_place", fields=["institution", "found_on"]),
        )
        constraints = (
            models.UniqueConstraint(name="assessments_finding_once", fields=["inspection", "item"]),
            models.CheckConstraint(name="assessments_finding_takes_off", condition=Q(deduction__gte=0)),
            models.CheckConstraint(
                name="assessments_finding_assigned_with_a_day",
                condition=Q(state__in=("found", "withdrawn")) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="assessments_finding_closed_has_its_day",
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on=None)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} {self.state}"


class FindingStep(models.Model):
    """One step of a finding: to which state, on which day, by whom, with which words. Added, never changed."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="steps")
    state = models.CharField(_("state"), max_length=10, choices=Finding.State)
    on = models.DateField(_("on"))
    due_on = models.DateField(_("to be mended by"), null=True, blank=True)
    by = models.CharField(_("by"), max_length=150)
    note = models.CharField(_("note"), max_length=500, blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.finding_id} {self.state} {self.on}"


class FindingProof(Upload):
    """A picture of the fault, or the proof that it was mended; of the step with which it came."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="proofs")
    is_mended = models.BooleanField(default=False)
