"""The important signals against a slow second implementation in plain Python, on random small districts."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from pytest_django import Settings

from assessments.actions import screening
from assessments.models import Lead
from contracts.models import Coverage, Service
from teams import cipher
from teams.models import PolicyValue
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2018, 12, 20)
POLICY = {
    "lead_records_least": 6,
    "lead_services_a_day": 3,
    "lead_unserved_percent": 30,
    "lead_same_reading_percent": 45,
    "lead_burst_percent": 30,
}
Found = set[tuple[object, ...]]


def make_district(rng: Random) -> None:
    """Forty people of few numbers and households, four teams, services of five people's hands."""
    for code, value in POLICY.items():
        PolicyValue.objects.create(code=code, value=value, from_on=date(2018, 1, 1))
    teams = [factories.make_team() for _team in range(4)]
    homes = [factories.make_household() for _home in range(12)]
    staff = [factories.make_staff() for _hand in range(5)]
    for _person in range(40):
        phone = rng.choice(["", str(13812340000 + rng.randrange(25)), str(13812340000 + 7 * rng.randrange(99))])
        resident = factories.make_resident(phone=phone, household=rng.choice([*homes, None]))
        start = DAY - timedelta(days=rng.randrange(500))
        factories.make_coverage(
            resident=resident, team=rng.choice(teams), start_on=start, end_on=start + timedelta(days=364)
        )
        for day in {
            DAY - timedelta(days=rng.choice([*range(0, 400, 9), 81, 81, 82])) for _visit in range(rng.randrange(6))
        }:
            pressure = rng.choice([(138, 88), (138, 88), (121, 70), (145, 91), (None, None)])
            factories.make_service(
                resident, "BP", day, staff=rng.choice(staff), systolic=pressure[0], diastolic=pressure[1]
            )


def covered() -> list[Coverage]:
    rows = Coverage.objects.select_related("resident", "contract")
    return [row for row in rows if row.start_on <= DAY <= row.end_on]


def given() -> list[Service]:
    return [row for row in Service.objects.all() if date(2017, 12, 20) < row.performed_on <= DAY]


def shared() -> Found:
    groups: dict[bytes, list[Coverage]] = defaultdict(list)
    for row in covered():
        if row.resident.phone_hash:
            groups[bytes(row.resident.phone_hash)].append(row)
    return {
        tuple(sorted(row.resident_id for row in rows))
        for rows in groups.values()
        if len(rows) >= 3 and len({row.resident.household_id or -row.resident_id for row in rows}) > 1
    }


def runs() -> Found:
    teams: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in covered():
        if row.resident.phone_cipher:
            number = int(cipher.decrypt(row.resident.phone_cipher, field="phone"))
            teams[row.contract.team_id][number].append(row.resident_id)
    found = set()
    for numbers in teams.values():
        for first in numbers:
            if first - 1 in numbers:
                continue
            run = [first]
            while run[-1] + 1 in numbers:
                run.append(run[-1] + 1)
            if len(run) >= 3:
                found.add(tuple(sorted(person for number in run for person in numbers[number])))
    return found


def unserved() -> Found:
    teams: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for row in covered():
        if (DAY - row.start_on).days >= 180:
            days = Service.objects.filter(resident=row.resident_id).values_list("performed_on", flat=True)
            teams[row.contract.team_id].append((row.resident_id, any(row.start_on <= day <= DAY for day in days)))
    return {
        tuple(sorted(person for person, is_served in people if not is_served))
        for people in teams.values()
        if len(people) >= 6 and sum(not is_served for _person, is_served in people) * 10 >= 3 * len(people)
    }


def crowded() -> Found:
    days = Counter((row.staff_id, row.performed_on) for row in given())
    hands = {staff for (staff, _day), services in days.items() if services > 3}
    return {
        (
            staff,
            max(n for (who, _day), n in days.items() if who == staff),
            sum(n > 3 for (who, _d), n in days.items() if who == staff),
        )
        for staff in hands
    }


def repeated() -> Found:
    hands: dict[int | None, Counter[str]] = defaultdict(Counter)
    for row in given():
        if row.systolic:
            hands[row.staff_id][f"{row.systolic}/{row.diastolic}"] += 1
    found = set()
    for staff, readings in hands.items():
        total = sum(readings.values())
        reading, times = min(readings.items(), key=lambda pair: (-pair[1], pair[0]))
        if total >= 6 and times * 100 // total > 45:
            found.add((staff, reading, times * 100 // total))
    return found


def bursts() -> Found:
    """Staff and the greatest share of a whole quarter of the year that ends with the day."""
    ends = (date(2018, 3, 31), date(2018, 6, 30), date(2018, 9, 30))
    found: dict[int | None, int] = {}
    for end in ends:
        first = date(end.year, end.month - 2, 1)
        hands: dict[int | None, list[date]] = defaultdict(list)
        for row in given():
            if first <= row.performed_on <= end:
                hands[row.staff_id].append(row.performed_on)
        for staff, days in hands.items():
            percent = sum(day > end - timedelta(days=10) for day in days) * 100 // len(days)
            if len(days) >= 6 and percent > 30:
                found[staff] = max(found.get(staff, 0), percent)
    return set(found.items())


def people(kind: str) -> Found:
    return {tuple(sorted(lead.evidence["residents"])) for lead in Lead.objects.filter(kind=kind)}


def numbers(kind: str, names: Iterable[str]) -> Found:
    return {(lead.staff_id, *(lead.evidence[name] for name in names)) for lead in Lead.objects.filter(kind=kind)}


@pytest.mark.parametrize("seed", range(6))
def test_signals_find_what_the_reference_finds(seed: int, settings: Settings) -> None:
    settings.TODAY = DAY
    make_district(Random(seed))
    assert screening.screen(screening_id=screening.request().pk)
    assert people("phone_shared") == shared()
    assert people("phone_run") == runs()
    assert people("never_served") == unserved()
    assert numbers("served_in_a_day", ("services_count", "days")) == crowded()
    assert numbers("pressure_repeated", ("reading", "percent")) == repeated()
    assert numbers("burst_at_the_end", ("percent",)) == bursts()
