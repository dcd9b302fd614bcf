"""Two records side by side in words; what differs is marked."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.presenters.people import id_text, phone_text
from contracts.queries.duplicates import Pair, Side
from residents.categories import category_names
from residents.models import Resident
from teams.dates import age_on


def pair_lines(pairs: Sequence[Pair], day: date) -> list[dict[str, Any]]:
    """Dicts name, about, village, ids (masked), why, url ('' when the other record is elsewhere)."""
    return [_pair(pair, day) for pair in pairs]


def comparison(sides: Sequence[Side], day: date) -> dict[str, Any]:
    """Context keys rows (label, values, differs) and holdings (label, values) of `contracts/duplicate.html`."""
    names = category_names()
    first, second = (each.resident for each in sides)
    facts = [(label, value(first), value(second)) for label, value in _FACTS]
    rows = [{"label": label, "values": [left, right], "differs": left != right} for label, left, right in facts]
    holdings = [
        {"label": _("Contracts"), "values": [[_contract(row) for row in each.coverages] for each in sides]},
        {
            "label": _("Registers"),
            "values": [
                [f"{names.get(row.category, row.category)} {row.from_on}–{row.to_on or ''}" for row in each.registers]
                for each in sides
            ],
        },
        {"label": _("Services"), "values": [[str(each.services)] for each in sides]},
        {"label": _("Visits"), "values": [[str(each.visits)] for each in sides]},
    ]
    return {"rows": rows, "holdings": holdings}


def _pair(pair: Pair, day: date) -> dict[str, Any]:
    first, second = pair.first, pair.second
    same_phone = bool(second and first.phone_hash and bytes(first.phone_hash) == bytes(second.phone_hash or b""))
    same_birth = bool(second and (first.birth_date, first.village_id) == (second.birth_date, second.village_id))
    reasons = [_("same birth date and village")] * same_birth + [_("same phone")] * same_phone
    return {
        "name": first.name,
        "about": f"{first.get_sex_display()} · {age_on(first.birth_date, day)}",
        "village": first.village.name if first.village else "",
        "ids": [id_text(each) for each in (first, second) if each],
        "why": _(", ").join(reasons),
        "url": reverse("contracts:duplicate", args=[first.pk, second.pk]) if second else "",
    }


def _contract(coverage: Any) -> str:
    return f"{coverage.contract.number} {coverage.start_on}–{coverage.last_on} {coverage.contract.team.name}"


def _household(resident: Resident) -> str:
    return resident.household.number if resident.household else ""


# What is compared, in order: its label and its text.
_FACTS: tuple[tuple[Any, Callable[[Resident], str]], ...] = (
    (gettext_lazy("Name"), lambda resident: resident.name),
    (gettext_lazy("ID number"), id_text),
    (gettext_lazy("Sex"), lambda resident: str(resident.get_sex_display())),
    (gettext_lazy("Birth date"), lambda resident: str(resident.birth_date)),
    (gettext_lazy("Phone"), phone_text),
    (gettext_lazy("Address"), lambda resident: resident.address),
    (gettext_lazy("Village"), lambda resident: resident.village.name if resident.village else ""),
    (gettext_lazy("Institution"), lambda resident: resident.institution.name),
    (gettext_lazy("Household"), _household),
    (gettext_lazy("Registered on"), lambda resident: str(resident.registered_on or "")),
    (gettext_lazy("Moved out on"), lambda resident: str(resident.moved_out_on or "")),
    (gettext_lazy("Died on"), lambda resident: str(resident.died_on or "")),
)
