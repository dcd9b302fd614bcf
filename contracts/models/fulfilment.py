"""What was promised for a year and what became of it, counted, and who was not served: as the worker found it last."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Coverage
from service_packages.models import Item, PackageVersion
from teams.models import Division, Institution, Team

if TYPE_CHECKING:
    from teams.models import User


class FulfilmentCellQuerySet(models.QuerySet):
    """Counts by what an account may see."""

    def visible_to(self, user: "User") -> "FulfilmentCellQuerySet":
        """Counts of the teams that the account sees; they name nobody."""
        return self.filter(user.scope.where_team("team_id", "team__institution_id"))


class FulfilmentCell(models.Model):
    """Counts of one team, managing institution, village, mask of key populations, package version and item as of `day`.

    `contracts/sql/fulfilment.sql` tells what each number is; the worker writes the table anew
    (contracts.actions.fulfilment). A row without an item counts packages, one without a version coverages.
    """

    day = models.DateField(_("as of"))
    counted_at = models.DateTimeField(db_default=Now())
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_constraint=False)
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    village = models.ForeignKey(
        Division, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    categories = models.IntegerField()
    version = models.ForeignKey(
        PackageVersion, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False)
    promised = models.IntegerField()
    due = models.IntegerField()
    on_time = models.IntegerField()
    late = models.IntegerField()
    ahead = models.IntegerField()
    waived = models.IntegerField()
    met_1 = models.IntegerField()
    met_2 = models.IntegerField()
    met_3 = models.IntegerField()
    met_4 = models.IntegerField()
    met_5 = models.IntegerField()
    met_6 = models.IntegerField()
    packages = models.IntegerField()
    complete = models.IntegerField()
    expected = models.IntegerField()
    unserved = models.IntegerField()

    is_derived = True  # it goes with what it counts (teams.imports.undo)

    objects = FulfilmentCellQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of promises")

    def __str__(self) -> str:
        return f"{self.day} {self.team_id} {self.item_id}"


def seen_unserved(user: "User", path: str = "") -> Q:
    """Whether the account sees the person, signed with its teams, whose `Unserved` the path leads to."""
    if not user.scope.identities:
        return Q(pk__in=())
    return user.scope.where_team(f"{path}team_id", f"{path}team__institution_id")


class UnservedQuerySet(models.QuerySet):
    """People not served by what an account may see."""

    def visible_to(self, user: "User") -> "UnservedQuerySet":
        """Those signed with the teams that the account sees."""
        return self.filter(seen_unserved(user))


class Unserved(models.Model):
    """A coverage whose person was not served, as of `day`: the names behind `FulfilmentCell.unserved`.

    Written in one statement with the counts, so that the list and the figure hold the same people. The places are
    those of the day; `reason` is a contracts.queries.unserved.Reason, `tried_on` the last attempt.
    """

    coverage = models.OneToOneField(
        Coverage, models.CASCADE, primary_key=True, related_name="found_unserved", db_constraint=False
    )
    day = models.DateField(_("as of"))
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_constraint=False)
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+", db_constraint=False)
    village = models.ForeignKey(
        Division, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    reason = models.CharField(max_length=20)
    tried_on = models.DateField(null=True)

    is_derived = True  # it goes with what it is about (teams.imports.undo)

    objects = UnservedQuerySet.as_manager()

    class Meta:
        verbose_name = _("person signed and not served")

    def __str__(self) -> str:
        return f"{self.day} {self.coverage_id}"
