"""What somebody would be owed and pay who signs on a day: signed for a made person, read, and taken back.

So the windows and shares of the preview are those of real contracts, because the same statements make them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from secrets import randbits, token_bytes, token_hex

from django.db import transaction
from django.db.models import QuerySet

from contracts.actions.ledger import make_obligations
from contracts.actions.packages import hold_packages
from contracts.models import Charge, Contract, Coverage, Obligation
from residents.models import Register, Resident
from service_packages.models import PackageVersion
from teams.models import Institution, Team


@dataclass(frozen=True)
class Person:
    """Whoever might sign: `registers` is category -> since when, `expected_on` when a delivery is expected."""

    sex: str
    birth_date: date
    registers: Mapping[str, date]
    expected_on: date | None = None


@dataclass(frozen=True)
class Promise:
    """A service that would be owed."""

    package: str
    item: str
    opens_on: date
    due_on: date


@dataclass(frozen=True)
class Rehearsal:
    """`promises` in order of their due dates; `charges` is version id -> payer -> yuan a year."""

    promises: Sequence[Promise]
    charges: Mapping[int, Mapping[str, Decimal]]


def rehearse(*, person: Person, versions: Sequence[PackageVersion], start_on: date, end_on: date) -> Rehearsal:
    """What the person would be owed and pay for the versions, drafts too, from `start_on` to `end_on`.

    Nothing of it stays in the database.
    """
    with transaction.atomic():
        coverages = _sign(person, versions, start_on, end_on)
        found = _read(coverages)
        transaction.set_rollback(True)
    return found


def _sign(person: Person, versions: Sequence[PackageVersion], start_on: date, end_on: date) -> QuerySet[Coverage]:
    institution = Institution.objects.create(code=token_hex(16), name="-", kind=Institution.Kind.BUREAU)
    team = Team.objects.create(code=token_hex(16), name="-", institution=institution)
    resident = Resident.objects.create(
        person=-randbits(62),
        id_cipher=b"",
        id_hash=token_bytes(32),
        name="-",
        sex=person.sex,
        birth_date=person.birth_date,
        institution=institution,
    )
    Register.objects.bulk_create(
        Register(
            resident=resident,
            category=category,
            from_on=from_on,
            expected_on=person.expected_on if category == "maternal" else None,
        )
        for category, from_on in person.registers.items()
    )
    contract = Contract.objects.create(number=token_hex(16), team=team, signed_on=start_on)
    coverage = Coverage.objects.create(contract=contract, resident=resident, start_on=start_on, end_on=end_on)
    hold_packages(rows=[(coverage.pk, version.pk) for version in versions])
    coverages = Coverage.objects.filter(pk=coverage.pk)
    make_obligations(coverages=coverages)
    return coverages


def _read(coverages: QuerySet[Coverage]) -> Rehearsal:
    owed = Obligation.objects.filter(coverage__in=coverages).order_by("due_on", "opens_on", "item__code")
    promises = owed.values_list("held__version__name", "item__name", "opens_on", "due_on")
    charges: dict[int, dict[str, Decimal]] = {}
    for version, payer, amount in Charge.objects.filter(held__coverage__in=coverages).values_list(
        "held__version_id", "payer", "amount"
    ):
        charges.setdefault(version, {})[payer] = amount
    return Rehearsal([Promise(*row) for row in promises], charges)
