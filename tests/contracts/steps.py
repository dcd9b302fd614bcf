"""What tests of contracts' lives share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import pairwise

import pytest
from django.db.models import F

from contracts.actions.ledger import make_obligations, match_services
from contracts.actions.signing import sign
from contracts.models import Contract, Coverage, Obligation
from residents.models import Resident
from service_packages.models import PackageVersion
from teams.models import Team
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import make_package, make_resident, make_team

TODAY = date(2018, 10, 20)
START, END = date(2018, 1, 1), date(2018, 12, 31)


@contextmanager
def refused(code: str, match: str | None = None) -> Iterator[None]:
    """The block is refused with the code."""
    with pytest.raises(RuleViolation, match=match) as refusal:
        yield
    assert refusal.value.code == code


def signed(
    *members: Resident,
    versions: Sequence[PackageVersion] = (),
    team: Team | None = None,
    start_on: date = START,
    end_on: date = END,
) -> Contract:
    """The members (default: one) signed for a term, each with the packages (default: one with four services)."""
    chosen = list(versions) or [make_package(items={"BP": 4})]
    return sign(
        team=team or make_team(),
        signed_on=start_on,
        representative=members[0] if members else None,
        members=dict.fromkeys(members or [make_resident()], chosen),
        start_on=start_on,
        end_on=end_on,
        by=SYSTEM,
    )


def periods(resident: Resident) -> list[tuple[date, date]]:
    """First and last days of the resident's coverages that have any day, in order."""
    rows = Coverage.objects.filter(resident=resident).order_by("start_on")
    return [(row.start_on, row.last_on) for row in rows if row.start_on <= row.last_on]


def assert_sound() -> None:
    """Coverages never overlap, obligations carry their team, and making and matching afresh would change nothing."""
    for resident in Resident.objects.all():
        days = periods(resident)
        assert all(before[1] < after[0] for before, after in pairwise(days))
    kept = set(Obligation.objects.values_list("held", "item", "opens_on", "due_on", "met_by"))
    assert not Obligation.objects.exclude(team=F("coverage__team")).exists()
    assert (make_obligations(coverages=Coverage.objects.all()), match_services()) == (0, 0)
    assert set(Obligation.objects.values_list("held", "item", "opens_on", "due_on", "met_by")) == kept
