"""Rows for tests: plain functions, keyword arguments with defaults, only what is needed to save. No rule is run here.

`from tests.factories import make_resident` and then `make_resident(born=date(1950, 1, 1))`. Without an institution,
people and teams stand at one centre, `centre()`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from contracts.models import Contract, Coverage, CoveragePackage, FeeEntry, Service, Visit
from residents.identity import check_digit
from residents.models import Household, Register, Resident, Sex
from residents.pinyin import initials
from service_packages.models import Item, Package, PackageItem, PackageVersion, PayerShare
from teams import cipher
from teams.models import Division, Institution, InstitutionParent, Role, Staff, Team, TeamMember, TeamVillage, User

PASSWORD = "shouyue-test-2018"
_numbers = count(1)


def bureau() -> Institution:
    """The root of the district, the same in one test."""
    return Institution.objects.get_or_create(
        code="B", defaults={"name": "颍泉区卫生健康委员会", "kind": Institution.Kind.BUREAU}
    )[0]


def centre() -> Institution:
    """A township centre right below the bureau, the same in one test."""
    found = Institution.objects.filter(code="C").first()
    return found or make_institution(code="C", name="宁老庄镇卫生院")


def make_institution(
    *,
    code: str | None = None,
    name: str = "镇卫生院",
    kind: str = Institution.Kind.TOWNSHIP_CENTER,
    parent: Institution | None = None,
    **fields: Any,
) -> Institution:
    """An institution below `parent` (default: the bureau) since always."""
    code = code or f"I{next(_numbers)}"
    made = Institution.objects.create(code=code, name=name, kind=kind, **fields)
    InstitutionParent.objects.create(institution=made, parent=parent or bureau())
    return made


def make_village(*, code: str | None = None, name: str = "姜堂村") -> Division:
    """A village without anything above it."""
    code = code or f"{341204000000 + next(_numbers)}"
    return Division.objects.create(code=code, name=name, level=Division.Level.VILLAGE)


def make_staff(*, staff_no: str | None = None, name: str = "李医生", institution: Institution | None = None) -> Staff:
    """A general practitioner."""
    return Staff.objects.create(
        staff_no=staff_no or f"S{next(_numbers)}",
        name=name,
        job=Staff.Job.GENERAL_PRACTICE,
        institution=institution or centre(),
    )


def make_team(
    *,
    code: str | None = None,
    name: str = "李医生团队",
    institution: Institution | None = None,
    members: Iterable[Staff] = (),
    villages: Iterable[Division] = (),
    **fields: Any,
) -> Team:
    """A team with its members and villages since always; the first member leads."""
    code = code or f"T{next(_numbers)}"
    made = Team.objects.create(code=code, name=name, institution=institution or centre(), **fields)
    for place, member in enumerate(members):
        TeamMember.objects.create(team=made, staff=member, is_leader=place == 0)
    for division in villages:
        TeamVillage.objects.create(team=made, village=division)
    return made


def make_user(*roles: Role, username: str | None = None, **fields: Any) -> User:
    """An account with the roles (default: administrator of the bureau); its password is PASSWORD."""
    return User.objects.create_user(
        username=username or f"u{next(_numbers)}",
        password=PASSWORD,
        roles=list(roles or [Role.ADMINISTRATOR]),
        **fields,
    )


def make_doctor(team: Team) -> User:
    """The account of a new member of the team."""
    member = make_staff(institution=team.institution)
    TeamMember.objects.create(team=team, staff=member)
    return make_user(Role.DOCTOR, staff=member, institution=team.institution)


def make_id_number(born: date = date(1960, 5, 17), sex: str = Sex.FEMALE) -> str:
    """A valid ID number that no other call returns."""
    number = next(_numbers)
    order = 2 * (number % 500) + (sex == Sex.MALE)
    first17 = f"{340000 + number // 500}{born:%Y%m%d}{order:03}"
    return first17 + check_digit(first17)


def make_household(*, number: str | None = None) -> Household:
    """A household without members."""
    return Household.objects.create(number=number or f"H{next(_numbers)}")


def make_resident(
    *,
    name: str = "张秀英",
    born: date = date(1960, 5, 17),
    sex: str = Sex.FEMALE,
    number: str | None = None,
    phone: str = "",
    institution: Institution | None = None,
    registers: Mapping[str, date] | None = None,
    **fields: Any,
) -> Resident:
    """A resident; `registers` puts them on registers, category -> day from which on."""
    number = number or make_id_number(born, sex)
    if phone:
        fields["phone_cipher"] = cipher.encrypt(phone, field="phone")
        fields["phone_hash"] = cipher.lookup_hash(phone, field="phone")
    made = Resident.objects.create(
        person=cipher.person_key(number),
        id_cipher=cipher.encrypt(number, field="id_number"),
        id_hash=cipher.lookup_hash(number, field="id_number"),
        name=name,
        initials=initials(name),
        sex=sex,
        birth_date=born,
        institution=institution or centre(),
        **fields,
    )
    for category, from_on in (registers or {}).items():
        Register.objects.create(resident=made, category=category, from_on=from_on)
    return made


def make_item(code: str, *, name: str = "", kind: str = "") -> Item:
    """The item of that code."""
    return Item.objects.get_or_create(code=code, defaults={"name": name or code, "kind": kind})[0]


def make_package(
    *,
    code: str | None = None,
    name: str = "基础包",
    items: Mapping[str, int] | None = None,
    price: Decimal | None = Decimal("0.00"),
    shares: Mapping[str, Decimal] | None = None,
    status: str = PackageVersion.Status.PUBLISHED,
    **fields: Any,
) -> PackageVersion:
    """A published version of a package; `items` is item code -> times a year, `shares` payer -> amount.

    The code of an existing package makes its next version; the one before is retired.
    """
    parent = Package.objects.get_or_create(code=code or f"P{next(_numbers)}")[0]
    parent.versions.update(status=PackageVersion.Status.RETIRED)
    made = PackageVersion.objects.create(
        package=parent,
        number=parent.versions.count() + 1,
        name=name,
        annual_price=price,
        status=status,
        **fields,
    )
    for item_code, times in ({"ADVICE": 1} if items is None else items).items():
        PackageItem.objects.create(version=made, item=make_item(item_code), times_per_year=times)
    for payer, amount in (shares or {}).items():
        PayerShare.objects.create(version=made, payer=payer, amount=amount)
    return made


def make_contract(
    *, number: str | None = None, team: Team | None = None, signed_on: date = date(2018, 1, 1)
) -> Contract:
    """A contract without coverages."""
    number = number or f"K{next(_numbers)}"
    return Contract.objects.create(number=number, team=team or make_team(), signed_on=signed_on)


def make_coverage(
    *,
    resident: Resident | None = None,
    contract: Contract | None = None,
    team: Team | None = None,
    start_on: date = date(2018, 1, 1),
    end_on: date = date(2018, 12, 31),
    packages: Iterable[PackageVersion] = (),
    **fields: Any,
) -> Coverage:
    """A resident's coverage holding the packages; neither charges nor obligations are made."""
    made = Coverage.objects.create(
        contract=contract or make_contract(team=team, signed_on=start_on),
        resident=resident or make_resident(),
        start_on=start_on,
        end_on=end_on,
        **fields,
    )
    for version in packages:
        CoveragePackage.objects.create(coverage=made, version=version, price=version.price)
    return made


def make_receipt(coverage: Coverage, amount: Decimal, *, on: date | None = None) -> FeeEntry:
    """Received of the resident, on the coverage's first day."""
    day = on or coverage.start_on
    return FeeEntry.objects.create(
        coverage=coverage,
        payer="resident",
        kind=FeeEntry.Kind.RECEIPT,
        amount=amount,
        on=day,
        number=f"R{next(_numbers)}",
        entered_on=day,
        entered_by="clerk",
    )


def make_service(resident: Resident, item_code: str, performed_on: date, **fields: Any) -> Service:
    """A service given; nothing is matched."""
    return Service.objects.create(resident=resident, item=make_item(item_code), performed_on=performed_on, **fields)


def make_visit(
    resident: Resident, visited_on: date, *, institution: Institution | None = None, cost: Decimal = Decimal("100.00")
) -> Visit:
    """A visit to an institution (default: the centre)."""
    return Visit.objects.create(
        resident=resident, visited_on=visited_on, institution=institution or centre(), cost=cost
    )
