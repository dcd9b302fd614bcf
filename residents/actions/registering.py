"""New residents, entered by hand."""

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from residents.identity import IdNumber
from residents.models import Household, Resident
from residents.pinyin import initials
from residents.queries.identities import resident_with
from residents.rules import check_can_join, check_can_register
from teams import cipher
from teams.blocks import claim_block
from teams.history import made_by
from teams.models import Division, Institution, User
from teams.models.accounts import SystemAccount
from teams.phones import Phone

LONGEST_NAME = 60


class Details(TypedDict, total=False):
    """What may be known of a resident besides number, name and institution."""

    village: Division | None
    phone: Phone | None
    household: Household | None
    is_head: bool
    address: str
    registered_on: date | None


@transaction.atomic
def register_resident(
    *, number: IdNumber, name: str, institution: Institution, by: User | SystemAccount, **details: Unpack[Details]
) -> Resident:
    """Open a resident's record; birth date and sex follow from the ID number (`identity.parse_id_number`).

    A wrong phone number goes in, marked (`phone_problem`). Raises RuleViolation: resident.exists (also when two
    register the same person at once), .outside, .no_village, .registered_before_birth, .registered_in_future,
    household.outside.
    """
    phone = details.pop("phone", None)
    with made_by(by, "residents.register"):
        resident = Resident(institution=institution, **_identity(number, name, phone), **details)
        check_can_register(resident, existing=resident_with(number), by=by)
        if resident.household:
            check_can_join(resident.household, by)
        claim_block(Resident)
        _save(resident, number, by)
        if resident.household and resident.is_head:
            Resident.objects.filter(household=resident.household, is_head=True).exclude(pk=resident.pk).update(
                is_head=False
            )
        return resident


def _identity(number: IdNumber, name: str, phone: Phone | None) -> dict[str, Any]:
    called = phone.number if phone else ""
    return {
        "person": cipher.person_key(number.number),
        "id_cipher": cipher.encrypt(number.number, field="id_number"),
        "id_hash": cipher.lookup_hash(number.number, field="id_number"),
        "name": name,
        "initials": initials(name)[:LONGEST_NAME],
        "sex": number.sex,
        "birth_date": number.birth_date,
        "phone_cipher": cipher.encrypt(called, field="phone") if called else None,
        "phone_hash": cipher.lookup_hash(called, field="phone") if called else None,
        "phone_problem": phone.problem if phone else "empty",
    }


def _save(resident: Resident, number: IdNumber, by: User | SystemAccount) -> None:
    """Of two who register the same person at once, the second reads that it was done."""
    try:
        with transaction.atomic():
            resident.save(force_insert=True)
    except IntegrityError:
        check_can_register(resident, existing=resident_with(number), by=by)
        raise
