"""Accounts, their roles and scope, and the audit trail."""

from functools import cached_property
from typing import ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.access import DISTRICT, NOWHERE, Scope
from teams.clock import today
from teams.history import track_history
from teams.models.places import Institution, subtree_ids
from teams.models.staff import Staff, Team, TeamMember, TeamVillage

# In an account's history: failed sign-ins were forgotten.
UNLOCKED = "unlocked"


class Role(models.TextChoices):
    """What an account may do; where it may do it is its institution (trust.md, access)."""

    CLERK = "clerk", _("clerk")
    DOCTOR = "doctor", _("doctor")
    OFFICIAL = "official", _("official")
    ADMINISTRATOR = "administrator", _("administrator")
    AUDITOR = "auditor", _("auditor")


class UserQuerySet(models.QuerySet):
    """Accounts by what an account may see."""

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Accounts of the account's institutions."""
        return self.filter(user.scope.where("institution_id"))

    def administering_the_bureau(self) -> "UserQuerySet":
        """Open accounts of administrators who see the whole district."""
        of_the_bureau = models.Q(institution=None) | models.Q(institution__kind=Institution.Kind.BUREAU)
        return self.filter(of_the_bureau, is_active=True, roles__contains=[Role.ADMINISTRATOR])


class AccountManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager of users, with the questions above."""

    use_in_migrations = False


@track_history(UNLOCKED, exclude=["last_login"])
class User(AbstractUser):
    """An account of an institution (or of the bureau's root: no institution) with roles.

    `must_change_password`: somebody else knows the password, who made or gave it; until its owner has chosen another,
    a session opens nothing else. `opened_by` is who made the account; None: a command.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="accounts")
    staff = models.OneToOneField(Staff, models.PROTECT, null=True, blank=True, related_name="account")
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    must_change_password = models.BooleanField(default=False)
    opened_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = _("account")

    def __str__(self) -> str:
        # What people read beside a step; who it was for certain stands in the audit trail and in the history.
        return (self.get_full_name() or self.username)[:150]

    def has_role(self, *roles: Role) -> bool:
        """Whether the account holds one of the roles."""
        return bool(set(roles) & set(self.roles))

    @cached_property
    def scope(self) -> Scope:
        """What the account sees; worked out once for each request."""
        if not self.is_active or not self.roles:
            return NOWHERE
        identities = self.has_role(Role.CLERK, Role.DOCTOR, Role.OFFICIAL, Role.ADMINISTRATOR)
        by_place = self.has_role(Role.CLERK, Role.OFFICIAL, Role.ADMINISTRATOR, Role.AUDITOR)
        if by_place and self.is_of_the_bureau:
            return Scope(None, frozenset(), frozenset(), identities)
        institutions = subtree_ids(self.institution_id) if by_place and self.institution_id else frozenset()
        teams, villages = self._teams_and_villages() if self.has_role(Role.DOCTOR) else (frozenset(), frozenset())
        return Scope(institutions, teams, villages, identities)

    @cached_property
    def seen_teams(self) -> frozenset[int]:
        """Ids of the teams that the account sees. Of rows of teams that are named the database knows how many there
        are, which it can't tell through a join."""
        if not self.scope.institutions and not self.scope.is_district:
            return self.scope.teams
        return frozenset(Team.objects.visible_to(self).order_by().values_list("pk", flat=True))

    def sees_team(self, pk: int) -> bool:
        """Whether the team, and with it the contracts signed with it, have pages for the account."""
        return self.scope.is_district or pk in self.seen_teams

    @property
    def is_of_the_bureau(self) -> bool:
        """Whether its place is the whole district."""
        return self.institution is None or self.institution.kind == Institution.Kind.BUREAU

    def _teams_and_villages(self) -> tuple[frozenset[int], frozenset[int]]:
        day = today()
        teams = frozenset(
            TeamMember.objects.on(day).filter(staff_id=self.staff_id).values_list("team_id", flat=True)
            if self.staff_id
            else ()
        )
        villages = TeamVillage.objects.on(day).filter(team__in=teams).values_list("village_id", flat=True)
        return teams, frozenset(villages)


class SystemAccount:
    """Who a command or a scheduled task acts as: sees the district, is no row."""

    pk = id = None
    username = "system"
    scope = DISTRICT
    roles = (Role.ADMINISTRATOR,)
    is_authenticated = True

    def has_role(self, *roles: Role) -> bool:
        """The system may do everything."""
        return True

    def __str__(self) -> str:
        return self.username


SYSTEM = SystemAccount()


class AuditEventQuerySet(models.QuerySet):
    """Lines of the audit trail by what an account may see."""

    def visible_to(self, user: User) -> "AuditEventQuerySet":
        """All of them for the district; else what accounts of the account's institutions did."""
        if user.scope.is_district:
            return self
        return self.filter(user_id__in=User.objects.visible_to(user).values("pk"))


class AuditEvent(models.Model):
    """One line of the audit trail: a log-in, a refused access, a look at an identity, an export, an action.

    Append-only by trigger; each line carries the hash of the one before, so that a removed line shows.
    No foreign keys: history never stands in the way of anything.
    """

    class Kind(models.TextChoices):
        LOG_IN = "log_in", _("log-in")
        LOG_IN_FAILED = "log_in_failed", _("failed log-in")
        LOG_OUT = "log_out", _("log-out")
        LOCKED_OUT = "locked_out", _("locked out")
        REFUSED = "refused", _("refused access")
        REVEAL = "reveal", _("identity looked at")
        PEOPLE = "people", _("list of people looked at")
        EXPORT = "export", _("export")
        IMPORT = "import", _("import")
        COMPUTE = "compute", _("month computed")
        FREEZE = "freeze", _("month frozen")
        VERIFY = "verify", _("frozen month verified")
        ACCOUNT = "account", _("account made or changed")
        PRIVILEGE = "privilege", _("privileges of a contract asked for")
        BACKUP = "backup", _("backup or restore")

    at = models.DateTimeField(_("time"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    user_id = models.BigIntegerField(null=True)
    username = models.CharField(_("user name"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("network address"), null=True)
    what = models.CharField(_("what"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    previous_sha256 = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the audit trail")
        verbose_name_plural = _("audit trail")
        ordering = ("id",)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)
        indexes = (
            models.Index(name="teams_auditevent_user", fields=["user_id", "at"]),
            models.Index(name="teams_auditevent_at", fields=["at"]),
        )

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.kind} {self.username}"
