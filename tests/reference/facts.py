"""The facts that figures are made of, as plain values, and how to read them all from the database.

Institutions, villages, teams, items and packages go by code; people, coverages and held packages by a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments.models import PhoneCheck as PhoneCheckRow
from assessments.models import SurveyAnswer
from contracts import models as contracts
from residents import models as residents
from service_packages.models import PackageItem
from teams import models as teams


@dataclass(frozen=True)
class Institution:
    code: str
    kind: str = "village_clinic"


@dataclass(frozen=True)
class Parent:
    institution: str
    parent: str
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True)
class Team:
    code: str
    institution: str
    formed_on: date | None = None
    dissolved_on: date | None = None


@dataclass(frozen=True)
class TeamVillage:
    team: str
    village: str
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True)
class Resident:
    key: int
    birth_date: date
    institution: str
    village: str | None = None
    household: str | None = None
    registered_on: date | None = None
    moved_out_on: date | None = None
    died_on: date | None = None


@dataclass(frozen=True)
class Transfer:
    resident: int
    on: date
    from_institution: str
    from_village: str | None = None


@dataclass(frozen=True)
class Register:
    resident: int
    category: str
    from_on: date
    to_on: date | None = None
    expected_on: date | None = None
    delivered_on: date | None = None


@dataclass(frozen=True)
class Coverage:
    key: int
    resident: int
    team: str
    start_on: date
    end_on: date
    terminated_on: date | None = None
    reason: str = ""
    origin: str = "new"


@dataclass(frozen=True)
class Suspension:
    coverage: int
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True)
class Anchored:
    """An item owed in spans (first, last) counted from a day of the resident's own; `categories` are its package's."""

    item: str
    anchor: str
    spans: tuple[tuple[int, int], ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """A package that a coverage holds, in one of its versions; `items` are (item code, times a year), those whose
    windows are not of the contract year stand in `anchored`."""

    key: int
    coverage: int
    package: str
    price: Decimal = Decimal(0)
    items: tuple[tuple[str, int], ...] = ()
    version: int = 1
    anchored: tuple[Anchored, ...] = ()


@dataclass(frozen=True)
class Charge:
    """What a payer owes a year for a held package."""

    held: int
    payer: str
    amount: Decimal


@dataclass(frozen=True)
class FeeEntry:
    """A movement of a payer's account that was not cancelled."""

    coverage: int
    payer: str
    kind: str
    amount: Decimal
    on: date


@dataclass(frozen=True)
class Waiver:
    """The waiver of the obligation of a held package's item whose window opens on `opens_on`."""

    held: int
    item: str
    opens_on: date
    waived_on: date


@dataclass(frozen=True)
class Service:
    key: int
    resident: int
    item: str
    performed_on: date
    kind: str = ""
    systolic: int | None = None
    diastolic: int | None = None
    fasting_glucose: Decimal | None = None


@dataclass(frozen=True)
class Visit:
    resident: int
    visited_on: date
    institution: str
    cost: Decimal


@dataclass(frozen=True)
class Answer:
    resident: int
    answered_on: date
    rating: int


@dataclass(frozen=True)
class PhoneCheck:
    resident: int
    called_on: date
    outcome: str
    knows_team: bool = False


@dataclass(frozen=True)
class PolicyValue:
    code: str
    value: int
    from_on: date


@dataclass(frozen=True)
class Facts:
    """Everything that figures depend on. `registers_added` are the codes of registers that the district added."""

    institutions: Sequence[Institution] = ()
    parents: Sequence[Parent] = ()
    teams: Sequence[Team] = ()
    team_villages: Sequence[TeamVillage] = ()
    residents: Sequence[Resident] = ()
    transfers: Sequence[Transfer] = ()
    registers: Sequence[Register] = ()
    registers_added: Sequence[str] = ()
    coverages: Sequence[Coverage] = ()
    suspensions: Sequence[Suspension] = ()
    held: Sequence[Held] = ()
    charges: Sequence[Charge] = ()
    fee_entries: Sequence[FeeEntry] = ()
    waivers: Sequence[Waiver] = ()
    services: Sequence[Service] = ()
    visits: Sequence[Visit] = ()
    answers: Sequence[Answer] = ()
    phone_checks: Sequence[PhoneCheck] = ()
    policy_values: Sequence[PolicyValue] = ()


def load_facts() -> Facts:
    """Every fact of the database. Obligations aren't read: `ledger` derives them again; only waivers are."""
    return Facts(
        institutions=_institutions(),
        parents=_parents(),
        teams=_teams(),
        team_villages=_team_villages(),
        residents=_residents(),
        transfers=_transfers(),
        registers=_registers(),
        registers_added=tuple(residents.AddedRegister.objects.values_list("code", flat=True)),
        coverages=_coverages(),
        suspensions=_suspensions(),
        held=_held(),
        charges=_charges(),
        fee_entries=_fee_entries(),
        waivers=_waivers(),
        services=_services(),
        visits=_visits(),
        answers=_answers(),
        phone_checks=_phone_checks(),
        policy_values=_policy_values(),
    )


def _institutions() -> list[Institution]:
    return [Institution(*row) for row in teams.Institution.objects.values_list("code", "kind")]


def _parents() -> list[Parent]:
    rows = teams.InstitutionParent.objects.values_list("institution__code", "parent__code", "from_on", "to_on")
    return [Parent(*row) for row in rows]


def _teams() -> list[Team]:
    rows = teams.Team.objects.values_list("code", "institution__code", "formed_on", "dissolved_on")
    return [Team(*row) for row in rows]


def _team_villages() -> list[TeamVillage]:
    rows = teams.TeamVillage.objects.values_list("team__code", "village__code", "from_on", "to_on")
    return [TeamVillage(*row) for row in rows]


def _residents() -> list[Resident]:
    places = ("institution__code", "village__code", "household__number")
    dates = ("registered_on", "moved_out_on", "died_on")
    rows = residents.Resident.objects.order_by("id").values_list("id", "birth_date", *places, *dates)
    return [Resident(*row) for row in rows]


def _transfers() -> list[Transfer]:
    rows = residents.Transfer.objects.values_list("resident_id", "on", "from_institution__code", "from_village__code")
    return [Transfer(*row) for row in rows]


def _registers() -> list[Register]:
    rows = residents.Register.objects.values_list(
        "resident_id", "category", "from_on", "to_on", "expected_on", "delivered_on"
    )
    return [Register(*row) for row in rows]


def _coverages() -> list[Coverage]:
    rows = contracts.Coverage.objects.order_by("id").values_list(
        *("id", "resident_id", "contract__team__code", "start_on", "end_on", "terminated_on"),
        *("termination_reason", "contract__origin"),
    )
    return [Coverage(*row) for row in rows]


def _suspensions() -> list[Suspension]:
    rows = contracts.Suspension.objects.values_list("coverage_id", "from_on", "to_on")
    return [Suspension(*row) for row in rows]


def _held() -> list[Held]:
    items: dict[int, list[tuple[str, int]]] = {}
    anchored: dict[int, list[Anchored]] = {}
    for row in PackageItem.objects.select_related("item", "version"):
        if row.anchor == "contract_year":
            items.setdefault(row.version_id, []).append((row.item.code, row.times_per_year))
        else:
            spans = tuple(zip(row.opens, row.closes, strict=True))
            one = Anchored(row.item.code, row.anchor, spans, tuple(row.version.categories))
            anchored.setdefault(row.version_id, []).append(one)
    rows = contracts.CoveragePackage.objects.order_by("id").values_list(
        "id", "coverage_id", "version__package__code", "price", "version_id", "version__number"
    )
    return [
        Held(key, coverage, package, price, tuple(items.get(version, ())), number, tuple(anchored.get(version, ())))
        for key, coverage, package, price, version, number in rows
    ]


def _charges() -> list[Charge]:
    return [Charge(*row) for row in contracts.Charge.objects.values_list("held_id", "payer", "amount")]


def _fee_entries() -> list[FeeEntry]:
    rows = contracts.FeeEntry.objects.filter(cancelled_at=None).order_by("id")
    return [FeeEntry(*row) for row in rows.values_list("coverage_id", "payer", "kind", "amount", "on")]


def _waivers() -> list[Waiver]:
    rows = contracts.Obligation.objects.exclude(waived_on=None).values_list(
        "held_id", "item__code", "opens_on", "waived_on"
    )
    return [Waiver(*row) for row in rows]


def _services() -> list[Service]:
    readings = ("systolic", "diastolic", "fasting_glucose")
    rows = contracts.Service.objects.order_by("id").values_list(
        "id", "resident_id", "item__code", "performed_on", "item__kind", *readings
    )
    return [Service(*row) for row in rows]


def _visits() -> list[Visit]:
    rows = contracts.Visit.objects.values_list("resident_id", "visited_on", "institution__code", "cost")
    return [Visit(*row) for row in rows]


def _answers() -> list[Answer]:
    return [Answer(*row) for row in SurveyAnswer.objects.values_list("resident_id", "answered_on", "rating")]


def _phone_checks() -> list[PhoneCheck]:
    rows = PhoneCheckRow.objects.values_list("resident_id", "called_on", "outcome", "knows_team")
    return [PhoneCheck(*row) for row in rows]


def _policy_values() -> list[PolicyValue]:
    rows = teams.PolicyValue.objects.values_list("code", "value", "from_on")
    return [PolicyValue(code, int(value), from_on) for code, value, from_on in rows]
