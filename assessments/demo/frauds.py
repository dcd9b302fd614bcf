"""Frauds at known places, so that what screening reports can be held against what is really wrong.

Some follow from how a team works (`assessments.demo.habits`); two more are written when everything else stands:
services to the dead, and a day with more services than anybody can give. These count for no promise, so that no figure
moves.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice, product
from typing import NamedTuple

from assessments.demo.staff import Crew
from contracts.models import Coverage, Service
from contracts.models.agreements import CoverageQuerySet
from service_packages.models import STANDARD_KINDS, Item
from teams.models import Team

OF_PHONES = {"consecutive": "phone_run", "shared": "phone_shared", "own": "phone_of_staff"}
DEAD_SERVED = 3  # people
AFTER_DEATH = (timedelta(days=12), timedelta(days=40))
IN_A_DAY = 75
SERVED_BEFORE = timedelta(days=30)  # the people of the impossible day had a service so shortly before


class Planted(NamedTuple):
    """A fraud: the signal that should report it, and the team's code."""

    signal: str
    team: str


def plant(crews: Sequence[Crew], day: date) -> list[Planted]:
    """Write what is still to be written as of the day, and say everything that is false and where."""
    planted = list(_of_habits(crews))
    honest = [crew for crew in crews if not crew.habit.phones and not crew.habit.heaped]
    items = list(Item.objects.exclude(kind__in=STANDARD_KINDS).order_by("code"))
    for crew in honest:
        if _serve_the_dead(crew, items[0], day):
            planted.append(Planted("served_after_leaving", crew.team.code))
            break
    for crew in reversed(honest):
        if _fill_a_day(crew, items, day - timedelta(days=45)):
            planted.append(Planted("served_in_a_day", crew.team.code))
            break
    return planted


def _of_habits(crews: Sequence[Crew]) -> Iterator[Planted]:
    for crew in crews:
        if crew.habit.phones:
            yield Planted(OF_PHONES[crew.habit.phones], crew.team.code)
        if crew.habit.heaped:
            yield Planted("pressure_repeated", crew.team.code)


def _serve_the_dead(crew: Crew, item: Item, day: date) -> bool:
    """Services to people of the team who had died by then; whether there were any."""
    gone = _signed(crew.team).filter(resident__died_on__lt=day - max(AFTER_DEATH))
    dead = list(gone.values_list("resident", "resident__died_on").distinct().order_by("resident")[:DEAD_SERVED])
    rows = [_false(crew, resident, item, died_on + after) for resident, died_on in dead for after in AFTER_DEATH]
    return bool(Service.objects.bulk_create(rows))


def _fill_a_day(crew: Crew, items: Sequence[Item], day: date) -> bool:
    """One person serves everybody with everything on a day; whether the team has people enough for that.

    They had a service shortly before, so that nobody counts as served for this alone.
    """
    served = Service.objects.filter(performed_on__gt=day - SERVED_BEFORE, performed_on__lt=day)
    signed = _signed(crew.team).in_force_on(day).filter(resident__in=served.values("resident"))
    people = signed.values_list("resident", flat=True).distinct().order_by("resident")
    taken = set(Service.objects.filter(performed_on=day, resident__in=people).values_list("resident", "item"))
    pairs = ((person, item) for person, item in product(people, items) if (person, item.pk) not in taken)
    rows = [_false(crew, person, item, day) for person, item in islice(pairs, IN_A_DAY)]
    return len(rows) == IN_A_DAY and bool(Service.objects.bulk_create(rows))


def _signed(team: Team) -> CoverageQuerySet:
    return Coverage.objects.filter(contract__team=team)


def _false(crew: Crew, resident: int, item: Item, day: date) -> Service:
    return Service(
        resident_id=resident,
        item=item,
        performed_on=day,
        staff_id=crew.staff_ids[0],
        place=Item.Mode.HOME,
        is_counted=False,
    )
