"""Which key populations residents belong to (docs/rules.md 2)."""

from collections.abc import Collection
from datetime import date

from residents.categories import Category, categories
from residents.models import Register, Resident
from teams.dates import age_on
from teams.policy import policy_on


def memberships(residents: Collection[Resident], day: date) -> dict[int, list[Category]]:
    """Resident id -> the key populations that the resident belongs to on the day, in the district's order."""
    policy = policy_on(day)
    rows = Register.objects.on(day).filter(resident__in=[resident.pk for resident in residents])
    registered = set(rows.values_list("resident_id", "category"))
    known = categories()

    def belongs(resident: Resident, category: Category) -> bool:
        age = age_on(resident.birth_date, day)
        if category.code == "elderly":
            return age >= policy["elderly_age"]
        if category.code == "child":
            return 0 <= age <= policy["child_age"]
        return (resident.pk, category.code) in registered

    return {resident.pk: [category for category in known if belongs(resident, category)] for resident in residents}


def populations(residents: Collection[Resident], day: date) -> dict[int, set[str]]:
    """Resident id -> codes of the key populations that the resident belongs to on the day."""
    return {key: {category.code for category in found} for key, found in memberships(residents, day).items()}
