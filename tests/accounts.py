"""A small district with an account for every role: who sees what is told by these.

Two centres below the bureau, and in each a village, a team, a resident, a contract, and what tests.access furnishes.
"""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from contracts.actions.ledger import make_obligations
from contracts.models import Batch, Contract, Coverage, Departure, Draft, Handover
from residents.models import Resident
from teams.models import Division, Export, Import, Institution, Role, SavedFilter, Staff, Team, User
from tests import factories
from tests.access import NOWHERE, furnish


@dataclass(frozen=True)
class Place:
    """A centre and what belongs to it."""

    centre: Institution
    village: Division
    team: Team
    resident: Resident
    contract: Contract

    @property
    def clerk(self) -> User:
        """Who works at the centre's desk."""
        return User.objects.get(institution=self.centre, roles__contains=[Role.CLERK])

    @property
    def imported(self) -> Import:
        """The clerk's file of residents."""
        return Import.objects.filter(by__institution=self.centre).first() or Import(pk=NOWHERE)

    @property
    def exported(self) -> Export:
        """The clerk's file of people."""
        return Export.objects.filter(by__institution=self.centre).first() or Export(pk=NOWHERE)

    @property
    def saved(self) -> SavedFilter:
        """The clerk's filter of people."""
        return SavedFilter.objects.filter(user__institution=self.centre).first() or SavedFilter(pk=NOWHERE)

    @property
    def draft(self) -> Draft:
        """The clerk's half-filled signing of the resident."""
        return Draft.objects.filter(first=self.resident).first() or Draft(pk=NOWHERE)

    @property
    def batch(self) -> Batch:
        """The clerk's renewal of the contract, not begun yet."""
        return Batch.objects.filter(lines__contract=self.contract).first() or Batch(pk=NOWHERE)

    @property
    def handover(self) -> Handover:
        """The contract on its way to another team of the centre."""
        return Handover.objects.filter(lines__contract=self.contract).first() or Handover(pk=NOWHERE)

    @property
    def departure(self) -> Departure:
        """Of somebody from the team."""
        return Departure.objects.filter(team=self.team.pk).first() or Departure(pk=NOWHERE)


@dataclass(frozen=True)
class District:
    """`own` is the place of the clerk and the doctor, `other` that of the foreign clerk."""

    own: Place
    other: Place
    users: dict[str, User]


def make_account(username: str, *roles: Role, institution: Institution | None = None, **fields: object) -> User:
    """An account without a usable password: tests sign in with `client.force_login`."""
    return User.objects.create(
        username=username, password=make_password(None), roles=list(roles), institution=institution, **fields
    )


def make_district() -> District:
    """Both centres, and the accounts of every visitor except the anonymous one."""
    own, other = factories.make_institution(name="甲镇卫生院"), factories.make_institution(name="乙镇卫生院")
    staff = factories.make_staff(institution=own)
    users = {
        "clerk": make_account("clerk", Role.CLERK, institution=own),
        "foreign": make_account("foreign", Role.CLERK, institution=other),
        "doctor": make_account("doctor", Role.DOCTOR, institution=own, staff=staff),
        "official": make_account("official", Role.OFFICIAL, institution=factories.bureau()),
        "administrator": make_account("administrator", Role.ADMINISTRATOR),
        "auditor": make_account("auditor", Role.AUDITOR, institution=factories.bureau()),
    }
    district = District(make_place(own, [staff]), make_place(other, []), users)
    for place in (district.own, district.other):
        furnish(place, users)
    return district


def make_place(centre: Institution, members: list[Staff]) -> Place:
    """A village, a team of `members` that serves it, a resident signed with it and served once, with a high reading."""
    village = factories.make_village()
    team = factories.make_team(institution=centre, members=members, villages=[village])
    resident = factories.make_resident(institution=centre, village=village, registers={"disabled": date(2018, 1, 1)})
    package = factories.make_package(items={"BP": 4})
    coverage = factories.make_coverage(resident=resident, team=team, packages=[package])
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    factories.make_service(resident, "BP", coverage.start_on, systolic=190, diastolic=100)
    return Place(centre, village, team, resident, coverage.contract)
