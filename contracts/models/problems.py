"""Data problems: what the last check found, and when it looked."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Contract
from residents.models import Resident
from teams.looks import Look
from teams.models import Division, Institution, Team

if TYPE_CHECKING:
    from teams.models import User


class ProblemCheck(Look):
    """One look at the whole district for data problems. Checks follow each other; what the last finished one found
    stands in `Problem`."""


class ProblemQuerySet(models.QuerySet):
    """Problems by what an account may see."""

    def visible_to(self, user: "User") -> "ProblemQuerySet":
        """Those that the account's institutions own, and of a doctor's villages and teams.

        Place and team are those of the check. Names are shown only of people whom the account sees now.
        """
        scope = user.scope
        if not scope.identities:
            return self.none()
        if scope.is_district:
            return self
        own = Q(village__in=scope.villages) | Q(team__in=scope.teams)
        return self.filter(scope.where("institution") | own)


class Problem(models.Model):
    """A rule (`contracts.problems`) that the facts break: at most one for the rule and its subject.

    `subject` is the id of what the rule looks at: a resident, household, coverage, team, institution or village.
    `institution` owns the problem. `detail` holds the values of the rule's sentence, nothing that identifies anybody.
    """

    rule = models.CharField(_("problem"), max_length=40)
    subject = models.BigIntegerField()
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+", db_index=False)
    # Looked up when shown, and written anew by every check: the database needn't look for them at each row.
    village = models.ForeignKey(
        Division, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False)
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, related_name="problems", db_constraint=False)
    contract = models.ForeignKey(
        Contract, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    detail = models.JSONField(default=dict)
    found_on = models.DateField(_("found on"))

    is_derived = True  # it goes with what it is about (teams.imports.undo)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("data problem")
        constraints = (models.UniqueConstraint(name="contracts_problem_once", fields=["rule", "subject"]),)
        indexes = (
            models.Index(name="contracts_problem_owner", fields=["institution", "rule"]),
            models.Index(name="contracts_problem_village", fields=["village"], condition=Q(village__isnull=False)),
            models.Index(name="contracts_problem_team", fields=["team"], condition=Q(team__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"
