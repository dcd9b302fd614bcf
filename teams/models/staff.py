"""Staff (人员) and family-doctor teams (团队) with their dated members and villages."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teams.history import track_history
from teams.models.dated import Dated, one_at_a_time, ordered
from teams.models.places import Division, Institution

if TYPE_CHECKING:
    from teams.models.accounts import User


class StaffQuerySet(models.QuerySet):
    """Staff by what an account may see."""

    def visible_to(self, user: "User") -> "StaffQuerySet":
        """Staff of the account's institutions, and of a doctor's own teams."""
        scope = user.scope
        if scope.is_district:
            return self
        own = Q(id__in=TeamMember.objects.filter(team__in=scope.teams).values("staff"))
        return self.filter(scope.where("institution_id") | own)


@track_history()
class Staff(models.Model):
    """A person who works at an institution. Phones are kept like residents' (trust.md)."""

    class Job(models.TextChoices):
        GENERAL_PRACTICE = "general_practice", _("general practice")
        INTERNAL_MEDICINE = "internal_medicine", _("internal medicine")
        SURGERY = "surgery", _("surgery")
        GYNAECOLOGY = "gynaecology", _("gynaecology")
        PAEDIATRICS = "paediatrics", _("paediatrics")
        TCM = "tcm", _("Chinese medicine")
        PUBLIC_HEALTH = "public_health", _("public health")
        NURSE = "nurse", _("nurse")
        PHARMACIST = "pharmacist", _("pharmacist")
        HEALTH_MANAGER = "health_manager", _("health manager")
        VILLAGE_DOCTOR = "village_doctor", _("village doctor")
        SPECIALIST = "specialist", _("specialist")
        GRID_WORKER = "grid_worker", _("grid worker")
        OTHER = "other", _("other")

    staff_no = models.CharField(_("staff number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    job = models.CharField(_("role"), max_length=20, choices=Job)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="staff")
    phone_cipher = models.BinaryField(null=True, blank=True)
    phone_hash = models.BinaryField(null=True, blank=True, max_length=32)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff")
        ordering = ("staff_no",)
        indexes = (models.Index(name="teams_staff_phone", fields=["phone_hash"]),)
        constraints = (
            models.CheckConstraint(
                name="teams_staff_leaves_after_joining",
                condition=Q(left_on=None) | Q(joined_on=None) | Q(left_on__gte=F("joined_on")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class TeamQuerySet(models.QuerySet):
    """Teams by what an account may see, and by date."""

    def visible_to(self, user: "User") -> "TeamQuerySet":
        """Teams of the account's institutions, and a doctor's own."""
        return self.filter(user.scope.where_team("id", "institution_id"))

    def existing_on(self, day: date) -> "TeamQuerySet":
        """Teams formed by `day` and not yet dissolved."""
        formed = Q(formed_on=None) | Q(formed_on__lte=day)
        return self.filter(formed, Q(dissolved_on=None) | Q(dissolved_on__gt=day))


@track_history()
class Team(models.Model):
    """A family-doctor team of an institution."""

    code = models.CharField(_("team code"), max_length=40, unique=True)
    name = models.CharField(_("team name"), max_length=80)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="teams")
    formed_on = models.DateField(_("formed on"), null=True, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="teams_team_dissolved_after_forming",
                condition=Q(dissolved_on=None) | Q(formed_on=None) | Q(dissolved_on__gte=F("formed_on")),
            ),
        )

    def __str__(self) -> str:
        return self.name


@track_history()
class TeamMember(Dated):
    """A member of a team, from a day to a day; one of them leads."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="memberships")
    is_leader = models.BooleanField(_("leader"), default=False)

    class Meta:
        constraints = (
            one_at_a_time("teams_teammember_one_at_a_time", "team", "staff"),
            ordered("teams_teammember_ordered"),
        )

    def __str__(self) -> str:
        return f"{self.team_id}: {self.staff_id}"


SERVED = "served"


@track_history(SERVED)
class TeamVillage(Dated):
    """A village that a team serves, from a day to a day. Several teams may serve one village.

    Its history also tells when it was entered.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="villages")
    village = models.ForeignKey(Division, models.PROTECT, related_name="serving")

    class Meta:
        constraints = (
            one_at_a_time("teams_teamvillage_one_at_a_time", "team", "village"),
            ordered("teams_teamvillage_ordered"),
        )

    def __str__(self) -> str:
        return f"{self.team_id}: {self.village_id}"
