"""The district's dated settings as they hold on a day."""

from datetime import date

from tests.reference.facts import Facts

# rules.md 2-3, where no dated policy value says otherwise.
POLICY = {
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
    "refund_unused_months": 1,
    "unpaid_in_force": 1,
}


def policy_on(facts: Facts, day: date) -> dict[str, int]:
    """Every setting as it holds on the day."""
    values = dict(POLICY)
    for row in sorted(facts.policy_values, key=lambda row: row.from_on):
        if row.from_on <= day:
            values[row.code] = row.value
    return values
