"""Making, correcting and moving institutions: where each stands on which day, and who may."""

from datetime import date

import pytest
from django.test import Client

from teams.actions import institutions as actions
from teams.actions.submissions import fresh_key
from teams.copies import fingerprint
from teams.models import Institution, InstitutionParent, Role, Team, User
from teams.models.places import parent_ids, subtree_ids
from teams.rules import RuleViolation
from tests import factories

JULY, AUGUST = date(2018, 7, 1), date(2018, 8, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return factories.make_user(Role.ADMINISTRATOR)


@pytest.fixture
def bureau() -> Institution:
    return factories.bureau()


def refused(code: str) -> "pytest.RaisesExc[RuleViolation]":
    return pytest.raises(RuleViolation, check=lambda error: error.code == code)


def _made(code: str, parent: Institution, by: User) -> Institution:
    kind = Institution.Kind.TOWNSHIP_CENTER
    return actions.create_institution(
        code=code, name=code, kind=kind, setting="rural", division=None, parent=parent, by=by
    )


def test_institution_is_made_below_another_for_all_times(bureau: Institution, administrator: User) -> None:
    made = _made("C1", bureau, administrator)
    assert made.pk in subtree_ids(bureau.pk, date(2010, 1, 1))
    with refused("institution.code_taken"):
        _made("C1", bureau, administrator)


def test_institution_moves_from_a_day_on_with_all_below_it(bureau: Institution, administrator: User) -> None:
    first, second = _made("C1", bureau, administrator), _made("C2", bureau, administrator)
    clinic = _made("K1", first, administrator)
    actions.move_institution(institution=first, parent=second, from_on=JULY, by=administrator)
    assert parent_ids(date(2018, 6, 30))[first.pk] == bureau.pk
    assert parent_ids(JULY)[first.pk] == second.pk
    assert {first.pk, clinic.pk} <= subtree_ids(second.pk, JULY)


def test_institution_below_itself_is_refused_also_where_the_tree_changes_later(
    bureau: Institution, administrator: User
) -> None:
    first, second = _made("C1", bureau, administrator), _made("C2", bureau, administrator)
    actions.move_institution(institution=second, parent=first, from_on=AUGUST, by=administrator)
    for day in (JULY, AUGUST):
        with refused("institution.below_itself"):
            actions.move_institution(institution=first, parent=second, from_on=day, by=administrator)
    with refused("institution.below_itself"):
        actions.move_institution(institution=first, parent=first, from_on=JULY, by=administrator)


def test_move_that_cannot_be_is_refused(bureau: Institution, administrator: User) -> None:
    first, second = _made("C1", bureau, administrator), _made("C2", bureau, administrator)
    with refused("institution.root"):
        actions.move_institution(institution=bureau, parent=first, from_on=JULY, by=administrator)
    with refused("institution.there_already"):
        actions.move_institution(institution=first, parent=bureau, from_on=JULY, by=administrator)
    with refused("institution.future"):
        actions.move_institution(institution=first, parent=second, from_on=date(2999, 1, 1), by=administrator)
    actions.move_institution(institution=first, parent=second, from_on=JULY, by=administrator)
    with refused("institution.too_early"):
        actions.move_institution(institution=first, parent=bureau, from_on=JULY, by=administrator)
    assert InstitutionParent.objects.filter(institution=first).count() == 2


def test_centre_with_teams_stays_a_centre(administrator: User) -> None:
    team: Team = factories.make_team()
    said = {"name": "x", "kind": "hospital", "setting": "", "division": None}
    with refused("institution.has_teams"):
        seen = fingerprint(team.institution, actions.EDITED)
        actions.change_institution(institution=team.institution, seen=seen, **said, by=administrator)


def test_slower_of_two_who_correct_sees_the_difference_and_goes_on(
    client: Client, bureau: Institution, administrator: User
) -> None:
    client.force_login(administrator)
    made = _made("C1", bureau, administrator)
    address, place = f"/institutions/{made.pk}/edit/", factories.make_village()
    opened = client.get(address).context["form"].initial
    faster = opened | {"setting": "urban", "division": place.code, "submission": fresh_key()}
    assert client.post(address, faster).status_code == 302
    page = client.post(address, opened | {"name": "中心卫生院", "submission": fresh_key()})
    lines = page.context["stale"]["lines"]
    assert {line["field"]: line["is_conflict"] for line in lines} == {"setting": False, "division_id": False}
    form = page.context["form"]
    typed = {name: form[name].value() for name in opened}
    assert (typed["name"], typed["setting"], typed["division"]) == ("中心卫生院", "urban", place.code)
    assert client.post(address, typed | {"submission": fresh_key()}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.setting) == ("中心卫生院", "urban")


def test_administrator_of_one_centre_changes_only_what_is_below_it(bureau: Institution, administrator: User) -> None:
    first, second = _made("C1", bureau, administrator), _made("C2", bureau, administrator)
    local = factories.make_user(Role.ADMINISTRATOR, institution=first)
    assert _made("K1", first, local).pk in subtree_ids(first.pk)
    with refused("institution.outside"):
        _made("K2", second, local)
    with refused("institution.not_allowed"):
        _made("K3", first, factories.make_user(Role.OFFICIAL))


def test_pages_make_correct_and_move(client: Client, bureau: Institution, administrator: User) -> None:
    client.force_login(administrator)
    other = _made("C2", bureau, administrator)
    typed = {"parent": bureau.pk, "code": "C9", "name": "新卫生院", "kind": "township_center", "setting": "rural"}
    wrong = client.post("/institutions/new/", typed | {"division": "999"})
    assert "division" in wrong.context["form"].errors
    client.post("/institutions/new/", typed | {"submission": fresh_key()})
    made = Institution.objects.get(code="C9")
    corrected = {"name": "中心卫生院", "setting": "urban", "submission": fresh_key()}
    address = f"/institutions/{made.pk}/edit/"
    client.post(address, client.get(address).context["form"].initial | corrected)
    moved = {"parent": other.pk, "from_on": "20180701", "submission": fresh_key()}
    client.post(f"/institutions/{made.pk}/move/", moved)
    made.refresh_from_db()
    assert (made.name, made.setting, parent_ids(JULY)[made.pk]) == ("中心卫生院", "urban", other.pk)
    page = client.get(f"/institutions/{made.pk}/")
    assert page.context["parent"] == other
