"""When a month may be computed and frozen, and what its rows must satisfy before they are shown."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.figures import Tables, source
from assessments.indicators import BY_CODE, INDICATORS, Rows
from assessments.models import Month, Revision, Target
from residents.categories import categories
from residents.models import Resident
from teams.clock import today
from teams.rates import PERCENT
from teams.rules import RuleViolation


class BrokenInvariant(Exception):
    """The rows of a month contradict themselves: a defect of the engine or the data, never shown as figures."""


def check_can_compute(month: CalendarMonth, as_of: date) -> None:
    """A month is computed as of one of its days, not later than today."""
    if not month.first <= as_of <= month.last:
        raise RuleViolation("month.as_of_outside", _("The report date must lie within the month."))
    if as_of > today():
        raise RuleViolation("month.as_of_future", _("The report date must not lie in the future."))


def check_can_compute_otherwise(month: Month) -> None:
    """Other settings than those of the month are tried beside frozen figures, never in the place of open ones."""
    if month.current is None or month.current.frozen_at is None:
        raise RuleViolation(
            "month.settings_open", _("Settings of another day are tried beside a frozen month only: freeze it first.")
        )


def check_can_freeze(revision: Revision) -> None:
    """Only the current, complete figures of a month that is over are frozen, once."""
    if revision.frozen_at is not None:
        raise RuleViolation("month.frozen_already", _("This month is frozen already."))
    if revision.is_provisional:
        raise RuleViolation("month.provisional", _("A month is frozen when its last day has been computed."))
    if revision.status != Revision.Status.DONE or revision.month.current_id != revision.pk:
        raise RuleViolation("month.not_current", _("Only the current figures of a month can be frozen."))


def check_is_explained(open_findings: Sequence[str]) -> None:
    """A month is frozen when its sums are right and what jumped has been explained."""
    if open_findings:
        raise RuleViolation(
            "month.open_findings",
            format_lazy(
                _("Findings in the way of freezing the month: {count}. The first: {first}"),
                count=len(open_findings),
                first=open_findings[0],
            ),
        )


def check_is_frozen(revision: Revision) -> None:
    """Only frozen rows have a hash to be compared with."""
    if revision.frozen_at is None:
        raise RuleViolation("month.not_frozen", _("This month is not frozen."))


def check_remark(month: Month, text: str) -> None:
    """A remark says something, before the month is frozen."""
    if not text.strip():
        raise RuleViolation("remark.empty", _("Write what happened."))
    if month.current and month.current.frozen_at:
        raise RuleViolation("month.frozen_already", _("This month is frozen already."))


def check_target(
    *, indicator: str, category: str, scope: str, has_institution: bool, rate: Decimal | None, count: int | None
) -> None:
    """A target is a rate or a head count of an indicator that exists for the category, for one scope (rules.md 3)."""
    known = BY_CODE.get(indicator)
    if known is None:
        raise RuleViolation("target.indicator", _("There is no such indicator."))
    if category not in known.category_codes(categories()):
        raise RuleViolation("target.category", _("The indicator has no figure for this category."))
    if scope not in Target.Scope.values or (scope == Target.Scope.INSTITUTION) != has_institution:
        raise RuleViolation(
            "target.scope", _("The scope “one institution” names the institution; the others name none.")
        )
    if (rate is None) == (count is None):
        raise RuleViolation("target.value", _("Enter a rate or a head count, one of the two."))
    if rate is not None and known.unit == PERCENT and not 0 <= rate <= 100:
        raise RuleViolation("target.rate", _("A rate lies between 0 and 100 per cent."))
    if count is not None and known.unit != PERCENT:
        raise RuleViolation("target.count", _("A cost is held to yuan a visit, not to a head count."))


def people_born_by(report: date) -> int:
    """How many residents a month as of that day has rows for."""
    return Resident.objects.filter(birth_date__lte=report, merged_into=None).count()


def check_rows(tables: Tables, report: date, people_before: int) -> None:
    """Invariants before the swap: everybody is there once, no numerator above its denominator, roots hold everything.

    `people_before` is `people_born_by` before the rows were made: clerks go on registering people meanwhile. Raises
    `BrokenInvariant` naming the first that fails.
    """
    made, sums = _sums(tables)
    if made != people_before:
        fewest, most = sorted((people_before, people_born_by(report)))
        if not fewest <= made <= most:
            raise BrokenInvariant(f"the month has {made} residents and should have {fewest} to {most}")
    rates = [indicator.code for indicator in INDICATORS if indicator.unit == PERCENT]
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from {tables.figures} where numerator > denominator and indicator = any(%s)", [rates]
        )
        (above,) = cursor.fetchone()
    if above:
        raise BrokenInvariant(f"{above} numerators are above their denominators")
    roots = _sums_of_roots(tables)
    for code, total in sums.items():
        if lost := total - roots.get(code, 0):
            raise BrokenInvariant(f"{code}: the institutions don't add up to the district ({lost})")


def _sums(tables: Tables) -> tuple[int, dict[str, int]]:
    """How many residents have a row, and each indicator's denominator over all rows; one pass over each table."""
    made = 0
    sums: dict[str, int] = {}
    for rows in Rows:
        counted = [indicator for indicator in INDICATORS if indicator.rows is rows and not indicator.by_register]
        columns = ", ".join(f"coalesce(sum({indicator.denominator.value()}), 0)" for indicator in counted)
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*), {columns} from {source(rows, tables)} m")
            number, *values = map(int, cursor.fetchone())
        sums |= dict(zip((indicator.code for indicator in counted), values, strict=True))
        made = number if rows is Rows.RESIDENT else made
    return made, sums


def _sums_of_roots(tables: Tables) -> dict[str, int]:
    """Each indicator's denominator over the institutions that have none above them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select f.indicator, sum(f.denominator) from {tables.figures} f"
            " where f.category = 'all' and f.team_key = 0 and not exists (select 1 from below b"
            " where b.institution_id = f.institution_id and b.ancestor_id <> b.institution_id) group by f.indicator"
        )
        return {code: int(total) for code, total in cursor.fetchall()}
