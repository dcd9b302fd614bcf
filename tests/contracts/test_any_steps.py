"""Whatever steps are taken in whatever order: coverages never overlap, and the ledger is what a fresh one would be."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from random import Random

import pytest
from pytest_django import Settings

from contracts.actions.changing import change_packages, change_team
from contracts.actions.confirming import confirm
from contracts.actions.ending import resume, suspend_all, terminate_all, undo_termination
from contracts.actions.renewing import renew
from contracts.models import Contract, Coverage
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.contracts.steps import assert_sound, signed
from tests.factories import make_package, make_resident, make_service, make_team
from tests.reference.examples import on_random_districts, undone

pytestmark = pytest.mark.django_db
STEPS = 14


class Life:
    """A household, two teams, three packages, and steps taken at random."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.teams = [make_team(), make_team()]
        self.packages = [make_package(items={"BP": 4}), make_package(items={"BP": 1, "EXAM": 1}), make_package()]
        self.people = [make_resident() for _ in range(2)]
        for resident in self.people:
            for days in rng.sample(range(900), 6):
                make_service(resident, rng.choice(("BP", "EXAM")), date(2018, 1, 1) + timedelta(days))
        years = rng.choice((1, 3))
        signed(*self.people, versions=self.packages[:1], team=self.teams[0], end_on=date(2017 + years, 12, 31))

    @property
    def steps(self) -> Mapping[str, Callable[[Contract, date], object]]:
        rng, team, packages = self.rng, self.rng.choice(self.teams), self.packages
        given = {"consent": "paper", "by": SYSTEM}

        def chosen(contract: Contract) -> list[Coverage]:
            rows = list(contract.coverages.all())
            return rng.sample(rows, rng.randint(1, len(rows)))

        def other(contract: Contract) -> dict:
            people = contract.coverages.values_list("resident", flat=True)
            return {key: rng.sample(packages, rng.randint(1, 3)) for key in people}

        return {
            "renew": lambda k, d: renew(contract=k, **given),
            "team": lambda k, d: change_team(contract=k, team=team, on=d, **given),
            "packages": lambda k, d: change_packages(contract=k, packages=other(k), on=d, **given),
            "end": lambda k, d: terminate_all(coverages=chosen(k), on=d, reason="request", by=SYSTEM),
            "undo": lambda k, d: undo_termination(coverages=chosen(k), by=SYSTEM),
            "suspend": lambda k, d: suspend_all(
                coverages=chosen(k), from_on=d, to_on=d + timedelta(rng.randint(1, 60)), reason="", by=SYSTEM
            ),
            "resume": lambda k, d: resume(coverage=chosen(k)[0], on=d, by=SYSTEM),
            "confirm": lambda k, d: confirm(contract=k, **given),
        }


@pytest.mark.slow
@on_random_districts(examples=12)
def test_after_any_steps_coverages_are_apart_and_the_ledger_is_fresh(seed: int, settings: Settings) -> None:
    with undone():
        rng = Random(seed)
        settings.TODAY = day = date(2018, 1, 1)
        life, taken = Life(rng), 0
        for _ in range(STEPS):
            settings.TODAY = day = day + timedelta(rng.choice((0, 0, 1, 30, 150)))
            contract = rng.choice(list(Contract.objects.order_by("pk")))
            step = life.steps[rng.choice(list(life.steps))]
            with suppress(RuleViolation):
                step(contract, day + timedelta(rng.randint(-5, 40)))
                taken += 1
            assert_sound()
        assert taken
