"""Contracts that pass from one team to another with the residents' consent, and the departures that call for it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Contract
from contracts.models.lifecycle import Consent
from teams.history import track_history
from teams.models import Staff, Team

if TYPE_CHECKING:
    from teams.models import User


class HandoverQuerySet(models.QuerySet):
    """Handovers by what an account may see."""

    def visible_to(self, user: "User") -> "HandoverQuerySet":
        """Those from or to a team that the account sees."""
        if not user.scope.identities:
            return self.none()
        return self.filter(
            user.scope.where_team("from_team_id", "from_team__institution_id")
            | user.scope.where_team("to_team_id", "to_team__institution_id")
        )


@track_history()
class Handover(models.Model):
    """A batch of contracts on their way from one team to another.

    Whoever made it asks each household; somebody else reviews it; then those who consented are continued by the other
    team from `effective_on` on. Those who declined, or could not be asked, stay named here and keep their contract.
    """

    class Status(models.TextChoices):
        ASKING = "asking", _("asking the residents")
        REVIEW = "review", _("to be reviewed")
        APPROVED = "approved", _("approved")
        DONE = "done", _("carried out")

    from_team = models.ForeignKey(Team, models.PROTECT, related_name="handovers_out")
    to_team = models.ForeignKey(Team, models.PROTECT, related_name="handovers_in")
    effective_on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKING)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    review_note = models.CharField(_("remark of the review"), max_length=200, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="contracts_handover_two_teams", condition=~Q(from_team=F("to_team"))),
            models.CheckConstraint(
                name="contracts_handover_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("made_by")),
            ),
            models.CheckConstraint(
                name="contracts_handover_approved_by_somebody",
                condition=Q(status__in=["asking", "review"]) | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_team_id} → {self.to_team_id} {self.effective_on}"


@track_history()
class HandoverLine(models.Model):
    """One contract of a handover: what its people answered, and the contract that continues it.

    `message` says in both languages why it could not be continued though they agreed.
    """

    class Answer(models.TextChoices):
        OPEN = "open", _("not asked yet")
        ASKED = "asked", _("asked, no answer yet")
        CONSENTED = "consented", _("consented")
        DECLINED = "declined", _("declined")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="lines", db_index=False)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="handover_lines")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.OPEN)
    consent = models.CharField(_("how"), max_length=10, choices=Consent, blank=True)
    answered_on = models.DateField(_("on"), null=True, blank=True)
    entered_by = models.CharField(max_length=150, blank=True)
    made = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="contracts_handoverline_once", fields=["handover", "contract"]),
            models.CheckConstraint(
                name="contracts_handoverline_answer_is_whole",
                condition=Q(answer="open", consent="", answered_on=None)
                | (~Q(answer="open") & ~Q(consent="") & Q(answered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="contracts_handoverline_continued_with_consent",
                condition=Q(made=None) | Q(answer="consented"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.handover_id}: {self.contract_id} {self.answer}"


class DepartureQuerySet(models.QuerySet):
    """Departures by what an account may see."""

    def visible_to(self, user: "User") -> "DepartureQuerySet":
        """Those from teams that the account sees."""
        if not user.scope.identities:
            return self.none()
        return self.filter(user.scope.where_team("team_id", "team__institution_id"))


@track_history()
class Departure(models.Model):
    """The report that a member leaves a team: the last day, what is missing from then on, and who fills the gap."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="departures")
    team = models.ForeignKey(Team, models.PROTECT, related_name="departures")
    last_on = models.DateField(_("last day"))
    vacancy = models.CharField(_("vacancy"), max_length=200)
    stop_gap = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="stop_gaps")
    stop_gap_until = models.DateField(_("stop-gap until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=150)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        verbose_name = _("departure")
        ordering = ("-last_on", "-id")
        constraints = (
            models.UniqueConstraint(name="contracts_departure_once", fields=["staff", "team", "last_on"]),
            models.CheckConstraint(
                name="contracts_departure_stop_gap_has_a_term",
                condition=Q(stop_gap=None, stop_gap_until=None)
                | Q(stop_gap__isnull=False, stop_gap_until__gt=F("last_on")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff_id} {self.last_on}"
