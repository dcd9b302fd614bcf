"""What tests of recording share."""

from datetime import date
from typing import Any

from contracts.actions.ledger import make_obligations
from contracts.actions.services import record_service
from contracts.models import Coverage, Service
from residents.models import Resident
from teams.models import Team
from teams.models.accounts import SYSTEM
from tests.factories import make_coverage, make_item, make_package, make_resident

TODAY = date(2018, 10, 2)


def sign(team: Team, **fields: Any) -> Resident:
    """Somebody owed four follow-ups in 2018, three of which are overdue."""
    make_item("BP", name="Pressure", kind="htn_follow_up")
    coverage = make_coverage(team=team, packages=[make_package(items={"BP": 4})], resident=make_resident(**fields))
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    return coverage.resident


def record(resident: Resident, day: date = TODAY, **details: Any) -> Service:
    return record_service(resident=resident, item=make_item("BP"), performed_on=day, by=SYSTEM, **details)
