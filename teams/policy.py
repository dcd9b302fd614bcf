"""The district's dated settings: codes, defaults (docs/rules.md), and what holds on a day."""

from collections.abc import Mapping
from datetime import date

from teams.memory import once_a_request
from teams.models import PolicyValue

# rules.md 2-3: ages and standards. Values are whole numbers; changing one is a `PolicyValue` with its date.
DEFAULTS: Mapping[str, int] = {
    "elderly_age": 65,
    "child_age": 6,
    "standard_hypertension": 4,
    "standard_diabetes": 4,
    "standard_mental_disorder": 4,
    "standard_tuberculosis": 12,
    "standard_elderly": 1,
    "goal_systolic": 140,
    "goal_diastolic": 90,
    "goal_systolic_elderly": 150,
    "goal_diastolic_elderly": 90,
    "goal_age": 65,
    "goal_glucose_tenths": 70,
    "unserved_after_days": 90,
    "unserved_window_days": 364,
    # Freezing a month: what moves further than this in a month is explained first (points; per cent; people).
    "jump_points": 10,
    "jump_population_percent": 5,
    "jump_people_least": 100,
    # Due work: from which age on somebody comes first, and within how many days a critical reading or a referral's
    # result is followed up.
    "very_old_age": 80,
    "follow_up_days": 14,
    # Referrals: within how many days the other side answers.
    "referral_answer_days_routine": 3,
    "referral_answer_days_urgent": 1,
    "referral_answer_days_emergency": 0,
    # What a contract in force gives at a hospital's till (domain.md 1b): the registration fee waived (1: yes),
    # percentage points off tests after a referral, and the weeks of a long prescription.
    "privilege_registration_fee_waived": 1,
    "privilege_test_points": 5,
    "privilege_prescription_weeks": 12,
    # Signing (domain.md 1b): terms in years, and whether a contract is confirmed once a year.
    "term_years_least": 1,
    "term_years_most": 3,
    "confirmed_yearly": 1,
    "renewal_days_ahead": 60,
    # Drafts that nobody touched for so many days are dropped (0: never).
    "draft_days": 30,
    # Fees (rules.md 6): whether what is left of a contract year that ends early is owed no longer, whole months of it
    # (1: yes, 0: no), as it stands on the contract's first day; whether contracts whose residents haven't paid their
    # share count as in force (1: yes); and how many days after its due date a share is overdue.
    "refund_unused_months": 1,
    "unpaid_in_force": 1,
    "fee_overdue_days": 30,
    # What a package may cost a year, in yuan, unless it is free (domain.md 5a: Hubei 20–150). 0: no such rule.
    "package_price_least": 0,
    "package_price_most": 0,
    # Money (domain.md 5a): what of a fund goes to the staff at least, and what of the basic public health fund reaches
    # the service at least, in per cent.
    "staff_share_least": 70,
    "public_health_share_least": 40,
    # Teams (domain.md 1b, Zhongyuan): how many of each job a team has, and its load. 0: no such rule.
    "team_internal_medicine": 1,
    "team_surgery": 1,
    "team_gynaecology": 1,
    "team_public_health": 1,
    "team_village_doctor": 0,
    "team_specialist": 0,
    "team_grid_worker": 0,
    "team_households_least": 1000,
    "team_households_most": 1500,
    "centre_teams_least": 4,
    "doctor_residents_most": 2000,
    # Rectification (docs/inspections.md): days to mend a finding by default, days overdue after which it escalates,
    # and within how many months the same fault at the same institution is a relapse.
    "rectification_days": 7,
    "rectification_escalates_days": 7,
    "relapse_months": 12,
    # Figures shown outside the bureau: counts of fewer people are left out (trust.md).
    "published_cell_least": 5,
    # Work lists (docs/today.md): how long somebody counts as new among those to be signed, in days; from how many
    # people on a telephone number counts as shared, and from how many per cent on two populations differ.
    "to_sign_new_days": 30,
    "phone_shared_by": 3,
    "population_differs_by": 10,
    # Signals of false signing (docs/leads.md): from which number, share (%) or ratio on something is a lead. The times
    # of day are those at which a record was entered; `lead_records_least` is how many a share is counted from.
    "lead_phone_run": 3,
    "lead_phone_impossible_percent": 5,
    "lead_phone_missing_percent": 10,
    "lead_signed_a_day": 60,
    "lead_services_a_day": 60,
    "lead_townships_a_day": 2,
    "lead_night_from": 22,
    "lead_night_to": 6,
    "lead_night_entries": 10,
    "lead_burst_days": 10,
    "lead_burst_percent": 40,
    "lead_records_least": 30,
    "lead_same_reading_percent": 60,
    "lead_digit_percent": 60,
    "lead_below_goal_ratio": 5,
    "lead_unserved_days": 180,
    "lead_unserved_percent": 20,
    "lead_receipt_days": 30,
    # Assessment: within how many days after the notice a unit may appeal.
    "assessment_appeal_days": 5,
}


@once_a_request
def policy_on(day: date) -> dict[str, int]:
    """Every setting as it holds on `day`: the latest value dated on or before it, else the default."""
    values = dict(DEFAULTS)
    for row in PolicyValue.objects.filter(from_on__lte=day, code__in=DEFAULTS).order_by("from_on"):
        values[row.code] = int(row.value)
    return values
