"""The portable SQL of a month's rows and the literals that go into it (architecture.md, the heart; docs/rules.md).

The two texts are pure SELECTs over the fact views: no clock, no functions of the database, every boundary a literal.
A change of what they mean is a new version beside this one; months computed before keep the version that they name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from residents.categories import Category
from teams.dates import add_months, last_born_with_age, last_start_of_months

# The version that holds for report dates from a day on, the latest last: an old month is always computed with its own.
VERSIONS: Sequence[tuple[date, str]] = ((date.min, "1"),)
HERE = Path(__file__).parent

# rules.md 3: the register whose members are owed a standard number of services a year, and the kind that counts.
STANDARD_KINDS: Mapping[str, str] = {
    "hypertension": "htn_follow_up",
    "diabetes": "dm_follow_up",
    "mental_disorder": "smd_follow_up",
    "tuberculosis": "tb_follow_up",
    "elderly": "elderly_exam",
}

PAUSED_OR_UNPAID = """(
        select coverage, resident, from_on, to_on from fact_suspension
        union all
        select coverage, resident, from_on, to_on from fact_unpaid
    )"""


@dataclass(frozen=True)
class Definition:
    """What a month's rows depend on besides the facts: the report date, the policy on it, the categories."""

    report: date
    policy: Mapping[str, int]
    categories: Sequence[Category]

    def resident_rows(self) -> str:
        """The SELECT of `ResidentMonth` rows, in the order of `RESIDENT_COLUMNS`."""
        return self._text(
            "resident_month.sql", pauses=self._pauses(), **self._boundaries(), **self._masks(), **self._standards()
        )

    def coverage_rows(self, resident_rows: str) -> str:
        """The SELECT of `CoverageMonth` rows, in the order of `COVERAGE_COLUMNS`; reads the table `resident_rows`."""
        return self._text(
            "coverage_month.sql", **self._boundaries(), pauses=self._pauses(), resident_rows=resident_rows
        )

    def _text(self, name: str, **literals: object) -> str:
        return (HERE / name).read_text(encoding="utf-8").format(**literals)

    def _pauses(self) -> str:
        """Days out of force: suspensions, and those not paid for where the policy does not count these (rules.md 6)."""
        return "fact_suspension" if self.policy["unpaid_in_force"] else PAUSED_OR_UNPAID

    def _boundaries(self) -> dict[str, object]:
        """Dates, each the last or first day of what it names."""
        report, policy = self.report, self.policy
        return {
            "report": literal(report),
            "year": report.year,
            "month": report.month,
            "day": report.day,
            "never": literal(date.max),
            "in_population": f"(r.registered_on is null or r.registered_on <= {literal(report)})"
            f" and (r.moved_out_on is null or r.moved_out_on > {literal(report)})"
            f" and (r.died_on is null or r.died_on > {literal(report)})",
            "year_start": literal(report.replace(month=1, day=1)),
            "year_before": literal(add_months(report, -12)),
            "elderly_born_by": literal(last_born_with_age(policy["elderly_age"], report)),
            "child_born_after": literal(last_born_with_age(policy["child_age"] + 1, report)),
            "unserved_since": literal(report - timedelta(days=policy["unserved_window_days"])),
            "unserved_started_by": literal(report - timedelta(days=policy["unserved_after_days"])),
        }

    def _masks(self) -> dict[str, object]:
        mask = {category.code: category.mask for category in self.categories}
        registers = " ".join(f"when '{row.code}' then {row.mask}" for row in self.categories if row.is_register)
        policy = self.policy
        older = f"p.birth_on <= {literal(last_born_with_age(policy['goal_age'], self.report))}"
        systolic, diastolic = (
            f"case when {older} then {policy[f'goal_{name}_elderly']} else {policy[f'goal_{name}']} end"
            for name in ("systolic", "diastolic")
        )
        hypertension, diabetes = (f"(p.categories & {mask[code]}) <> 0" for code in ("hypertension", "diabetes"))
        below = f"mod(g.pressure, 1000000) < {systolic} * 1000 and mod(g.pressure, 1000) < {diastolic}"
        return {
            "elderly": mask["elderly"],
            "child": mask["child"],
            "register_mask": f"case category {registers} else 0 end",
            "measured": _bits(
                (mask["hypertension"], f"{hypertension} and g.pressure is not null"),
                (mask["diabetes"], f"{diabetes} and g.glucose is not null"),
            ),
            "controlled": _bits(
                (mask["hypertension"], f"{hypertension} and {below}"),
                (mask["diabetes"], f"{diabetes} and mod(g.glucose, 10000) < {policy['goal_glucose_tenths']}"),
            ),
        }

    def _standards(self) -> dict[str, object]:
        """How many standard services each member must have had, and who had them."""
        mask = {category.code: category.mask for category in self.categories}
        registers = [code for code in STANDARD_KINDS if code != "elderly"]
        elderly = self._required("r.birth_on", "elderly")
        required = {code: f"coalesce(e.{code}_required, 0)" for code in registers} | {"elderly": elderly}
        return {
            "register_required": ", ".join(
                f"max(case when category = '{code}' then {self._required('from_on', code)} else 0 end)"
                f" as {code}_required"
                for code in registers
            ),
            "standard_kinds": ", ".join(f"'{kind}'" for kind in STANDARD_KINDS.values()),
            "services_given": ", ".join(
                f"sum(case when kind = '{kind}' then 1 else 0 end) as {code}_given"
                for code, kind in STANDARD_KINDS.items()
            ),
            "required_columns": ", ".join(f"{text} as {code}_required" for code, text in required.items()),
            "managed_due": _bits(*((mask[code], f"p.{code}_required > 0") for code in STANDARD_KINDS)),
            "managed": _bits(
                *(
                    (mask[code], f"p.{code}_required > 0 and g.{code}_given >= p.{code}_required")
                    for code in STANDARD_KINDS
                )
            ),
        }

    def _required(self, column: str, code: str) -> str:
        """⌊standard × m ÷ 12⌋ for m whole months of membership, as a sum of steps: each further service is required
        from a number of months on, and a day tells whether those have passed."""
        standard = self.policy[f"standard_{code}"]
        steps = []
        for services in range(1, standard + 1):
            months = -(-12 * services // standard)
            since = last_start_of_months(months, self.report)
            if code == "elderly":
                since = last_born_with_age(self.policy["elderly_age"], since)
            steps.append(f"case when {column} <= {literal(since)} then 1 else 0 end")
        return f"({' + '.join(steps) or '0'})"


def version_on(report: date) -> str:
    """The version of the definitions for months reported on that day."""
    return next(version for since, version in reversed(VERSIONS) if since <= report)


def literal(day: date) -> str:
    """A date as SQL that every engine reads."""
    return f"date '{day.isoformat()}'"


def _bits(*rows: tuple[int, str]) -> str:
    return " + ".join(f"case when {condition} then {mask} else 0 end" for mask, condition in rows)


# Columns of the SELECTs, in their order, with the types that the tables have.
RESIDENT_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("resident_id", "person"), "bigint"),
    "county": "integer",
    **dict.fromkeys(("institution_id", "village_id", "household_id", "coverage_id", "team_id"), "bigint"),
    "age": "smallint",
    **dict.fromkeys(("in_population", "covered", "paid", "renewal_due"), "boolean"),
    **dict.fromkeys(("leads_household", "household_covered"), "boolean"),
    **dict.fromkeys(("categories", "managed_due", "managed", "measured", "controlled"), "integer"),
}
COVERAGE_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("coverage_id", "resident_id", "person"), "bigint"),
    "county": "integer",
    **dict.fromkeys(("institution_id", "village_id", "team_id"), "bigint"),
    "categories": "integer",
    "in_force": "boolean",
    **dict.fromkeys(("obligations", "obligations_met", "obligations_on_time", "obligations_waived"), "integer"),
    **dict.fromkeys(("packages", "packages_complete"), "integer"),
    **dict.fromkeys(("service_expected", "unserved"), "boolean"),
    **dict.fromkeys(("visits", "primary_visits"), "integer"),
    "visit_cost_fen": "bigint",
}
ANSWER_COLUMNS: Mapping[str, str] = {
    "answer_id": "bigint",
    "kind": "varchar(6)",
    **dict.fromkeys(("resident_id", "institution_id", "village_id", "team_id"), "bigint"),
    "categories": "integer",
    "rating": "smallint",
    **dict.fromkeys(("reached", "knows_team"), "boolean"),
}
