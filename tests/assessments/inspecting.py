"""A round to inspect in: the shipped checklists, six patrol groups, a centre with a clinic."""

from dataclasses import dataclass
from datetime import date

from assessments.actions import inspections
from assessments.actions.checklists import load_shipped
from assessments.models import Checklist, Finding, Inspection, InspectionRound, InspectionTeam
from assessments.uploads import Proof, read_proof
from teams.models import Institution, Role, User
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
NOVEMBER = date(2018, 11, 1)


@dataclass
class Ground:
    """Who inspects what."""

    official: User
    clerk: User
    centre: Institution
    clinic: Institution
    round: InspectionRound

    @property
    def checklist(self) -> Checklist:
        return Checklist.objects.get(code="clinic", status="published")

    def plan(self, institution: Institution, day: date = NOVEMBER) -> Inspection:
        """The institution in the round of the day's month, planned on it."""
        made = InspectionRound.objects.get_or_create(first_on=day.replace(day=1), defaults={"made_by": self.official})
        team = InspectionTeam.objects.get(number=1)
        return inspections.plan(round_=made[0], institution=institution, team=team, planned_on=day, by=self.official)

    def inspect(
        self, institution: Institution, *faults: str, day: date = NOVEMBER, due_on: date | None = None
    ) -> list[Finding]:
        """A whole inspection: the named items are at fault, the others in order."""
        inspection = self.plan(institution, day)
        for item in inspection.checklist.items.all():
            is_fault = item.code in faults
            inspections.answer(
                inspection=inspection,
                item=item,
                outcome="fault" if is_fault else "in_order",
                text="电话为空号" if is_fault else "",
                deduction=item.points if is_fault else None,
                by=self.official,
            )
        inspections.finish(inspection=inspection, on=day, due_on=due_on, by=self.official)
        return list(inspection.findings.order_by("pk"))


def picture() -> Proof:
    return read_proof(PNG)


def make_ground() -> Ground:
    """The ground, today being what the test says."""
    load_shipped()
    official = factories.make_user(Role.OFFICIAL, institution=factories.bureau())
    centre = factories.make_institution(name="甲镇卫生院")
    clinic = factories.make_institution(name="甲村卫生室", kind=Institution.Kind.VILLAGE_CLINIC, parent=centre)
    clerk = factories.make_user(Role.CLERK, institution=centre)
    for number in range(1, 7):
        InspectionTeam.objects.create(number=number, name=f"第{number}巡查组")
    made = inspections.open_round(first_on=NOVEMBER, by=official)
    return Ground(official, clerk, centre, clinic, made)
