"""Leads (线索): what the signals of false signing found, what became of each, and the screenings that looked."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.history import track_history
from teams.looks import Look
from teams.models import Institution, Staff, Team

if TYPE_CHECKING:
    from teams.models import User


class Screening(Look):
    """One look of the signals at the whole district. Screenings follow each other; the leads are the last one's."""


class LeadQuerySet(models.QuerySet):
    """Leads by what an account may see."""

    def visible_to(self, user: "User") -> "LeadQuerySet":
        """Those about the account's institutions; none for accounts that never see a person."""
        return self.filter(user.scope.where("institution")) if user.scope.identities else self.none()


@track_history()
class Lead(models.Model):
    """Something that a signal (`assessments.leads`) noticed: a reason to look, never a verdict.

    At most one for the signal and its `subject`, the id of what it is about, or 63 bits of a keyed hash. `evidence`
    holds ids (`residents`, `services`, `contracts`) and numbers, nothing that identifies anybody; `mark` tells evidence
    that a person has judged from evidence that has changed since.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be looked into")
        PROPOSED = "proposed", _("confirmed by one, awaits the second")
        CONFIRMED = "confirmed", _("confirmed false")
        CLEARED = "cleared", _("cleared")
        GONE = "gone", _("cause gone")

    # What somebody still has to do something about.
    PENDING = (State.OPEN, State.PROPOSED)

    kind = models.CharField(_("signal"), max_length=24)
    subject = models.BigIntegerField()
    weight = models.PositiveSmallIntegerField(_("weight"))
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="leads", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="leads")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="leads")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, related_name="leads")
    evidence = models.JSONField(default=dict)
    people = models.PositiveIntegerField(_("people concerned"), default=0)
    mark = models.CharField(max_length=32)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    found_on = models.DateField(_("found on"))
    seen_on = models.DateField(_("last found on"))

    is_derived = True  # it goes with what it is about (teams.imports.undo)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        constraints = (
            models.UniqueConstraint(name="assessments_lead_once", fields=["kind", "subject"]),
            models.CheckConstraint(name="assessments_lead_weight", condition=Q(weight__gte=1, weight__lte=5)),
        )
        indexes = (models.Index(name="assessments_lead_owner", fields=["institution", "state"]),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class LeadStep(models.Model):
    """What became of a lead, when, by whom and why; rows are only added. Nobody's name: a screening took the step."""

    class Kind(models.TextChoices):
        FOUND = "found", _("found by the screening")
        EXPLAINED = "explained", _("explained by the institution")
        CLEARED = "cleared", _("cleared")
        PROPOSED = "proposed", _("confirmed, first person")
        CONFIRMED = "confirmed", _("confirmed, second person")
        RETURNED = "returned", _("not agreed, to be looked into again")
        CHANGED = "changed", _("evidence changed, opened again")
        GONE = "gone", _("no longer found, closed by itself")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="steps")
    kind = models.CharField(_("step"), max_length=10, choices=Kind)
    on = models.DateField(_("date"))
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("by"), max_length=150, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # What had been judged, when the evidence has changed since.
    evidence = models.JSONField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.lead_id} {self.kind}"
