"""Fees shown before signing are those charged by signing."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from contracts.actions.signing import sign
from contracts.models import Charge
from contracts.queries.fees import preview_fees
from residents.models import Resident
from service_packages.models import PackageVersion, PayerShare
from teams.models.accounts import SYSTEM
from tests.factories import make_package, make_resident, make_team

START, END = date(2018, 3, 1), date(2019, 2, 28)
RULED = ("", "elderly", "child", "hypertension", "low_income")

pytestmark = pytest.mark.django_db


def _people(chance: Random) -> list[Resident]:
    """Of every age, on some registers; some left theirs, some join later."""
    made = []
    for _ in range(6):
        registers = {
            category: date(2018, chance.randint(1, 5), 1)
            for category in ("hypertension", "low_income")
            if chance.random() < 0.6
        }
        made.append(make_resident(born=date(chance.choice([1930, 1953, 1980, 2011, 2017]), 3, 1), registers=registers))
    return made


def _packages(chance: Random) -> list[PackageVersion]:
    """Fixed, summed and free prices, with shares for everyone, for some categories, or none."""
    made = []
    for number in range(5):
        price = Decimal(chance.choice([0, 12, 40])) if number % 2 else None
        version = make_package(items={"BP": 2, "ADVICE": 1}, price=price)
        version.items.update(unit_price=Decimal(chance.choice(["0.00", "3.35", "10.00"])))
        for category in chance.sample(RULED, chance.randint(0, 4)):
            own = (version.price * chance.randint(0, 4) / 4).quantize(Decimal("0.01"))
            shares = {"resident": own, "medical_insurance": version.price - own}
            PayerShare.objects.bulk_create(
                PayerShare(version=version, category=category, payer=payer, amount=amount)
                for payer, amount in shares.items()
            )
        made.append(version)
    return made


@pytest.mark.parametrize("seed", range(8))
def test_preview_is_what_signing_charges(seed: int) -> None:
    chance = Random(seed)
    versions = _packages(chance)
    members = {resident: chance.sample(versions, chance.randint(1, 5)) for resident in _people(chance)}
    shown = preview_fees(members=members, start_on=START)

    sign(team=make_team(), signed_on=START, start_on=START, end_on=END, members=members, by=SYSTEM)

    charged: dict[int, dict[str, Decimal]] = {member.pk: {} for member in members}
    for charge in Charge.objects.select_related("held__coverage"):
        shares = charged[charge.held.coverage.resident_id]
        shares[charge.payer] = shares.get(charge.payer, Decimal("0.00")) + charge.amount
    assert shown.by_member == charged
    assert shown.total == sum((sum(shares.values()) for shares in charged.values()), Decimal("0.00"))


def test_nothing_chosen_costs_nothing() -> None:
    resident = make_resident()
    fees = preview_fees(members={resident: []}, start_on=START)
    assert (fees.by_member, fees.by_payer, fees.total) == ({resident.pk: {}}, {}, Decimal("0.00"))
