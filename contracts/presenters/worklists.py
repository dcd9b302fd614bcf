"""Lines of the lists of data problems and of people to be signed, in words; people's names only where they are seen."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Candidate, Contract, Problem
from contracts.problems import Page, all_rules
from residents.categories import category_names
from residents.identity import mask_id_number
from residents.models import Resident, Sex
from teams.cipher import decrypt
from teams.dates import age_on
from teams.lists import address_of
from teams.models import User
from teams.phones import mask_phone


def people_of(user: User, ids: Iterable[int | None]) -> dict[int, Resident]:
    """Those of the residents whom the account sees now; a list may be older than a transfer."""
    wanted = {key for key in ids if key}
    return {row.pk: row for row in Resident.objects.visible_to(user).filter(pk__in=wanted)} if wanted else {}


def person(resident: Resident | None, day: date) -> dict[str, Any] | None:
    """A person as lists name them: masked."""
    if resident is None:
        return None
    return {
        "pk": resident.pk,
        "name": resident.name,
        "id_masked": mask_id_number(decrypt(resident.id_cipher, field="id_number")),
        "phone": mask_phone(decrypt(resident.phone_cipher, field="phone")) if resident.phone_cipher else "",
        "sex": str(Sex(resident.sex).label),
        "age": age_on(resident.birth_date, day),
        "address": resident.address,
    }


def problem_rows(found: Sequence[Problem], user: User, day: date) -> list[dict[str, Any]]:
    """Dicts of `contracts/_problems.html`; two queries however many there are."""
    rules, people = all_rules(), people_of(user, (row.resident_id for row in found))
    contracts = _contracts_of(user, found)
    rows = []
    for row in found:
        rule, resident = rules[row.rule], people.get(row.resident_id or 0)
        url, step = _step(rule.page, row, resident, contracts)
        rows.append(
            {
                "rule": rule,
                "said": rule.said(row.detail),
                "person": person(resident, day),
                "is_of_a_person": row.resident_id is not None,
                "team": row.team,
                "village": row.village,
                "owner": row.institution,
                "found_on": row.found_on.isoformat(),
                "url": url,
                "step": step,
            }
        )
    return rows


def _contracts_of(user: User, found: Sequence[Problem]) -> set[int]:
    ids = {row.contract_id for row in found if row.contract_id}
    return set(Contract.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _step(page: Page, row: Problem, resident: Resident | None, contracts: Collection[int]) -> tuple[str, str]:
    """Where the account can mend it, and that in words; "" where it can't. Another institution's contract is out of its
    reach, the person is not."""
    if page is Page.CONTRACT and row.contract_id and row.contract_id in contracts:
        return address_of("contracts:contract_detail", row.contract_id), str(page.label)
    if page is Page.TEAM and row.team_id:
        return address_of("contracts:team", row.team_id), str(page.label)
    if page is Page.INSTITUTION:
        return address_of("contracts:institution", row.institution_id), str(page.label)
    return (address_of("contracts:person", resident.pk), str(Page.RESIDENT.label)) if resident else ("", "")


def candidate_rows(found: Sequence[Candidate], people: Mapping[int, Resident], day: date) -> list[dict[str, Any]]:
    """Dicts of `contracts/_candidate.html`; `people` are those of them whom the account sees."""
    names = category_names()
    return [
        {
            "person": person(people.get(row.pk), day),
            "categories": _(", ").join(str(names.get(code, code)) for code in row.categories),
            "reason": row.get_reason_display(),
            "since": row.since,
            "is_new": row.is_new,
            "village": row.village,
        }
        for row in found
    ]


CANDIDATE_HEADS = (
    *(
        gettext_lazy("Name"),
        gettext_lazy("ID number"),
        gettext_lazy("Phone"),
        gettext_lazy("Sex"),
        gettext_lazy("Birth date"),
    ),
    *(
        gettext_lazy("Key populations"),
        gettext_lazy("Reason"),
        gettext_lazy("Since"),
        gettext_lazy("Village"),
        gettext_lazy("Institution"),
        gettext_lazy("Address"),
    ),
)
PROBLEM_HEADS = (
    *(
        gettext_lazy("Name"),
        gettext_lazy("ID number"),
        gettext_lazy("Phone"),
        gettext_lazy("Problem"),
        gettext_lazy("Weight"),
        gettext_lazy("Details"),
        gettext_lazy("What to do"),
    ),
    *(gettext_lazy("Team"), gettext_lazy("Village"), gettext_lazy("Owner"), gettext_lazy("Found on")),
)


def candidate_cells(row: Candidate, resident: Resident | None, *, whole: bool) -> list[object]:
    """Cells below CANDIDATE_HEADS; identities only of those whom the account sees."""
    return [
        *_identity(resident, whole=whole),
        resident.get_sex_display() if resident else "",
        resident.birth_date if resident else None,
        ";".join(row.categories),
        row.get_reason_display(),
        row.since,
        row.village.name if row.village else "",
        row.institution.name,
        resident.address if resident else "",
    ]


def problem_cells(row: Problem, resident: Resident | None, *, whole: bool) -> list[object]:
    """Cells below PROBLEM_HEADS; identities only of those whom the account sees."""
    rule = all_rules()[row.rule]
    return [
        *_identity(resident, whole=whole),
        str(rule.title),
        str(rule.severity.label),
        rule.said(row.detail),
        str(rule.remedy),
        row.team.name if row.team else "",
        row.village.name if row.village else "",
        row.institution.name,
        row.found_on,
    ]


def _identity(resident: Resident | None, *, whole: bool) -> list[object]:
    """Name, ID number and phone, masked unless `whole`."""
    if resident is None:
        return ["", "", ""]
    number = decrypt(resident.id_cipher, field="id_number")
    phone = decrypt(resident.phone_cipher, field="phone") if resident.phone_cipher else ""
    return [resident.name, number if whole else mask_id_number(number), phone if whole else mask_phone(phone)]
