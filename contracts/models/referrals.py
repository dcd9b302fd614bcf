"""Referrals up to a hospital and down to a team, and the slots that hospitals keep for family doctors."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.history import track_history
from teams.models import Institution, Team

if TYPE_CHECKING:
    from teams.models import User

HOSPITAL_KINDS = (Institution.Kind.HOSPITAL, Institution.Kind.LEAD_HOSPITAL)


class SlotQuotaQuerySet(models.QuerySet):
    """Slots by what an account may see."""

    def visible_to(self, user: "User") -> "SlotQuotaQuerySet":
        """The hospitals' offer is for every account that sees people: teams take from it."""
        return self if user.scope.identities else self.none()


@track_history()
class SlotQuota(models.Model):
    """What a hospital keeps for family doctors on a day: `reserved` in all, `taken` of them. Never oversold."""

    class Kind(models.TextChoices):
        SPECIALIST = "specialist", _("specialist's consultation")
        EQUIPMENT = "equipment", _("examination by equipment")
        BED = "bed", _("bed")

    hospital = models.ForeignKey(Institution, models.PROTECT, related_name="slots")
    kind = models.CharField(_("kind of slot"), max_length=10, choices=Kind)
    department = models.CharField(_("department"), max_length=60)
    day = models.DateField(_("day"))
    reserved = models.PositiveSmallIntegerField(_("reserved"))
    taken = models.PositiveSmallIntegerField(_("taken"), default=0)

    objects = SlotQuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("reserved slots")
        ordering = ("day", "hospital__code", "kind", "department")
        constraints = (
            models.UniqueConstraint(
                name="contracts_slotquota_once_a_day", fields=["hospital", "kind", "department", "day"]
            ),
            models.CheckConstraint(name="contracts_slotquota_never_oversold", condition=Q(taken__lte=F("reserved"))),
        )

    def __str__(self) -> str:
        return f"{self.department} {self.day} {self.taken}/{self.reserved}"

    @property
    def free(self) -> int:
        """How many are left."""
        return self.reserved - self.taken


class ReferralQuerySet(models.QuerySet):
    """Referrals by what an account may see."""

    def visible_to(self, user: "User") -> "ReferralQuerySet":
        """Those of teams that the account sees, and those addressed to or sent by its hospital."""
        scope = user.scope
        if not scope.identities:
            return self.none()
        if scope.is_district:
            return self
        at_hospital = scope.where("hospital_id") | Q(hospital_id=user.institution_id)
        return self.filter(scope.where_team("team_id", "team__institution_id") | at_hospital)


@track_history()
class Referral(models.Model):
    """A resident on the way between a team and a hospital: up by the team's request, down by the hospital's offer.

    What has happened when stands in `ReferralStep`; the fields hold the present state.
    """

    class Direction(models.TextChoices):
        UP = "up", _("up to the hospital")
        DOWN = "down", _("down to the team")

    class Priority(models.TextChoices):
        ROUTINE = "routine", _("routine")
        URGENT = "urgent", _("urgent")
        EMERGENCY = "emergency", _("emergency")

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        OFFERED = "offered", _("offered to the team")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        SEEN = "seen", _("seen by the hospital")
        RETURNED = "returned", _("result returned")
        CLOSED = "closed", _("closed")

    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="referrals")
    team = models.ForeignKey(Team, models.PROTECT, related_name="referrals")
    hospital = models.ForeignKey(Institution, models.PROTECT, related_name="referrals")
    reason = models.CharField(_("reason"), max_length=400)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.ROUTINE)
    status = models.CharField(_("state"), max_length=10, choices=Status)
    made_on = models.DateField(_("made on"))
    answer_due_on = models.DateField(_("answer due on"))
    slot = models.ForeignKey(SlotQuota, models.PROTECT, null=True, blank=True, related_name="referrals")
    appointment_on = models.DateField(_("appointment"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=1000, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        ordering = ("-made_on", "-id")
        indexes = (
            models.Index(
                name="contracts_referral_waiting",
                fields=["answer_due_on"],
                condition=Q(status__in=("requested", "offered")),
            ),
        )
        constraints = (
            # A second request for the same person while one runs is a double click or a colleague's.
            models.UniqueConstraint(
                name="contracts_referral_one_open",
                fields=["resident", "hospital", "direction"],
                condition=Q(status__in=("requested", "offered", "accepted", "seen")),
            ),
            models.CheckConstraint(
                name="contracts_referral_begins_by_direction",
                condition=~Q(direction="up", status="offered")
                & ~Q(direction="down", status__in=("requested", "seen", "returned")),
            ),
            models.CheckConstraint(
                name="contracts_referral_slot_has_its_day",
                condition=Q(slot=None) | Q(appointment_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.direction} {self.resident_id} {self.status}"


class ReferralStep(models.Model):
    """One step of a referral: which state, from which day, by whom, with which words. Added, never changed."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    status = models.CharField(_("state"), max_length=10, choices=Referral.Status)
    on = models.DateField(_("on"))
    entered_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(_("by"), max_length=150)
    note = models.CharField(_("note"), max_length=1000, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.referral_id} {self.status} {self.on}"
