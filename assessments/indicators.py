"""Every indicator as a definition (rules.md 3): what it counts, on which rows, in which unit and direction.

Figures, lists of people, exports and the API all read `INDICATORS`; there is no second place that counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from residents.categories import ALL, KEY, Category
from teams.rates import PERCENT, YUAN


class Rows(StrEnum):
    """The table whose rows an indicator counts."""

    RESIDENT = "resident"
    COVERAGE = "coverage"
    SURVEY = "survey"
    PHONE = "phone"


class TeamRule(StrEnum):
    """Whose rows make a team's figure (rules.md 4)."""

    SERVED = "served"  # those who live in its villages; the numerator: of them, those covered by it
    SIGNED = "signed"  # what is signed with it


@dataclass(frozen=True)
class Measure:
    """A whole number for each row: 1 where `condition` holds, or the value of `column`.

    `{mask}` stands for the category's bit in indicators that differ by register (`managed`, `controlled`).
    """

    condition: str = ""
    column: str = ""

    def value(self, mask: int = 0) -> str:
        """SQL: the row's share of the count."""
        if self.column:
            return self.column
        return f"case when {self.condition.format(mask=mask)} then 1 else 0 end"

    def where(self, mask: int = 0) -> str:
        """SQL: whether the row has a share in the count."""
        return f"{self.column} > 0" if self.column else self.condition.format(mask=mask)


@dataclass(frozen=True)
class Indicator:
    """One figure. `categories` is None when it exists for every category, () for everyone only, else its registers."""

    code: str
    name: Promise
    numerator_words: Promise
    denominator_words: Promise
    why: Promise
    rows: Rows
    numerator: Measure
    denominator: Measure
    source: str
    unit: str = PERCENT
    higher_is_better: bool = True
    categories: tuple[str, ...] | None = None
    team: TeamRule = TeamRule.SIGNED

    def category_codes(self, categories: Sequence[Category]) -> tuple[str, ...]:
        """The categories that the indicator has a figure for."""
        if self.categories is None:
            return (ALL, KEY, *(category.code for category in categories))
        return self.categories or (ALL,)

    @property
    def by_register(self) -> bool:
        """Whether numerator and denominator are told by the category's own bit."""
        return bool(self.categories)


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        code="coverage",
        name=_("Coverage"),
        numerator_words=_("residents of the denominator with a contract in force on the report date"),
        denominator_words=_("residents in the population on the report date"),
        why=_("How many are signed, of all who live here."),
        rows=Rows.RESIDENT,
        numerator=Measure("in_population and covered"),
        denominator=Measure("in_population"),
        source="国医改办发〔2016〕1号",
        team=TeamRule.SERVED,
    ),
    Indicator(
        code="paid_coverage",
        name=_("Paid coverage"),
        numerator_words=_("residents of the denominator whose contract holds a package with a price above 0"),
        denominator_words=_("residents in the population on the report date"),
        why=_("Whether people value the service enough for somebody to pay for it."),
        rows=Rows.RESIDENT,
        numerator=Measure("in_population and paid"),
        denominator=Measure("in_population"),
        source="泉卫计委〔2017〕418号",
        team=TeamRule.SERVED,
    ),
    Indicator(
        code="household_coverage",
        name=_("Household coverage"),
        numerator_words=_("households of the denominator with a member covered on the report date"),
        denominator_words=_("households with a member in the population on the report date"),
        why=_("The household signs together; one family doctor for each family."),
        rows=Rows.RESIDENT,
        numerator=Measure("leads_household and household_covered"),
        denominator=Measure("leads_household"),
        source="中原卫〔2017〕122号",
        categories=(),
        team=TeamRule.SERVED,
    ),
    Indicator(
        code="renewal",
        name=_("Renewal"),
        numerator_words=_("residents of the denominator with a contract in force on the report date"),
        denominator_words=_(
            "residents in the population one of whose contracts ran out this year, before the report date"
        ),
        why=_("Whether those who know the service want it again."),
        rows=Rows.RESIDENT,
        numerator=Measure("renewal_due and covered"),
        denominator=Measure("renewal_due"),
        source="国卫基层发〔2018〕35号",
        team=TeamRule.SERVED,
    ),
    Indicator(
        code="item_completion",
        name=_("Item completion"),
        numerator_words=_("obligations of the denominator met by a service by the report date"),
        denominator_words=_("obligations due this year up to the report date, of contracts in force on the due date"),
        why=_("Whether what was promised was given: the measure of signed and not served."),
        rows=Rows.COVERAGE,
        numerator=Measure(column="obligations_met"),
        denominator=Measure(column="obligations"),
        source="泉卫计委〔2017〕213号",
    ),
    Indicator(
        code="item_on_time",
        name=_("Items on time"),
        numerator_words=_("obligations of the denominator met on or before their due date"),
        denominator_words=_("obligations due this year up to the report date, of contracts in force on the due date"),
        why=_("A follow-up that comes months late is no follow-up."),
        rows=Rows.COVERAGE,
        numerator=Measure(column="obligations_on_time"),
        denominator=Measure(column="obligations"),
        source="国卫基层发〔2018〕35号",
    ),
    Indicator(
        code="package_completion",
        name=_("Package completion"),
        numerator_words=_("packages of the denominator with every such obligation met by the report date"),
        denominator_words=_("packages with an obligation due this year up to the report date"),
        why=_("The whole promise kept, for each package that somebody holds."),
        rows=Rows.COVERAGE,
        numerator=Measure(column="packages_complete"),
        denominator=Measure(column="packages"),
        source="泉卫计委〔2017〕213号",
    ),
    Indicator(
        code="unserved",
        name=_("Signed, not served"),
        numerator_words=_("contracts of the denominator without any service since they began, or in the last 365 days"),
        denominator_words=_("contracts in force on the report date that began at least 90 days before"),
        why=_("Signed and not served: the complaint that this system exists for."),
        rows=Rows.COVERAGE,
        numerator=Measure("unserved"),
        denominator=Measure("service_expected"),
        source="镇海区049号建议答复",
        higher_is_better=False,
    ),
    Indicator(
        code="managed",
        name=_("Managed to standard"),
        numerator_words=_("members of the denominator with as many standard services in 12 months as required"),
        denominator_words=_(
            "members of the register in the population of whom at least one standard service is required"
        ),
        why=_("Whether chronic patients and the elderly get what the national norms say."),
        rows=Rows.RESIDENT,
        numerator=Measure("(managed & {mask}) <> 0"),
        denominator=Measure("(managed_due & {mask}) <> 0"),
        source="国卫基层发〔2017〕13号",
        categories=("elderly", "hypertension", "diabetes", "mental_disorder", "tuberculosis"),
    ),
    Indicator(
        code="controlled",
        name=_("Under control"),
        numerator_words=_("members of the denominator whose latest reading in 12 months is at goal"),
        denominator_words=_("members of the register in the population with a reading in 12 months"),
        why=_("The effect of it all: blood pressure and glucose at goal."),
        rows=Rows.RESIDENT,
        numerator=Measure("(controlled & {mask}) <> 0"),
        denominator=Measure("(measured & {mask}) <> 0"),
        source="国卫基层发〔2017〕13号",
        categories=("hypertension", "diabetes"),
    ),
    Indicator(
        code="primary_share",
        name=_("Share of primary-level visits"),
        numerator_words=_("visits of the denominator at a township centre, community centre or village clinic"),
        denominator_words=_("visits this year up to the report date on days when the resident's contract was in force"),
        why=_("Whether people come to their family doctor first."),
        rows=Rows.COVERAGE,
        numerator=Measure(column="primary_visits"),
        denominator=Measure(column="visits"),
        source="中原卫〔2017〕122号",
    ),
    Indicator(
        code="visit_cost",
        name=_("Cost a visit"),
        numerator_words=_("total cost of the denominator's visits"),
        denominator_words=_("visits this year up to the report date on days when the resident's contract was in force"),
        why=_("Control of medical cost."),
        rows=Rows.COVERAGE,
        numerator=Measure(column="visit_cost_fen"),
        denominator=Measure(column="visits"),
        source="中原卫〔2017〕122号",
        unit=YUAN,
        higher_is_better=False,
    ),
    Indicator(
        code="satisfaction",
        name=_("Satisfaction"),
        numerator_words=_("satisfied answers (4 or 5 of 5)"),
        denominator_words=_("answers in surveys this year up to the report date"),
        why=_("What the people themselves say."),
        rows=Rows.SURVEY,
        numerator=Measure("rating >= 4"),
        denominator=Measure("true"),
        source="中原卫〔2017〕122号",
        categories=(),
    ),
    Indicator(
        code="awareness",
        name=_("Awareness"),
        numerator_words=_("people who know that they are signed and with whom"),
        denominator_words=_("people reached in phone checks this year up to the report date"),
        why=_("Someone signed without knowing it was not signed."),
        rows=Rows.PHONE,
        numerator=Measure("reached and knows_team"),
        denominator=Measure("reached"),
        source="颍泉区2018自查报告",
        categories=(),
    ),
    Indicator(
        code="phone_valid",
        name=_("Valid phone numbers"),
        numerator_words=_("numbers that reached the resident or the family"),
        denominator_words=_("numbers called this year up to the report date"),
        why=_("Empty, wrong and borrowed numbers are the first sign of false signing."),
        rows=Rows.PHONE,
        numerator=Measure("reached"),
        denominator=Measure("true"),
        source="颍泉区2018自查报告",
        categories=(),
    ),
)
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
