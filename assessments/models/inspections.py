"""Inspections (督查): monthly rounds, the teams that inspect, what each institution was asked and answered for."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.checklists import Checklist, ChecklistItem
from teams.history import track_history
from teams.models import Institution

if TYPE_CHECKING:
    from teams.models import User


@track_history()
class InspectionTeam(models.Model):
    """A patrol group (巡查组) of the bureau; its members in words, as a plan names them."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=40)
    members = models.CharField(_("members"), max_length=200, blank=True)
    is_active = models.BooleanField(_("inspects"), default=True)

    class Meta:
        verbose_name = _("inspection team")
        ordering = ("number",)

    def __str__(self) -> str:
        return self.name


@track_history()
class InspectionRound(models.Model):
    """A month's round. Closed, nothing more is inspected in it; rectification goes on."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("running")
        CLOSED = "closed", _("closed")

    first_on = models.DateField(_("month"), unique=True)
    theme = models.CharField(_("main points"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("inspection round")
        ordering = ("-first_on",)
        constraints = (
            models.CheckConstraint(name="assessments_inspectionround_is_a_first", condition=Q(first_on__day=1)),
        )

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m}"


class InspectionQuerySet(models.QuerySet):
    """Inspections by what an account may see."""

    def visible_to(self, user: "User") -> "InspectionQuerySet":
        """The bureau's all; an institution's own once they are over: what is planned is not announced."""
        scope = user.scope
        if scope.is_district:
            return self
        return self.filter(scope.where("institution_id"), done_on__isnull=False)


@track_history()
class Inspection(models.Model):
    """An institution in a round: who goes there when, with which version of which checklist, and what they say."""

    round = models.ForeignKey(InspectionRound, models.PROTECT, related_name="inspections")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="inspections")
    team = models.ForeignKey(InspectionTeam, models.PROTECT, related_name="inspections")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="inspections")
    planned_on = models.DateField(_("planned on"))
    done_on = models.DateField(_("inspected on"), null=True, blank=True)
    received_by = models.CharField(_("received by"), max_length=60, blank=True)
    note = models.CharField(_("summary"), max_length=500, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        ordering = ("planned_on", "institution__code")
        constraints = (
            models.UniqueConstraint(name="assessments_inspection_once_a_round", fields=["round", "institution"]),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.institution_id}"


class Answer(models.Model):
    """What an inspection found at an item. What is wrong stands in its `Finding`."""

    class Outcome(models.TextChoices):
        IN_ORDER = "in_order", _("in order")
        FAULT = "fault", _("fault")
        NOT_APPLICABLE = "not_applicable", _("does not apply")

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome)
    by = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="assessments_answer_once", fields=["inspection", "item"]),)

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.item_id} {self.outcome}"
