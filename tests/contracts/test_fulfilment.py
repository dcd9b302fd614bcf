"""Fulfilment: what was promised and what became of it, against the slow reference and against the months."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from assessments.actions.months import compute
from assessments.models import Figure, Month
from contracts.actions.fulfilment import count_promises
from contracts.actions.ledger import make_obligations
from contracts.models import Coverage, FulfilmentCell, Obligation
from contracts.presenters.fulfilment import sentence
from contracts.presenters.person import promises_by_year
from contracts.queries.fulfilment import STEPS, By, Promises, Tally, tallies, tally
from contracts.queries.person import person
from residents.categories import category_names
from residents.models import Resident
from service_packages.models import Item, PackageVersion
from teams.models import Division, Institution, Role, Team
from teams.models.accounts import SYSTEM
from teams.models.places import subtree_ids
from tests.factories import make_coverage, make_doctor, make_package, make_resident, make_service, make_team, make_user
from tests.reference.examples import district, on_random_districts
from tests.reference.facts import load_facts
from tests.reference.fulfilment import Row, packages, rows

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 2)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


def sign(team: Team, **fields: Any) -> Coverage:
    """Somebody signed for 2018, owed four blood pressures: due at the end of March, June, September and December."""
    coverage = make_coverage(team=team, packages=[make_package(items={"BP": 4})], **fields)
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    return coverage


def meet(coverage: Coverage, number: int, on: date) -> None:
    """A service that met the window with that number."""
    window = coverage.obligations.order_by("due_on")[number]
    service = make_service(coverage.resident, "BP", on)
    Obligation.objects.filter(pk=window.pk).update(met_by=service, met_on=on)


# --- By hand --------------------------------------------------------------------------------------------------------


def test_windows_of_the_year_are_told_in_words_that_add_up() -> None:
    team = make_team()
    coverage = sign(team)
    meet(coverage, 0, date(2018, 3, 1))
    meet(coverage, 1, date(2018, 7, 20))
    meet(coverage, 3, date(2018, 10, 1))

    found = tally(Promises(TODAY, (team.pk,)))

    assert (found.promised, found.due, found.on_time, found.late, found.missed) == (4, 3, 1, 1, 1)
    assert (found.ahead, found.open, found.waived, found.met) == (1, 0, 0, 3)
    assert (found.packages, found.complete, found.expected, found.unserved) == (1, 0, 1, 0)


def test_waived_window_is_shown_and_counted_nowhere_else() -> None:
    team = make_team()
    coverage = sign(team)
    window = coverage.obligations.order_by("due_on")[0]
    Obligation.objects.filter(pk=window.pk).update(waived_on=date(2018, 4, 2), waived_by="li", waiver="away")

    before, after = tally(Promises(date(2018, 4, 1), (team.pk,))), tally(Promises(date(2018, 4, 2), (team.pk,)))

    assert (before.promised, before.missed, before.waived) == (4, 1, 0)
    assert (after.promised, after.missed, after.waived) == (3, 0, 1)


def test_what_is_due_after_a_known_end_is_not_promised() -> None:
    team = make_team()
    sign(team, terminated_on=date(2018, 12, 1))
    sign(team, resident=make_resident(died_on=date(2018, 5, 1)))

    assert tally(Promises(TODAY, (team.pk,))).promised == 3 + 1


def test_contract_and_person_have_their_own_counts() -> None:
    team = make_team()
    coverage, _other = sign(team), sign(team)

    assert tally(Promises(TODAY, contracts=(coverage.contract_id,))).promised == 4
    assert tally(Promises(TODAY, residents=(coverage.resident_id,))).promised == 4


def test_several_teams_are_read_off_what_was_counted_last(django_assert_num_queries: Any) -> None:
    teams = (make_team(), make_team())
    for team in teams:
        sign(team)
    promises = Promises(TODAY, tuple(team.pk for team in teams))
    at_once = tallies(promises, By.TEAM)
    count_promises()

    with django_assert_num_queries(3):
        kept = tallies(promises, By.TEAM)

    assert kept == at_once == {team.pk: replace(kept[team.pk], promised=4, due=3) for team in teams}
    assert tally(promises).promised == 8


def test_counting_again_replaces_what_was_counted() -> None:
    sign(make_team())
    count_promises()

    assert count_promises() == FulfilmentCell.objects.count()


# --- Against the second implementation ------------------------------------------------------------------------------

_KEYS: dict[By, Callable[[Row], list[Any]]] = {
    By.TOTAL: lambda row: [None],
    By.TEAM: lambda row: [row.team],
    By.INSTITUTION: lambda row: [row.institution],
    By.VILLAGE: lambda row: [row.village],
    By.ITEM: lambda row: [row.item],
    By.PACKAGE: lambda row: [row.package],
    By.CATEGORY: lambda row: sorted(row.categories - {"all"}),
}


def _names(by: By) -> dict[Any, Any]:
    """Key of a tally -> key of the reference."""
    if by is By.PACKAGE:
        return {row.pk: (row.package.code, row.number) for row in PackageVersion.objects.select_related("package")}
    models: dict[By, Any] = {
        By.TEAM: Team,
        By.INSTITUTION: Institution,
        By.VILLAGE: Division,
        By.ITEM: Item,
    }
    if by in models:
        return {None: None, **dict(models[by].objects.values_list("pk", "code"))}
    return {None: None} if by is By.TOTAL else {code: code for code in category_names()}


def _told(found: Tally, by: By) -> Counter[str]:
    words = ("promised", "due", "on_time", "late", "missed", "waived", "ahead", "open")
    told = Counter({word: getattr(found, word) for word in words})
    told.update({f"met_{step + 1}": found.met_before[step] for step in range(STEPS)})
    if by is not By.ITEM:
        told.update(packages=found.packages, complete=found.complete)
    return +told


def _expected(found: list[Row], by: By) -> dict[Any, Counter[str]]:
    groups: dict[Any, list[Row]] = {}
    for row in found:
        for key in _KEYS[by](row):
            groups.setdefault(key, []).append(row)
    return {
        key: sum((row.counts for row in group), Counter()) + (Counter() if by is By.ITEM else packages(group))
        for key, group in groups.items()
    }


@on_random_districts(examples=8)
def test_counts_of_random_districts_are_the_reference_s(seed: int) -> None:
    with district(seed) as days:
        facts, rng = load_facts(), Random(seed)
        day = rng.choice(days)
        expected = rows(facts, day)
        if rng.random() < 0.5:
            count_promises(day)
        for by in By:
            names = _names(by)
            found = {names[key]: _told(one, by) for key, one in tallies(Promises(day), by).items()}
            assert {key: one for key, one in found.items() if one} == _expected(expected, by), f"{seed} {day} {by}"
        team = rng.choice(list(Team.objects.all()))
        of_team = _expected([row for row in expected if row.team == team.code], By.TOTAL).get(None, Counter())
        assert _told(tally(Promises(day, (team.pk,))), By.TOTAL) == of_team, f"{seed} {day} {team.code}"


@on_random_districts(examples=4)
def test_counts_are_the_month_s_where_both_exist(settings: Settings, seed: int) -> None:
    with district(seed) as days:
        day = Random(seed).choice(days)
        settings.TODAY = day
        compute(month=day.replace(day=1), as_of=day)
        revision = Month.objects.get(first_on=day.replace(day=1)).current_id
        figures = {
            (institution, team, category, indicator): (numerator, denominator)
            for institution, team, category, indicator, numerator, denominator in Figure.objects.filter(
                revision=revision
            ).values_list("institution_id", "team_key", "category", "indicator", "numerator", "denominator")
        }
        for institution in Institution.objects.filter(pk__in={key[0] for key in figures}):
            promises = Promises(day, institutions=subtree_ids(institution.pk, day))
            found = {"all": tally(promises), **tallies(promises, By.CATEGORY)}
            for category in ("all", "key", "elderly", "hypertension"):
                one = found.get(category, Tally())
                of_unit = {name: figures[institution.pk, 0, category, name] for name in _INDICATORS}
                assert of_unit == _as_figures(one), f"{seed} {day} {institution.code} {category}"
        for team in Team.objects.filter(pk__in={key[1] for key in figures if key[1]}):
            one = tally(Promises(day, (team.pk,)))
            of_unit = {name: figures[team.institution_id, team.pk, "all", name] for name in _INDICATORS}
            assert of_unit == _as_figures(one), f"{seed} {day} {team.code}"


_INDICATORS = ("item_completion", "item_on_time", "package_completion", "unserved")


def _as_figures(found: Tally) -> dict[str, tuple[int, int]]:
    return {
        "item_completion": (found.on_time + found.late, found.due),
        "item_on_time": (found.on_time, found.due),
        "package_completion": (found.complete, found.packages),
        "unserved": (found.unserved, found.expected),
    }


# --- Pages of one person and one contract ---------------------------------------------------------------------------


def test_person_and_contract_tell_their_promises_in_the_same_words(client: Client) -> None:
    team = make_team()
    coverage = sign(team)
    meet(coverage, 0, date(2018, 3, 1))
    client.force_login(make_doctor(team))

    meet(coverage, 3, date(2018, 10, 1))

    for page in (f"/people/{coverage.resident_id}/", f"/contracts/{coverage.contract_id}/"):
        told = client.get(page).context["fulfilment"]
        ((name, counts),) = told["rows"]
        assert (name, {word.name: count for word, count in counts}) == (
            "BP",
            {"promised": 4, "due": 3, "on_time": 1, "late": 0, "missed": 2, "ahead": 1, "open": 0, "waived": 0},
        )
        assert counts == told["total"]


def test_sentence_of_a_year_adds_up_and_leaves_nothing_out() -> None:
    said = sentence(Tally(promised=5, due=3, on_time=1, late=1, ahead=1, waived=2))
    assert "".join(re.findall(r"[\d=+()·]", said)) == "5=3(1+1+1)+1+1·2"
    assert not re.search(r"\d", sentence(Tally()))


@on_random_districts(examples=3)
def test_year_of_a_person_s_list_is_the_person_s_fulfilment(seed: int) -> None:
    with district(seed) as days:
        day = max(days)
        for resident in Resident.objects.filter(coverages__obligations__due_on__year=day.year).distinct():
            years = promises_by_year(person(resident, user=SYSTEM, day=day))
            told = next(year["summary"] for year in years if year["is_open"])
            assert told == sentence(tally(Promises(day, residents=(resident.pk,)))), f"{seed} {resident.pk} {day}"


def test_person_without_a_contract_has_no_promises(client: Client) -> None:
    client.force_login(make_user(Role.OFFICIAL))

    assert client.get(f"/people/{make_resident().pk}/").context["fulfilment"] is None
