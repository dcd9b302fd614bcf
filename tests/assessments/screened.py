"""What tests of leads share."""

from assessments.actions import screening
from assessments.models import Lead
from residents.models import Resident
from teams.models import Team
from tests import factories

State = Lead.State


def screen() -> None:
    assert screening.screen(screening_id=screening.request().pk)


def found(kind: str) -> list[Lead]:
    screen()
    return list(Lead.objects.filter(kind=kind, state=State.OPEN).order_by("pk"))


def one(kind: str) -> Lead:
    [lead] = found(kind)
    return lead


def signed(team: Team | None = None, **fields: object) -> Resident:
    """Somebody whose contract runs all the year 2018."""
    resident = factories.make_resident(**fields)
    factories.make_coverage(resident=resident, team=team or factories.make_team())
    return resident
