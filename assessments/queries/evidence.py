"""The evidence behind one line of a figure's list: the dated facts up to the report date that put it where it stands.

Whether the line counts is what the month says; the facts are those on file today, each with the time of its entry, so
that what came after the computation can be told apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Prefetch

from assessments.definitions import STANDARD_KINDS
from assessments.indicators import Indicator
from assessments.models import CoverageMonth, PhoneCheck, ResidentMonth, Revision, SurveyAnswer
from assessments.queries.people import Part, counted, has_people, in_unit, people
from assessments.queries.units import Selection
from contracts.models import Coverage, CoveragePackage, Obligation, Service, Status, Visit
from contracts.queries.accounts import is_out_of_force_unpaid
from residents.models import Register, Resident
from teams.dates import add_months, last_born_with_age, last_start_of_months
from teams.policy import DEFAULTS

READINGS = {"hypertension": ("systolic", "diastolic"), "diabetes": ("fasting_glucose",)}
MONTHS_AT_MOST = 12


@dataclass(frozen=True)
class Evidence:
    """One line (`row`, of `rows_of`) of a figure, and the facts that it rests on."""

    selection: Selection
    indicator: Indicator
    row: Any
    revision: Revision

    @property
    def is_counted(self) -> bool:
        """Whether the month has it in the numerator, wholly where the figure is a sum."""
        if isinstance(self.row, CoverageMonth) and self.indicator.numerator.column:
            return self.above >= self.below > 0
        return bool(self.row.is_counted)

    @property
    def above(self) -> int:
        """What a coverage adds to the numerator of a sum."""
        return int(getattr(self.row, self.indicator.numerator.column))

    @property
    def below(self) -> int:
        """What a coverage adds to the denominator of a sum."""
        return int(getattr(self.row, self.indicator.denominator.column))

    @property
    def day(self) -> date:
        """The report date."""
        return self.revision.as_of

    @property
    def year_start(self) -> date:
        return self.day.replace(month=1, day=1)

    @property
    def year_before(self) -> date:
        """The day before the 12 months to the report date."""
        return add_months(self.day, -12)

    @cached_property
    def policy(self) -> Mapping[str, int]:
        """The settings that the month was computed with."""
        return {**DEFAULTS, **self.revision.basis.get("policy", {})}

    @cached_property
    def coverages(self) -> list[Coverage]:
        """The resident's coverages begun by the report date, the latest first."""
        rows = Coverage.objects.filter(resident=self.row.resident_id, start_on__lte=self.day)
        related = rows.select_related("contract__team", "resident").prefetch_related(
            "suspensions", Prefetch("packages", CoveragePackage.objects.select_related("version"))
        )
        return list(related.order_by("-start_on"))

    @cached_property
    def coverage(self) -> Coverage | None:
        """The coverage that the row names: the one of the line, or the one in force."""
        return next((row for row in self.coverages if row.pk == self.row.coverage_id), None)

    @cached_property
    def in_force(self) -> Coverage | None:
        """The coverage that is in force on the report date by the facts of today."""
        return next((row for row in self.coverages if self.counts_on(row, self.day)), None)

    def counts_on(self, coverage: Coverage, day: date) -> bool:
        """Whether a coverage counts as in force on a day, by the policy of the month also as to what is unpaid."""
        if coverage.status_on(day) is not Status.IN_FORCE:
            return False
        return not is_out_of_force_unpaid(coverage, day, self.policy)

    @cached_property
    def run_out(self) -> list[Coverage]:
        """Those that ended this year by reaching their last day, before the report date."""
        return [
            row
            for row in self.coverages
            if self.year_start <= row.end_on < self.day and (not row.terminated_on or row.terminated_on > row.end_on)
        ]

    @cached_property
    def registers(self) -> list[Register]:
        """The resident's entries on the figure's register that hold on the report date."""
        rows = Register.objects.filter(resident=self.row.resident_id, category=self.selection.category)
        return list(rows.on(self.day).order_by("from_on"))

    @cached_property
    def services(self) -> list[Service]:
        """Services in the 12 months to the report date, the latest first."""
        rows = Service.objects.filter(
            resident=self.row.resident_id, performed_on__gt=self.year_before, performed_on__lte=self.day
        )
        return list(rows.select_related("item", "staff").order_by("-performed_on", "-systolic", "-diastolic"))

    @cached_property
    def standard_services(self) -> list[Service]:
        """Those that count towards the standard of the figure's register."""
        kind = STANDARD_KINDS.get(self.selection.category)
        return [row for row in self.services if row.item.kind == kind]

    @property
    def served_since(self) -> date:
        """The first day on which a service keeps a coverage from being unserved."""
        window = self.day - timedelta(days=self.policy["unserved_window_days"])
        return max(window, self.coverage.start_on) if self.coverage else window

    @cached_property
    def reading(self) -> Service | None:
        """The latest service with the readings of the figure's register; of one day, the worse."""
        names = READINGS[self.selection.category]
        rows = [row for row in self.services if all(row.readings[name] is not None for name in names)]
        return max(rows, key=lambda row: (row.performed_on, *(row.readings[name] for name in names)), default=None)

    @property
    def months(self) -> int:
        """Whole months of membership up to the report date, at most 12 (rules.md 3)."""
        starts = [(k, last_start_of_months(k, self.day)) for k in range(1, MONTHS_AT_MOST + 1)]
        if self.selection.category == "elderly":
            birth, age = self.row.resident.birth_date, self.policy["elderly_age"]
            return max((k for k, start in starts if birth <= last_born_with_age(age, start)), default=0)
        since = [row.from_on for row in self.registers]
        return max((k for k, start in starts for day in since if day <= start), default=0)

    @property
    def required(self) -> int:
        """Standard services required of the member by the report date."""
        return self.policy[f"standard_{self.selection.category}"] * self.months // 12

    @cached_property
    def obligations(self) -> list[Obligation]:
        """What the coverage owes this year up to the report date, waived and not counting ones too, in order."""
        rows = Obligation.objects.filter(
            coverage=self.row.coverage_id, due_on__gte=self.year_start, due_on__lte=self.day
        )
        return list(rows.select_related("item", "held__version").order_by("held__version__name", "due_on"))

    @cached_property
    def visits(self) -> list[Visit]:
        """Visits of the year on days when the coverage was in force, in order."""
        coverage = self.coverage
        rows = Visit.objects.filter(
            resident=self.row.resident_id, visited_on__gte=self.year_start, visited_on__lte=self.day
        )
        found = rows.select_related("institution").order_by("visited_on")
        return [row for row in found if coverage and self.counts_on(coverage, row.visited_on)]

    @cached_property
    def members(self) -> list[ResidentMonth]:
        """The household's members whom its line counts: those in the population whom the same institution manages, or
        who live in the villages of the figure's team."""
        rows = ResidentMonth.objects.visible_to(self.selection.user).filter(
            revision=self.revision, household=self.row.household_id, in_population=True
        )
        if self.selection.unit.team:
            rows = rows.filter(in_unit(self.selection.unit, self.selection.tree.places, served=True))
        else:
            rows = rows.filter(institution=self.row.institution_id)
        return list(rows.select_related("resident", "team").order_by("-age", "resident_id"))

    def is_signed(self, member: ResidentMonth) -> bool:
        """Whether a member of the household counts as covered: for a team's figure, by that team."""
        team = self.selection.unit.team
        return member.covered and (team is None or member.team_id == team.pk)

    @cached_property
    def answers(self) -> list[SurveyAnswer]:
        """The answer of the line as it is on file; none when it is there no more."""
        return list(SurveyAnswer.objects.filter(pk=self.row.answer_id))

    @cached_property
    def calls(self) -> list[PhoneCheck]:
        """The call of the line as it is on file; none when it is there no more."""
        return list(PhoneCheck.objects.filter(pk=self.row.answer_id))


def evidence(selection: Selection, indicator: Indicator, pk: int) -> Evidence | None:
    """The line of a resident (or coverage, answer, call, as the figure counts); None when it isn't in the figure, when
    the account doesn't see the person today, and of what was said in confidence."""
    if selection.revision is None or not has_people(selection, indicator):
        return None
    rows = people(selection, indicator, Part.DENOMINATOR)
    rows = rows.filter(**{rows.model.KEY: pk}).annotate(is_counted=counted(selection, indicator))
    row = rows.select_related("resident", "team", "village").first()
    if row is None or not Resident.objects.visible_to(selection.user).filter(pk=row.resident_id).exists():
        return None
    return Evidence(selection, indicator, row, selection.revision)
