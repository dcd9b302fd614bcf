"""Whom somebody tried to reach, and what has to be looked after soon though no package promises it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.ledger import PersonalQuerySet, Service
from contracts.models.referrals import Referral
from residents.models import Resident
from teams.history import track_history
from teams.models import Team

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@track_history()
class Attempt(models.Model):
    """Somebody tried to reach a resident, and how it went.

    `team` is the one whose coverage was in force then; `next_on` the day agreed, or the day to call again.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        VISIT = "visit", _("home visit")
        MESSAGE = "message", _("message")
        OTHER = "other", _("other")

    class Outcome(models.TextChoices):
        AGREED = "agreed", _("agreed for a date")
        AGAIN = "again", _("call again on")
        REFUSED = "refused", _("refused")
        AWAY = "away", _("away")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        DIED = "died", _("died")
        MOVED = "moved", _("moved away")

    # Those that name a day on which the resident comes back to the list.
    WITH_DAY = (Outcome.AGREED, Outcome.AGAIN)

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="attempts", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    tried_on = models.DateField(_("tried on"))
    entered_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    next_on = models.DateField(_("on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact attempt")
        ordering = ("-tried_on", "-id")
        indexes = (
            models.Index(name="contracts_attempt_resident", fields=["resident", "-tried_on", "-id"]),
            models.Index(name="contracts_attempt_next", fields=["next_on"], condition=Q(next_on__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(
                name="contracts_attempt_day_goes_with_outcome",
                condition=Q(outcome__in=("agreed", "again"), next_on__gte=F("tried_on"))
                | (~Q(outcome__in=("agreed", "again")) & Q(next_on=None)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.tried_on} {self.outcome}"

    @property
    def outcome_words(self) -> "str | _StrPromise":
        """The outcome as the list says it, with its day."""
        label = self.get_outcome_display()
        return f"{label} {self.next_on:%Y-%m-%d}" if self.next_on else label


@track_history()
class FollowUp(models.Model):
    """A resident to be seen again by `due_on`: after a critical reading, or when a hospital has handed them back.

    No package promises it, so it is in no figure of docs/rules.md. It is done by the first service after `opened_on`,
    which is looked up, never stored; or by hand, with who and when.
    """

    class Cause(models.TextChoices):
        CRITICAL = "critical", _("critical reading")
        RESULT = "result", _("result of a referral")
        DISCHARGE = "discharge", _("handed back by the hospital")

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="follow_ups", db_index=False)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    opened_on = models.DateField(_("since"))
    due_on = models.DateField(_("due on"))
    service = models.OneToOneField(Service, models.CASCADE, null=True, blank=True, related_name="follow_up")
    referral = models.ForeignKey(Referral, models.CASCADE, null=True, blank=True, related_name="follow_ups")
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.CharField(_("done by"), max_length=150, blank=True)
    done_note = models.CharField(_("note"), max_length=200, blank=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up task")
        ordering = ("due_on", "id")
        indexes = (models.Index(name="contracts_followup_open", fields=["resident"], condition=Q(done_on=None)),)
        constraints = (
            models.CheckConstraint(name="contracts_followup_ordered", condition=Q(due_on__gte=F("opened_on"))),
            models.CheckConstraint(
                name="contracts_followup_has_a_source",
                condition=Q(cause="critical", service__isnull=False, referral=None)
                | Q(cause__in=("result", "discharge"), service=None, referral__isnull=False),
            ),
            models.UniqueConstraint(
                name="contracts_followup_once_a_referral", fields=["referral"], condition=Q(referral__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.cause} {self.due_on}"
