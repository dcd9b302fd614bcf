"""A month, its revisions, and what a revision holds: a row per resident, per coverage, per answer, and the figures.

The four row tables are partitioned by revision (see the migration): a revision is built as a table of its own beside
the old one and attached in the transaction that makes it the current one; a frozen revision's table is never dropped.
"""

from calendar import monthrange
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage
from residents.models import Household, Resident
from teams.history import track_history
from teams.models import Division, Institution, Team
from teams.models.places import ids_below

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount


class Month(models.Model):
    """A calendar month that has been asked for; `current` is the revision whose figures are shown."""

    first_on = models.DateField(_("month"), unique=True)
    current = models.ForeignKey("Revision", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-first_on",)
        constraints = (models.CheckConstraint(name="assessments_month_is_a_first", condition=Q(first_on__day=1)),)

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m}"


class Revision(models.Model):
    """One computation of a month as of its report date."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("replaced")

    class Step(models.TextChoices):
        """What a computation is doing, in order."""

        RESIDENTS = "residents", _("a row for each resident")
        COVERAGES = "coverages", _("a row for each contract")
        FIGURES = "figures", _("adding up the figures")
        CHECKS = "checks", _("checking them")
        SWAP = "swap", _("putting them in place")

    month = models.ForeignKey(Month, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    as_of = models.DateField(_("as of"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    definitions = models.CharField(_("version of the definitions"), max_length=20)
    # What the rows depend on besides the facts: the policy, and the categories with their bits. The policy and the
    # version of the definitions are those of the report date, or of the day `settings_on` that somebody asked for.
    basis = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    # Whether answers and calls are among its rows: those of months computed before they were are not known any more.
    has_answers = models.BooleanField(default=False, db_default=False)
    # Whatever was entered before this is in the rows or changes none of them (assessments.queries.late).
    known_to = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.CharField(max_length=150, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-month__first_on", "-number")
        constraints = (
            models.UniqueConstraint(name="assessments_revision_number", fields=["month", "number"]),
            models.CheckConstraint(
                name="assessments_revision_freeze_is_whole",
                condition=Q(frozen_at=None, frozen_by="", sha256="")
                | (Q(frozen_at__isnull=False, status="done") & ~Q(frozen_by="") & ~Q(sha256="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.month} r{self.number}"

    def session_name(self, step: Step) -> str:
        """What the database session that computes this revision calls itself at a step."""
        return f"month {self.pk} {step.value}"

    @property
    def settings_on(self) -> date | None:
        """The day whose settings and definitions were asked for; None: those of the report date."""
        asked = self.basis.get("settings_on")
        return date.fromisoformat(asked) if asked else None

    @property
    def is_provisional(self) -> bool:
        """Whether the month wasn't over on the report date."""
        return self.as_of.day != monthrange(self.as_of.year, self.as_of.month)[1]


FROZEN_STAY = """
    if exists (
        select from assessments_revision where id in (OLD.revision_id, NEW.revision_id) and frozen_at is not null
    ) then raise exception 'the places of a frozen month never change' using errcode = 'restrict_violation'; end if;
    if tg_op = 'DELETE' then return OLD; end if;
    return NEW;
"""


class Places(models.Model):
    """Where units stood when a revision was computed: what its figures were counted by, and its lists go by.

    `pairs` of ids by kind: `above` is an institution and the one right above it, if any; `team` one that there was on
    the report date and its institution; `other` any other team and its institution; `village` a team and a village
    that it served. Computations before there were places have none.
    """

    revision = models.OneToOneField(Revision, models.CASCADE, primary_key=True, related_name="places")
    pairs = models.JSONField()

    class Meta:
        triggers = (
            pgtrigger.Trigger(
                name="frozen_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN_STAY,
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision_id}"

    @cached_property
    def above(self) -> dict[int, int]:
        """Institution id -> id of the institution right above it. Roots are absent."""
        return {institution: parent for institution, parent in self.pairs["above"] if parent is not None}

    @cached_property
    def teams(self) -> dict[int, int]:
        """Id of a team that there was on the report date -> id of its institution."""
        return dict(self.pairs["team"])

    @cached_property
    def homes(self) -> dict[int, int]:
        """Id of any team that was known -> id of its institution."""
        return dict(self.pairs["other"]) | self.teams

    def subtree(self, institution: int) -> frozenset[int]:
        """Ids of the institution and everything below it."""
        return ids_below(institution, self.above)

    def villages_of(self, team: int) -> list[int]:
        """Ids of the villages that the team served."""
        return [village for served_by, village in self.pairs["village"] if served_by == team]


@track_history()
class Remark(models.Model):
    """Why a figure of a month jumped, in the words of whoever looked into it; a month is frozen without open jumps."""

    month = models.ForeignKey(Month, models.CASCADE, related_name="remarks")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    indicator = models.CharField(_("indicator"), max_length=20)
    category = models.CharField(_("category"), max_length=20)
    text = models.CharField(_("remark"), max_length=300)
    by = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="assessments_remark_once", fields=["month", "institution", "indicator", "category"]
            ),
        )

    def __str__(self) -> str:
        return f"{self.month_id} {self.institution_id} {self.indicator}"


class MonthRowQuerySet(models.QuerySet):
    """Rows of a revision by what an account may see."""

    def visible_to(self, user: "User") -> "MonthRowQuerySet":
        """Rows of people managed in the account's institutions, in its villages, or signed with its teams."""
        scope = user.scope
        if not scope.identities:
            return self.none()
        if scope.is_district:
            return self
        return self.filter(
            scope.where("institution_id") | Q(village_id__in=scope.villages) | Q(team_id__in=scope.teams)
        )


class ResidentMonth(models.Model):
    """A resident on the report date. No identities. Masks have one bit per key population (`Category.bit`)."""

    KEY = "resident_id"  # what tells its rows apart, within a revision; so of the others

    pk = models.CompositePrimaryKey("revision_id", "resident_id")
    revision = models.ForeignKey(Revision, models.DO_NOTHING, db_constraint=False, related_name="+")
    resident = models.ForeignKey(Resident, models.DO_NOTHING, db_constraint=False, related_name="+")
    person = models.BigIntegerField()
    county = models.IntegerField()
    institution = models.ForeignKey(Institution, models.DO_NOTHING, db_constraint=False, related_name="+")
    village = models.ForeignKey(Division, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    household = models.ForeignKey(Household, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    coverage = models.ForeignKey(Coverage, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    team = models.ForeignKey(Team, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    age = models.SmallIntegerField()
    in_population = models.BooleanField()
    covered = models.BooleanField()
    paid = models.BooleanField()
    renewal_due = models.BooleanField()
    leads_household = models.BooleanField()
    household_covered = models.BooleanField()
    categories = models.IntegerField()
    managed_due = models.IntegerField()
    managed = models.IntegerField()
    measured = models.IntegerField()
    controlled = models.IntegerField()

    objects = MonthRowQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "assessments_residentmonth"

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.resident_id}"


class CoverageMonth(models.Model):
    """A coverage on the report date, with what its year owed and got. One row per coverage that counts somewhere."""

    KEY = "coverage_id"

    pk = models.CompositePrimaryKey("revision_id", "coverage_id")
    revision = models.ForeignKey(Revision, models.DO_NOTHING, db_constraint=False, related_name="+")
    coverage = models.ForeignKey(Coverage, models.DO_NOTHING, db_constraint=False, related_name="+")
    resident = models.ForeignKey(Resident, models.DO_NOTHING, db_constraint=False, related_name="+")
    person = models.BigIntegerField()
    county = models.IntegerField()
    institution = models.ForeignKey(Institution, models.DO_NOTHING, db_constraint=False, related_name="+")
    village = models.ForeignKey(Division, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    team = models.ForeignKey(Team, models.DO_NOTHING, db_constraint=False, related_name="+")
    categories = models.IntegerField()
    in_force = models.BooleanField()
    obligations = models.IntegerField()
    obligations_met = models.IntegerField()
    obligations_on_time = models.IntegerField()
    obligations_waived = models.IntegerField()
    packages = models.IntegerField()
    packages_complete = models.IntegerField()
    service_expected = models.BooleanField()
    unserved = models.BooleanField()
    visits = models.IntegerField()
    primary_visits = models.IntegerField()
    visit_cost_fen = models.BigIntegerField()

    objects = MonthRowQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "assessments_coveragemonth"

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.coverage_id}"


class AnswerMonth(models.Model):
    """A survey answer or a call that the year counts, with the resident's place and team on the report date. Without a
    resident and a village: it was given in confidence."""

    KEY = "answer_id"

    class Kind(models.TextChoices):
        """As `assessments.indicators.Rows` has them; `answer_id` is that of a `SurveyAnswer` or `PhoneCheck`."""

        SURVEY = "survey", _("survey")
        PHONE = "phone", _("phone check")

    pk = models.CompositePrimaryKey("revision_id", "kind", "answer_id")
    revision = models.ForeignKey(Revision, models.DO_NOTHING, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    answer_id = models.BigIntegerField()
    resident = models.ForeignKey(Resident, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.DO_NOTHING, db_constraint=False, related_name="+")
    village = models.ForeignKey(Division, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    team = models.ForeignKey(Team, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    categories = models.IntegerField()
    rating = models.SmallIntegerField(null=True)
    reached = models.BooleanField(null=True)
    knows_team = models.BooleanField(null=True)

    objects = MonthRowQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "assessments_answermonth"

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.kind} {self.answer_id}"


class Tally(models.Model):
    """What pages of a revision show besides its figures and what takes long to count: counted once, in the background.

    `counts` is what assessments.actions.keeping makes of the revision's rows; without a tally a page counts by itself.
    """

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="tallies")
    name = models.CharField(max_length=60)
    counts = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(name="assessments_tally_once", fields=["revision", "name"]),)

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.name}"


class FigureQuerySet(models.QuerySet):
    """Figures by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "FigureQuerySet":
        """Figures of the account's institutions and a doctor's teams; counts hold no identities."""
        return self.filter(user.scope.where_team("team_id", "institution_id"))


class Figure(models.Model):
    """A numerator and a denominator of one indicator, unit and category in one revision. `team` empty: the
    institution's own figure over its subtree; else the team's, under its institution."""

    pk = models.CompositePrimaryKey("revision_id", "institution_id", "team_key", "category", "indicator")
    revision = models.ForeignKey(Revision, models.DO_NOTHING, db_constraint=False, related_name="figures")
    institution = models.ForeignKey(Institution, models.DO_NOTHING, db_constraint=False, related_name="+")
    team_key = models.BigIntegerField()  # the team's id, 0 for an institution's own figure
    team = models.ForeignKey(Team, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    category = models.CharField(max_length=20)
    indicator = models.CharField(max_length=20)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()

    objects = FigureQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "assessments_figure"

    def __str__(self) -> str:
        return f"{self.indicator} {self.category}: {self.numerator}/{self.denominator}"
