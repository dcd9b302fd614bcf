"""A small district with an account for every role: who sees what is told by these.

Two centres below the bureau, and in each a village, a team, a resident, a contract and an import.
"""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from contracts.actions.drafts import keep
from contracts.actions.ledger import make_obligations
from contracts.desk import Sheet
from contracts.models import Batch, Contract, Coverage, Departure, Draft, FeeEntry, FollowUp, Handover, Merge, Referral
from residents.models import Resident
from teams import cipher
from teams.models import Division, Export, ExportPart, Import, ImportRound, Institution, Role, SavedFilter, Team, User
from tests import factories
from tests.access import areas

# Columns of the table of expectations, in order.
VISITORS = ("anonymous", "clerk", "foreign", "doctor", "official", "administrator", "auditor")


@dataclass(frozen=True)
class Place:
    """A centre and what belongs to it."""

    centre: Institution
    village: Division
    team: Team
    resident: Resident
    contract: Contract
    imported: Import
    exported: Export
    saved: SavedFilter

    @property
    def draft(self) -> Draft:
        """The clerk's half-filled signing of the resident."""
        return Draft.objects.filter(first=self.resident).first() or Draft(pk=10**9)

    @property
    def batch(self) -> Batch:
        """The clerk's renewal of the contract, not begun yet."""
        return Batch.objects.filter(lines__contract=self.contract).first() or Batch(pk=10**9)

    @property
    def handover(self) -> Handover:
        """The contract on its way to another team of the centre."""
        return Handover.objects.filter(lines__contract=self.contract).first() or Handover(pk=10**9)

    @property
    def departure(self) -> Departure:
        """Of somebody from the team."""
        return Departure.objects.filter(team=self.team.pk).first() or Departure(pk=10**9)


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
    """Both centres, and the accounts of VISITORS except the anonymous one."""
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
    district = District(make_place(own, users["clerk"], [staff]), make_place(other, users["foreign"], []), users)
    for place in (district.own, district.other):
        for area in areas():
            area.furnish(place, users)
    return district


def make_place(centre: Institution, clerk: User, members: list) -> Place:
    """A village, a team of `members` that serves it, a resident signed with it; an import, an export and a filter of
    the clerk's."""
    village = factories.make_village()
    team = factories.make_team(institution=centre, members=members, villages=[village])
    resident = factories.make_resident(institution=centre, village=village, registers={"disabled": date(2018, 1, 1)})
    package = factories.make_package(items={"BP": 4})
    coverage = factories.make_coverage(resident=resident, team=team, packages=[package])
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    service = factories.make_service(resident, "BP", coverage.start_on, systolic=190, diastolic=100)
    FollowUp.objects.create(
        resident=resident, cause="critical", service=service, opened_on=coverage.start_on, due_on=coverage.end_on
    )
    hospital = Institution.objects.filter(code="H").first()
    Referral.objects.create(
        direction="up",
        resident=resident,
        team=team,
        hospital=hospital or factories.make_institution(code="H", kind=Institution.Kind.HOSPITAL),
        reason="血压 190/100",
        status="requested",
        made_on=coverage.start_on,
        answer_due_on=coverage.start_on,
    )
    imported = Import.objects.create(
        kind="residents",
        filename="residents.csv",
        content=cipher.encrypt_bytes(b"", field="import"),
        sha256="0" * 64,
        by=clerk,
    )
    ImportRound.objects.create(imported=imported, number=1, filename=imported.filename, sha256="0" * 64, by=clerk)
    keep(draft=None, sheet=Sheet().with_people([resident.pk]), by=clerk)
    factories.make_resident(institution=centre)
    Merge.objects.create(kept=resident, merged=factories.make_resident(merged_into=resident), reason="x", by="y")
    exported = Export.objects.create(kind="people", language="en", status=Export.Status.DONE, size=1, by=clerk)
    part = cipher.encrypt_bytes(b"x", field=f"export:{exported.pk}:0")
    ExportPart.objects.create(export=exported, number=0, content=part)
    saved = SavedFilter.objects.create(user=clerk, page="contracts:people", name="65+", query="age_from=65")
    make_steps(coverage.contract, clerk)
    return Place(centre, village, team, resident, coverage.contract, imported, exported, saved)


def make_steps(contract: Contract, clerk: User) -> None:
    """Steps on their way: the contract in a renewal that nobody has begun, and in a handover; a departure."""
    Batch.objects.create(kind=Batch.Kind.RENEWAL, by=clerk).lines.create(contract=contract)
    team = contract.team
    other = factories.make_team(name="接管团队", institution=team.institution)
    handover = Handover.objects.create(
        from_team=team, to_team=other, effective_on=date(2018, 11, 1), reason="调离", made_by=clerk
    )
    handover.lines.create(contract=contract)
    FeeEntry.objects.create(
        coverage=contract.coverages.get(),
        payer="resident",
        kind=FeeEntry.Kind.RECEIPT,
        amount=1,
        on=contract.signed_on,
        number=f"R-{contract.number}",
        entered_on=contract.signed_on,
        entered_by="clerk",
    )
    leaving = factories.make_staff(institution=team.institution)
    Departure.objects.create(staff=leaving, team=team, last_on=date(2018, 10, 31), vacancy="全科医生", made_by="clerk")
