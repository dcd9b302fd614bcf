"""What the agreement and the service handbook say, of a signing being prepared or of a contract.

The papers are Chinese, whoever prints them. ID numbers and residents' phones stay masked: the parties know each other,
the contract number leads to the record, and papers lie about.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import segno
from django.db.models import Prefetch
from django.utils import translation

from contracts.documents import typeset
from contracts.models import Contract, CoveragePackage, Obligation
from contracts.queries.desk import Desk
from contracts.rules import LONGEST_TERM_YEARS, end_of_term
from residents.categories import Category
from residents.identity import mask_id_number
from residents.models import Resident
from residents.queries.memberships import memberships
from service_packages.models import PackageItem, PackageVersion, Payer
from teams import cipher
from teams.dates import add_months, age_on
from teams.models import Staff, Team, TeamMember
from teams.phones import mask_phone
from teams.policy import policy_on

NOTHING = Decimal("0.00")
CHINESE = "zh-hans"
NOT_KNOWN = "—"

Data = dict[str, Any]

# Where the household may say what it thinks of the service: addresses without the host, added by apps above.
voice_paths: list[Callable[[Contract], str]] = []


@dataclass(frozen=True)
class Signer:
    """A member: the packages with their prices, and what each payer bears a year."""

    resident: Resident
    categories: Sequence[Category]
    prices: Mapping[PackageVersion, Decimal]
    shares: Mapping[str, Decimal]


@dataclass(frozen=True)
class Deal:
    """What is agreed between whom."""

    number: str
    team: Team
    representative: Resident | None
    start_on: date
    end_on: date
    signers: Sequence[Signer]


def deal_of_desk(desk: Desk, number: str) -> Deal:
    """What is about to be signed. The desk has a team."""
    assert desk.team
    shares = desk.fees.by_member
    signers = [
        Signer(
            line.resident,
            line.categories,
            {version: version.price for version in line.versions},
            shares[line.resident.pk],
        )
        for line in desk.lines
        if line.is_ticked
    ]
    return Deal(number, desk.team, desk.representative, desk.start_on, desk.end_on, signers)


def deal_of_contract(contract: Contract, *, with_items: bool = True) -> Deal:
    """What was signed, from the contract's rows: prices and shares as they were copied then; the handbook tells what is
    owed, and needs no items of the packages."""
    items = [Prefetch("version__items", PackageItem.objects.select_related("item"))] if with_items else []
    packages = CoveragePackage.objects.select_related("version__package").prefetch_related("charges", *items)
    coverages = list(
        contract.coverages.select_related("resident__household", "resident__village__parent")
        .prefetch_related(Prefetch("packages", packages))
        .order_by("-resident__is_head", "resident__birth_date", "pk")
    )
    start_on = min((coverage.start_on for coverage in coverages), default=contract.signed_on)
    belonging = memberships([coverage.resident for coverage in coverages], start_on)
    signers = []
    for coverage in coverages:
        shares: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        own = sorted(coverage.packages.all(), key=_as_offered)
        for held in own:
            for charge in held.charges.all():
                shares[charge.payer] += charge.amount
        prices = {held.version: held.price for held in own}
        signers.append(Signer(coverage.resident, belonging[coverage.resident_id], prices, shares))
    end_on = max((coverage.end_on for coverage in coverages), default=contract.signed_on)
    representative = contract.representative or next((signer.resident for signer in signers), None)
    return Deal(contract.number, contract.team, representative, start_on, end_on, signers)


def _as_offered(held: CoveragePackage) -> tuple[str, str]:
    """Packages in the order of the desk, and so of the agreement that was shown."""
    return held.version.tier, held.version.package.code


def agreement_data(deal: Deal) -> Data:
    """What documents/agreement.typ and the preview page show."""
    with translation.override(CHINESE):
        return _shared_data(deal, _members(deal.team, deal.start_on)) | {
            "confirmed_yearly": _has_second_year(deal) and bool(policy_on(deal.start_on)["confirmed_yearly"]),
            "packages": _packages(deal),
            "fees": [
                {"payer": str(Payer(payer).label), "amount": f"{amount:.2f}"}
                for payer, amount in _by_payer(deal).items()
            ],
            "total": f"{sum(_by_payer(deal).values(), NOTHING):.2f}",
        }


def _has_second_year(deal: Deal) -> bool:
    """Whether there is anything to confirm: a contract is confirmed from its second year on."""
    return deal.end_on >= add_months(deal.start_on, 12)


def handbook_data(contract: Contract, host: str = "") -> Data:
    """What documents/handbook.typ shows: the agreement's members, the team with phones, what is owed when, and the
    household's own code for its opinion, as SVG, where `host` (with scheme and slash) is given."""
    deal = deal_of_contract(contract, with_items=False)
    owed, team = _owed(contract), _members(deal.team, deal.start_on)
    with translation.override(CHINESE):
        data = _shared_data(deal, team)
        for member, signer in zip(data["members"], deal.signers, strict=True):
            member["owed"] = owed[signer.resident.pk]
        return data | {
            "voice": _code(contract, host),
            "team_members": [_team_member(row) for row in team],
        }


def agreement_pdf(deal: Deal) -> bytes:
    """The agreement, to be read and signed."""
    return typeset("agreement", agreement_data(deal))


def handbook_pdf(contract: Contract, host: str = "") -> bytes:
    """The household's service handbook."""
    return typeset("handbook", handbook_data(contract, host))


def _code(contract: Contract, host: str) -> Data | None:
    """The household's own address, as text and as a QR code."""
    path = next(filter(None, (path(contract) for path in voice_paths)), "") if host else ""
    if not path:
        return None
    address = f"{host.rstrip('/')}{path}"
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return {"address": address, "svg": drawn.getvalue().decode()}


def _shared_data(deal: Deal, team: Sequence[TeamMember]) -> Data:
    signs, leader = deal.representative, next(iter(team), None)
    return {
        "number": deal.number,
        "institution": deal.team.institution.name,
        "institution_phone": deal.team.institution.public_phone,
        "team": deal.team.name,
        "leader": leader.staff.name if leader else NOT_KNOWN,
        "leader_phone": _staff_phone(leader.staff) if leader else NOT_KNOWN,
        "representative": signs.name if signs else NOT_KNOWN,
        "representative_id": _masked_id(signs) if signs else NOT_KNOWN,
        "representative_phone": _masked_phone(signs) if signs else NOT_KNOWN,
        "household": signs.household.number if signs and signs.household else NOT_KNOWN,
        "address": _address(signs) if signs else NOT_KNOWN,
        "start_on": _day(deal.start_on),
        "end_on": _day(deal.end_on),
        "years": _length(deal.start_on, deal.end_on),
        "members": [_member(signer, deal.start_on) for signer in deal.signers],
    }


def _member(signer: Signer, day: date) -> Data:
    resident = signer.resident
    return {
        "name": resident.name,
        "sex": str(resident.get_sex_display()),
        "age": age_on(resident.birth_date, day),
        "id_number": _masked_id(resident),
        "categories": [str(category.name) for category in signer.categories],
        "packages": [version.name for version in signer.prices],
        "fee": f"{sum(signer.shares.values(), NOTHING):.2f}",
        "own": f"{signer.shares.get(Payer.RESIDENT, NOTHING):.2f}",
    }


def _packages(deal: Deal) -> list[Data]:
    """Each package once, with its items and whom it is for."""
    holders: dict[PackageVersion, list[str]] = defaultdict(list)
    prices: dict[PackageVersion, Decimal] = {}
    for signer in deal.signers:
        for version, price in signer.prices.items():
            holders[version].append(signer.resident.name)
            prices[version] = price
    return [
        {
            "name": version.name,
            "tier": str(version.get_tier_display()),
            "price": f"{prices[version]:.2f}",
            "members": names,
            "items": [{"name": row.item.name, "times": row.times_per_year} for row in version.items.all()],
        }
        for version, names in holders.items()
    ]


def _by_payer(deal: Deal) -> dict[str, Decimal]:
    sums = {
        payer: sum((signer.shares.get(payer, NOTHING) for signer in deal.signers), NOTHING) for payer in Payer.values
    }
    return {payer: amount for payer, amount in sums.items() if amount}


def _owed(contract: Contract) -> dict[int, list[Data]]:
    """Resident id -> the dated obligations, in order of their windows; waived ones are left out."""
    rows = Obligation.objects.filter(coverage__contract=contract, waived_on=None).select_related("item")
    found: dict[int, list[Data]] = defaultdict(list)
    for row in rows.order_by("opens_on", "due_on", "item__code"):
        found[row.resident_id].append(
            {
                "item": row.item.name,
                "opens_on": f"{row.opens_on}",
                "due_on": f"{row.due_on}",
                "met_on": f"{row.met_on or ''}",
            }
        )
    return found


def _members(team: Team, day: date) -> list[TeamMember]:
    """The team's members on the day, the leader first."""
    rows = TeamMember.objects.on(day).filter(team=team).select_related("staff")
    return list(rows.order_by("-is_leader", "staff__staff_no"))


def _team_member(row: TeamMember) -> Data:
    return {
        "name": row.staff.name,
        "job": str(row.staff.get_job_display()),
        "duty": "团队长" if row.is_leader else "团队成员",
        "phone": _staff_phone(row.staff),
    }


def _staff_phone(staff: Staff) -> str:
    return cipher.decrypt(staff.phone_cipher, field="phone") if staff.phone_cipher else NOT_KNOWN


def _masked_id(resident: Resident) -> str:
    return mask_id_number(cipher.decrypt(resident.id_cipher, field="id_number"))


def _masked_phone(resident: Resident) -> str:
    called = resident.phone_cipher
    return mask_phone(cipher.decrypt(called, field="phone")) if called else NOT_KNOWN


def _address(resident: Resident) -> str:
    village = resident.village.name if resident.village else ""
    return (resident.address if village in resident.address else f"{village}{resident.address}") or NOT_KNOWN


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _length(start_on: date, end_on: date) -> str:
    """`3年`, or the days of a term that is no whole years."""
    whole = (years for years in range(1, LONGEST_TERM_YEARS + 1) if end_of_term(start_on, years) == end_on)
    return next((f"{years}年" for years in whole), f"{(end_on - start_on).days + 1}天")
