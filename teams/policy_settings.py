"""The district's settings: what each is called, counts, may be and is by default. `teams.policy` knows what holds when.

Every value is a whole number. Docs: rules.md (ages, standards, goals), and the page of what the setting steers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext


class Unit(NamedTuple):
    """What a setting counts, and the most that makes sense of it; `parts` of the number make one of it. The label may
    depend on how many there are."""

    label: str | Promise | Callable[[int], str]
    most: int
    parts: int = 1

    @property
    def places(self) -> int:
        """Places after the point."""
        return len(str(self.parts)) - 1

    def of(self, value: int) -> str | Promise:
        """The unit as it stands behind the value."""
        return self.label(value) if callable(self.label) else self.label


AGE = Unit(lambda count: npgettext("unit", "year of age", "years of age", count), 120)
YEARS = Unit(lambda count: npgettext("unit", "year", "years", count), 20)
MONTHS = Unit(lambda count: npgettext("unit", "month", "months", count), 120)
WEEKS = Unit(lambda count: npgettext("unit", "week", "weeks", count), 52)
DAYS = Unit(lambda count: npgettext("unit", "day", "days", count), 3650)
HOUR = Unit(_("o'clock"), 24)
A_YEAR = Unit(lambda count: npgettext("unit", "time in a year", "times in a year", count), 366)
PERCENT = Unit("%", 100)
POINTS = Unit(lambda count: npgettext("unit", "percentage point", "percentage points", count), 100)
PRESSURE = Unit("mmHg", 300)
GLUCOSE = Unit("mmol/L", 500, parts=10)
YUAN = Unit(_("yuan"), 1_000_000)
PEOPLE = Unit(lambda count: npgettext("unit", "person", "people", count), 1_000_000)
HOUSEHOLDS = Unit(lambda count: npgettext("unit", "household", "households", count), 1_000_000)
NUMBER = Unit(_("in number"), 1_000_000)
SWITCH = Unit("", 1)


@dataclass(frozen=True)
class Setting:
    """A setting by its code, with its default; `least` is the smallest value that makes sense."""

    code: str
    default: int
    unit: Unit
    label: str | Promise
    least: int = 0

    @property
    def most(self) -> int:
        """The greatest value that makes sense."""
        return self.unit.most

    def allows(self, value: int) -> bool:
        """Whether the value makes sense."""
        return self.least <= value <= self.most

    def said(self, value: int) -> str | Promise:
        """The value in words."""
        if self.unit is SWITCH:
            return _("Yes") if value else _("No")
        return f"{value / self.unit.parts:,.{self.unit.places}f}"

    @property
    def range(self) -> str | Promise:
        """The values that make sense, in words."""
        if self.unit is SWITCH:
            return _("yes or no")
        least, most = self.said(self.least), self.said(self.most)
        return format_lazy("{least}–{most} {unit}", least=least, most=most, unit=self.unit.of(self.most))


class Group(NamedTuple):
    """Settings of one subject."""

    title: str | Promise
    settings: Sequence[Setting]


GROUPS: Sequence[Group] = (
    Group(
        _("Figures: ages, standards and goals"),
        (
            Setting("elderly_age", 65, AGE, _("Elderly from"), 1),
            Setting("child_age", 6, AGE, _("Children up to and including")),
            Setting("standard_hypertension", 4, A_YEAR, _("Follow-ups owed in hypertension")),
            Setting("standard_diabetes", 4, A_YEAR, _("Follow-ups owed in diabetes")),
            Setting("standard_mental_disorder", 4, A_YEAR, _("Follow-ups owed in severe mental disorder")),
            Setting("standard_tuberculosis", 12, A_YEAR, _("Follow-ups owed in tuberculosis")),
            Setting("standard_elderly", 1, A_YEAR, _("Examinations owed to the elderly")),
            Setting("goal_systolic", 140, PRESSURE, _("Systolic pressure is at goal below"), 1),
            Setting("goal_diastolic", 90, PRESSURE, _("Diastolic pressure is at goal below"), 1),
            Setting("goal_age", 65, AGE, _("The goals of the elderly hold from"), 1),
            Setting("goal_systolic_elderly", 150, PRESSURE, _("Systolic pressure of the elderly is at goal below"), 1),
            Setting("goal_diastolic_elderly", 90, PRESSURE, _("Diastolic pressure of the elderly is at goal below"), 1),
            Setting("goal_glucose_tenths", 70, GLUCOSE, _("Fasting glucose is at goal below"), 1),
            Setting(
                "unserved_after_days", 90, DAYS, _("Signed and not served counts whoever signed at least so long ago")
            ),
            Setting("unserved_window_days", 364, DAYS, _("… and had no service for so long")),
        ),
    ),
    Group(
        _("Freezing a month: what is explained first"),
        (
            Setting("jump_points", 10, POINTS, _("A rate that moved by more than")),
            Setting("jump_population_percent", 5, PERCENT, _("A population that moved by more than")),
            Setting("jump_people_least", 100, PEOPLE, _("Looked at from so many people on")),
        ),
    ),
    Group(
        _("Work lists"),
        (
            Setting("to_sign_new_days", 30, DAYS, _("Somebody to be signed counts as new for")),
            Setting("very_old_age", 80, AGE, _("Due work: very old people come first from")),
            Setting("follow_up_days", 14, DAYS, _("A critical reading or a referral's result is followed up within")),
            Setting("phone_shared_by", 3, PEOPLE, _("A telephone number counts as shared from so many people on"), 2),
            Setting("population_differs_by", 10, PERCENT, _("Official and registered population differ by more than")),
        ),
    ),
    Group(
        _("Signing"),
        (
            Setting("term_years_least", 1, YEARS, _("Shortest term of a contract"), 1),
            Setting("term_years_most", 3, YEARS, _("Longest term of a contract"), 1),
            Setting("confirmed_yearly", 1, SWITCH, _("Contracts of several years are confirmed once a year")),
            Setting("renewal_days_ahead", 60, DAYS, _("Contracts are shown for renewal before their end, by")),
            Setting("draft_days", 30, DAYS, _("Drafts that nobody touched are dropped after (0: never)")),
        ),
    ),
    Group(
        _("Fees and prices"),
        (
            Setting("refund_unused_months", 1, SWITCH, _("Whole months that are left after an early end are not owed")),
            Setting("unpaid_in_force", 1, SWITCH, _("Contracts that residents have not paid for count as in force")),
            Setting("fee_overdue_days", 30, DAYS, _("A share is overdue after its due date by")),
            Setting("package_price_least", 0, YUAN, _("A package costs a year at least (0: no rule)")),
            Setting("package_price_most", 0, YUAN, _("A package costs a year at most (0: no rule)")),
        ),
    ),
    Group(
        _("Money"),
        (
            Setting("staff_share_least", 70, PERCENT, _("Of a fund the staff gets at least")),
            Setting(
                "public_health_share_least", 40, PERCENT, _("Of the basic public health fund the service gets at least")
            ),
        ),
    ),
    Group(
        _("Teams (0: no rule)"),
        (
            Setting("team_internal_medicine", 1, PEOPLE, _("Members of a team: internal medicine")),
            Setting("team_surgery", 1, PEOPLE, _("Members of a team: surgery")),
            Setting("team_gynaecology", 1, PEOPLE, _("Members of a team: gynaecology")),
            Setting("team_public_health", 1, PEOPLE, _("Members of a team: public health")),
            Setting("team_village_doctor", 0, PEOPLE, _("Members of a team: village doctors")),
            Setting("team_specialist", 0, PEOPLE, _("Members of a team: specialists")),
            Setting("team_grid_worker", 0, PEOPLE, _("Members of a team: grid workers")),
            Setting("team_households_least", 1000, HOUSEHOLDS, _("Households of a team at least")),
            Setting("team_households_most", 1500, HOUSEHOLDS, _("Households of a team at most")),
            Setting("centre_teams_least", 4, NUMBER, _("Teams of a centre at least")),
            Setting("doctor_residents_most", 2000, PEOPLE, _("Residents of a doctor at most")),
        ),
    ),
    Group(
        _("Referrals and privileges"),
        (
            Setting("referral_answer_days_routine", 3, DAYS, _("A routine referral is answered within")),
            Setting("referral_answer_days_urgent", 1, DAYS, _("An urgent referral is answered within")),
            Setting("referral_answer_days_emergency", 0, DAYS, _("An emergency is answered within (0: the same day)")),
            Setting("privilege_registration_fee_waived", 1, SWITCH, _("Hospitals waive the registration fee")),
            Setting("privilege_test_points", 5, POINTS, _("Referred tests are cheaper by")),
            Setting("privilege_prescription_weeks", 12, WEEKS, _("A long prescription lasts")),
        ),
    ),
    Group(
        _("Inspections and publication"),
        (
            Setting("rectification_days", 7, DAYS, _("A finding is mended within")),
            Setting("rectification_escalates_days", 7, DAYS, _("An overdue finding goes one level up after")),
            Setting("relapse_months", 12, MONTHS, _("The same fault is a relapse within")),
            Setting("published_cell_least", 5, PEOPLE, _("Published counts of fewer people are left out")),
            Setting("assessment_appeal_days", 5, DAYS, _("A unit may appeal after the notice within")),
        ),
    ),
    Group(
        _("Signals of false signing: reported from"),
        (
            Setting("lead_phone_run", 3, NUMBER, _("Consecutive telephone numbers"), 2),
            Setting("lead_phone_impossible_percent", 5, PERCENT, _("Impossible telephone numbers")),
            Setting("lead_phone_missing_percent", 10, PERCENT, _("Missing telephone numbers")),
            Setting("lead_signed_a_day", 60, PEOPLE, _("People signed in a day")),
            Setting("lead_services_a_day", 60, NUMBER, _("Services of one person in a day")),
            Setting("lead_townships_a_day", 2, NUMBER, _("Townships of one person in a day"), 2),
            Setting("lead_night_from", 22, HOUR, _("The night begins at")),
            Setting("lead_night_to", 6, HOUR, _("The night ends at")),
            Setting("lead_night_entries", 10, NUMBER, _("Services entered at night in a year")),
            Setting("lead_burst_days", 10, DAYS, _("The last days of a quarter are"), 1),
            Setting("lead_burst_percent", 40, PERCENT, _("… with so much of the quarter's services")),
            Setting("lead_records_least", 30, NUMBER, _("Shares are counted from so many records on"), 1),
            Setting("lead_same_reading_percent", 60, PERCENT, _("The same reading again and again")),
            Setting("lead_digit_percent", 60, PERCENT, _("The same last digit of readings")),
            Setting(
                "lead_below_goal_ratio",
                5,
                NUMBER,
                _("Readings just below the goal against just above: so many to one"),
                1,
            ),
            Setting("lead_unserved_days", 180, DAYS, _("Signed and never served for")),
            Setting("lead_unserved_percent", 20, PERCENT, _("… of so much of a team's people")),
            Setting("lead_receipt_days", 30, DAYS, _("Paid without a receipt for")),
        ),
    ),
)
SETTINGS = {setting.code: setting for group in GROUPS for setting in group.settings}
