"""Those who signed in a month, and what had become of each of them a quarter, half a year and a year later."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage
from residents.models import Resident
from teams.models import Team

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount


class CohortRowQuerySet(models.QuerySet):
    """Rows by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "CohortRowQuerySet":
        """Rows of coverages signed with the teams that the account sees; none for accounts without identities."""
        if not user.scope.identities:
            return self.none()
        return self.filter(user.scope.where_team("team_id", "team__institution_id"))


class CohortRow(models.Model):
    """A coverage among those that began in the month of `first_on`, as of `day`.

    An outcome is None while its day is still to come. assessments/sql/cohorts.sql tells what each is; the worker writes
    the table anew (assessments.actions.cohorts).
    """

    coverage = models.OneToOneField(Coverage, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="+", db_constraint=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    first_on = models.DateField(_("month of signing"))
    day = models.DateField(_("as of"))
    counted_at = models.DateTimeField(db_default=Now())
    kept_3 = models.BooleanField(null=True)
    kept_6 = models.BooleanField(null=True)
    kept_12 = models.BooleanField(null=True)
    served_3 = models.BooleanField(null=True)
    served_6 = models.BooleanField(null=True)
    served_12 = models.BooleanField(null=True)
    renewed_3 = models.BooleanField(null=True)
    renewed_6 = models.BooleanField(null=True)
    renewed_12 = models.BooleanField(null=True)

    is_derived = True  # it goes with what it counts (teams.imports.undo)

    objects = CohortRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a cohort")
        indexes = (models.Index(name="assessments_cohort_team", fields=["team", "first_on"]),)

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m}: {self.coverage_id}"
