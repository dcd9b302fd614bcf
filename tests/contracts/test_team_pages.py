"""Pages of teams and institutions: composition and load against the policy, and changing teams by forms."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from teams.clock import today
from teams.models import Institution, PolicyValue, Role, Staff, Team, User
from tests import factories

pytestmark = pytest.mark.django_db
JOBS = ("internal_medicine", "surgery", "gynaecology", "public_health")


@pytest.fixture
def administrator(client: Client) -> User:
    user = factories.make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def employ(job: str, **fields: object) -> Staff:
    staff = factories.make_staff(**fields)
    staff.job = job
    staff.save(update_fields=["job"])
    return staff


def results(client: Client, team: Team) -> dict[str, str]:
    """Demand -> what is missing ("": it is met)."""
    checks = client.get(reverse("contracts:team", args=[team.pk])).context["checks"]
    return {str(check.name): str(check.missing) for check in checks}


def test_team_lacks_what_the_policy_asks_for(client: Client, administrator: User) -> None:
    for code, value in (("team_surgery", 2), ("team_grid_worker", 1), ("team_households_least", 0)):
        PolicyValue.objects.create(code=code, value=value, from_on=date(2018, 1, 1))
    team = factories.make_team(members=[employ(job) for job in JOBS])
    client.cookies["django_language"] = "en"
    found = results(client, team)
    assert {name: missing for name, missing in found.items() if missing} == {
        "surgery": "1 missing",
        "grid worker": "1 missing",
    }
    assert set(found) >= {"team leader", "internal medicine", "gynaecology", "public health", "households"}


def test_load_counts_households_and_residents_a_doctor(client: Client, administrator: User) -> None:
    for code, value in (("team_households_least", 1), ("team_households_most", 2), ("doctor_residents_most", 1)):
        PolicyValue.objects.create(code=code, value=value, from_on=date(2018, 1, 1))
    team = factories.make_team(members=[factories.make_staff()])
    household = factories.make_household()
    for home in (household, household, None):
        resident = factories.make_resident(household=home)
        factories.make_coverage(resident=resident, team=team, start_on=today(), end_on=today() + timedelta(days=364))
    client.cookies["django_language"] = "en"
    found = results(client, team)
    assert (found["households"], found["residents a doctor"]) == ("", "2 too many")


def test_institution_with_too_few_teams_says_how_many_are_missing(client: Client, administrator: User) -> None:
    factories.make_team()
    page = client.get(reverse("contracts:institution", args=[factories.centre().pk]))
    [check] = page.context["checks"]
    assert (check.standing, check.is_met) == ("1", False)
    hospital = factories.make_institution(kind=Institution.Kind.HOSPITAL)
    assert client.get(reverse("contracts:institution", args=[hospital.pk])).context["checks"] == []


def test_expert_and_grid_worker_are_shown_as_such(client: Client, administrator: User) -> None:
    team = factories.make_team(members=[employ("specialist"), employ("grid_worker"), employ("village_doctor")])
    client.cookies["django_language"] = "en"
    members = client.get(reverse("contracts:team", args=[team.pk])).context["members"]
    assert sorted(str(member["part"]) for member in members) == ["base doctor", "grid worker", "hospital expert"]


def send(client: Client, view: str, *args: int, **fields: str):
    url = reverse(f"contracts:{view}", args=args)
    return client.post(url, {"submission": client.get(url).context["submission"], **fields})


def test_team_is_made_and_filled_by_forms(client: Client, administrator: User) -> None:
    centre, village = factories.centre(), factories.make_village()
    staff = factories.make_staff(name="赵医生")
    send(client, "team_create", institution=str(centre.pk), code="N1", name="新团队", formed_on="20180301")
    team = Team.objects.get(code="N1")
    assert team.formed_on == date(2018, 3, 1)
    assert send(client, "member_add", team.pk, staff_no="赵医生", from_on="2018-04-01").status_code == 302
    member = team.members.get()
    assert (member.staff, member.from_on) == (staff, date(2018, 4, 1))
    send(client, "member_lead", member.pk, on="2018.5.1")
    assert team.members.on(today()).get().is_leader
    send(client, "village_add", team.pk, village=str(village.pk), from_on="2018年4月1日")
    send(client, "village_end", team.villages.get().pk, on="20180601")
    assert team.villages.get().to_on == date(2018, 6, 1)
    send(client, "member_end", team.members.get(to_on=None).pk, on="20180701")
    assert not team.members.on(date(2018, 7, 1)).exists()


def test_refusal_stands_above_the_form_and_what_was_typed_stays(client: Client, administrator: User) -> None:
    staff = factories.make_staff()
    team = factories.make_team(members=[staff])
    page = send(client, "member_add", team.pk, staff_no=staff.staff_no, from_on="20180401")
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert 'value="20180401"' in page.content.decode()


def test_form_sent_twice_makes_one_team(client: Client, administrator: User) -> None:
    url = reverse("contracts:team_create")
    fields = {"institution": factories.centre().pk, "code": "N1", "name": "新团队", "formed_on": "20180301"}
    fields["submission"] = client.get(url).context["submission"]
    places = {client.post(url, fields).headers["Location"] for _click in range(2)}
    assert len(places) == 1
    assert Team.objects.filter(code="N1").count() == 1


def test_dissolving_names_the_contracts_that_remain(client: Client, administrator: User) -> None:
    team = factories.make_team(members=[factories.make_staff()])
    factories.make_coverage(team=team, start_on=today(), end_on=today() + timedelta(days=364))
    before = client.get(reverse("contracts:team_dissolve", args=[team.pk])).context["remaining"]
    assert (before.contracts, before.people) == (1, 1)
    send(client, "team_dissolve", team.pk, on=str(today()))
    page = client.get(reverse("contracts:team", args=[team.pk]))
    assert (page.context["exists"], page.context["remaining"].contracts) == (False, 1)
    assert team.contracts.get().coverages.get().terminated_on is None


def test_dissolved_team_names_its_last_members(client: Client, administrator: User) -> None:
    client.cookies["django_language"] = "en"
    stayed, left = factories.make_staff(name="赵医生"), factories.make_staff(name="钱护士")
    team = factories.make_team(members=[stayed, left])
    url = reverse("contracts:team", args=[team.pk])
    send(client, "member_end", team.members.get(staff=left).pk, on=str(today() - timedelta(days=9)))
    send(client, "team_dissolve", team.pk, on=str(today()))
    page = client.get(url)
    assert [row["staff"] for row in page.context["members"]] == [stayed]
    assert [row["staff"] for row in page.context["past_members"]] == [left]
    said = page.content.decode()
    assert f"The team was dissolved on {today()}" in said and "Nobody belongs to the team." not in said
    assert "member_end" not in said and "The team served no village." in said
    empty = factories.make_team(dissolved_on=today())
    assert b"Nobody belonged to it on its last day." in client.get(reverse("contracts:team", args=[empty.pk])).content


def test_administrator_of_a_centre_changes_its_teams_only(client: Client) -> None:
    own = factories.make_institution()
    client.force_login(factories.make_user(Role.ADMINISTRATOR, institution=own))
    mine, other = factories.make_team(institution=own), factories.make_team()
    answers = [client.get(reverse("contracts:team_rename", args=[team.pk])).status_code for team in (mine, other)]
    assert answers == [200, 404]


def test_list_of_teams_is_narrowed_by_words_institution_and_state(client: Client, administrator: User) -> None:
    own = factories.make_institution()
    first = factories.make_team(name="姜堂村团队", institution=own)
    factories.make_team(name="陈集村团队")
    gone = factories.make_team(name="旧团队", dissolved_on=date(2018, 1, 1))
    url = reverse("teams:team_list")
    found = {
        query: [row["team"] for row in client.get(url, {query: value}).context["teams"]]
        for query, value in (("q", "姜堂"), ("unit", own.pk), ("state", "dissolved"))
    }
    assert found == {"q": [first], "unit": [first], "state": [gone]}


def test_public_phone_is_entered_shown_and_taken_away(client: Client, administrator: User) -> None:
    centre = factories.centre()
    url = reverse("contracts:institution_edit", args=[centre.pk])
    said = {"name": centre.name, "kind": centre.kind, "setting": "", "division": ""}

    def send(typed: str) -> Any:
        opened = client.get(url).context
        kept = {"seen": opened["form"].initial["seen"], "submission": opened["submission"]}
        return client.post(url, said | kept | {"public_phone": typed})

    for typed in ("0558-5550123", ""):
        assert send(typed).headers["Location"] == reverse("contracts:institution", args=[centre.pk])
        assert Institution.objects.get(pk=centre.pk).public_phone == typed
        shown = client.get(reverse("contracts:institution", args=[centre.pk])).content.decode()
        assert ("0558-5550123" in shown) == bool(typed)
    page = send("问村医")
    assert page.context["form"].errors.keys() == {"public_phone"}
    assert "问村医" in page.content.decode()
