from datetime import date

import pytest
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertContains

from assessments.actions import publications
from assessments.actions.months import compute
from assessments.models import Assessment, Cycle, Month, Publication, Rubric, RubricVersion, SurveyAnswer
from assessments.suppression import share, suppressed
from residents.models import Resident
from teams.models import Institution, Role, User
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_coverage, make_institution, make_resident, make_team, make_village
from tests.small_district import OCTOBER, SmallDistrict


@pytest.fixture
def bureau(district: SmallDistrict) -> User:
    return make_account("p", Role.OFFICIAL, institution=district.bureau)


def freeze() -> None:
    revision = Month.objects.get(first_on=OCTOBER).current
    assert revision
    type(revision).objects.filter(pk=revision.pk).update(
        frozen_at="2018-11-05 00:00Z", frozen_by="official", sha256="a" * 64
    )


def publish(by: User, how: str = "到中心签约") -> Publication:
    return publications.publish(first_on=OCTOBER, how_to_sign=how, by=by)


@settings(max_examples=60)
@given(st.dictionaries(st.integers(0, 20), st.integers(0, 40), max_size=12), st.integers(2, 10))
def test_suppressed_cells_cannot_be_taken_from_the_sum(cells: dict[int, int], least: int) -> None:
    shown = suppressed(cells, least)
    hidden = [cells[key] for key, count in shown.items() if count is None]
    assert all(count is None or count == cells[key] for key, count in shown.items())
    assert not any(count is not None and 0 < count < least for count in shown.values())
    left = [key for key, count in shown.items() if count]
    if hidden and left:
        assert len(hidden) > 1 and sum(hidden) >= least


def test_share_of_few_answers_is_no_figure() -> None:
    assert share(4, 4, 5) is None
    assert share(48, 50, 5) is None  # two people did not say it
    assert share(50, 50, 5) == 100
    assert share(40, 50, 5) == 80


@pytest.mark.django_db
def test_only_frozen_months_are_published(bureau: User) -> None:
    with pytest.raises(RuleViolation) as refusal:
        publish(bureau)
    assert refusal.value.code == "publication.not_frozen"


@pytest.mark.django_db
def test_residents_see_it_without_account_and_nobody_is_named(bureau: User) -> None:
    freeze()
    page = Client().get(reverse("assessments:compare"))
    assert page.status_code == 200 and page.context["content"] is None
    made = publish(bureau)
    centre = made.content["centres"][0]
    for url in (reverse("assessments:compare"), reverse("assessments:compare_centre", args=[centre["id"]])):
        page = Client().get(url)
        text = page.content.decode()
        assert centre["name"] in text and "到中心签约" in text
        assert "public" in page.headers["Cache-Control"] and "noindex" in page.headers["X-Robots-Tag"]
        assert not page.cookies
        staff = {
            member["name"] for row in made.content["centres"] for team in row["teams"] for member in team["members"]
        }
        assert not [name for name in set(Resident.objects.values_list("name", flat=True)) - staff if name in text]


@pytest.mark.django_db
def test_teams_do_not_add_up_to_the_hidden_count_of_their_centre(bureau: User, district: SmallDistrict) -> None:
    """Six are signed with the neighbour: hidden, because they would tell the few of the district's centre."""
    other = make_institution(name="甲镇卫生院")
    team = make_team(institution=other)
    for _resident in range(6):
        make_coverage(resident=make_resident(institution=other), team=team)
    compute(month=OCTOBER)
    freeze()
    shown = {row["name"]: row for row in publish(bureau).content["centres"]}["甲镇卫生院"]
    assert (shown["signed"], [row["signed"] for row in shown["teams"]]) == (None, [None])


@pytest.mark.django_db
def test_satisfaction_is_told_by_team_unless_few_answered(bureau: User, district: SmallDistrict) -> None:
    villages = {name: make_village(name=name) for name in ("甲村", "乙村")}
    teams = {
        name: make_team(name=name, institution=district.centre, villages=[village])
        for name, village in villages.items()
    }
    for place, name in enumerate(["甲村"] * 5 + ["乙村"] * 2):
        resident = make_resident(village=villages[name], institution=district.centre)
        make_coverage(resident=resident, team=teams[name])
        SurveyAnswer.objects.create(resident=resident, answered_on=OCTOBER, rating=5 if place < 5 else 1)
    compute(month=OCTOBER)
    freeze()
    centre = next(row for row in publish(bureau).content["centres"] if row["id"] == district.centre.pk)
    told = {row["name"]: row["satisfaction"] for row in centre["teams"]}
    assert (told["甲村"], told["乙村"]) == (100, None)
    page = Client().get(reverse("assessments:compare_centre", args=[centre["id"]]))
    assertContains(page, "<dd>100%</dd>", html=True)


def graded(district: SmallDistrict, unit_kind: str = "institution", grade: str = "excellent") -> Cycle:
    rubric, _made = Rubric.objects.get_or_create(code="R")
    version, _made = RubricVersion.objects.get_or_create(rubric=rubric, number=1, name="细则")
    days = dict.fromkeys(("self_due_on", "notice_on", "appeal_until", "published_on"), OCTOBER)
    fields = {"kind": "annual", "unit_kind": unit_kind, "version": version, "state": "published"}
    cycle = Cycle.objects.create(name=f"{unit_kind}考核", from_month=OCTOBER, to_month=OCTOBER, **fields, **days)
    team = district.team if unit_kind == "team" else None
    Assessment.objects.create(
        cycle=cycle, institution=district.centre, team=team, total=91, grade=grade, state="reviewed"
    )
    return cycle


@pytest.mark.django_db
def test_grade_of_a_published_cycle_stands_on_the_centre_s_own_page(bureau: User, district: SmallDistrict) -> None:
    freeze()
    cycle = graded(district)
    client = Client()
    client.force_login(bureau)
    page = client.get(reverse("assessments:publication_list"), {"institution_cycle": cycle.pk})
    assert page.context["form"]["institution_cycle"].value() == str(cycle.pk)
    publications.publish(first_on=OCTOBER, institution_cycle=cycle, how_to_sign="到中心签约", by=bureau)
    form = client.get(reverse("assessments:publication_list"), {"team_cycle": "7"}).context["form"]
    assert (form["institution_cycle"].value(), form["team_cycle"].value()) == (cycle.pk, "7")
    centre = Client().get(reverse("assessments:compare_centre", args=[district.centre.pk])).context["centre"]
    assert (centre["grade"], centre["grade_tone"], centre["team_count"]) == ("excellent", "good", len(centre["teams"]))
    assert not [team["grade"] for team in centre["teams"] if team["grade"]]


@pytest.mark.django_db
def test_centres_and_teams_stand_with_their_grades_on_one_page(bureau: User, district: SmallDistrict) -> None:
    freeze()
    centres, teams = graded(district), graded(district, "team", "pass")
    client = Client()
    client.force_login(bureau)
    data = {"month": f"{OCTOBER:%Y-%m}", "how_to_sign": "到中心", "submission": "a" * 32}
    sent = data | {"institution_cycle": centres.pk, "team_cycle": teams.pk}
    assert client.post(reverse("assessments:publication_create"), sent).status_code == 302
    listed = client.get(reverse("assessments:publication_list")).content.decode().split("<tbody>")[1]
    assert centres.name in listed and teams.name in listed
    for url in (reverse("assessments:compare"), reverse("assessments:compare_centre", args=[district.centre.pk])):
        page = Client().get(url)
        of_centres, of_teams = page.context["graded_by"]
        assert centres.name in of_centres and teams.name in of_teams
        assert of_centres in page.content.decode() and of_teams in page.content.decode()
    given = {team["name"]: team["grade"] for team in page.context["rows"]}
    assert (page.context["centre"]["grade"], given[district.team.name]) == ("excellent", "pass")


@pytest.mark.django_db
def test_grades_changed_later_change_nothing_that_was_published(bureau: User, district: SmallDistrict) -> None:
    freeze()
    teams = graded(district, "team")
    made = publications.publish(first_on=OCTOBER, team_cycle=teams, how_to_sign="到中心签约", by=bureau)
    Assessment.objects.update(grade="fail")
    page = Client().get(reverse("assessments:compare_centre", args=[district.centre.pk]))
    assert made.content["cycles"] == {"team": teams.name} and len(page.context["graded_by"]) == 1
    assert (page.context["centre"]["grade"], page.context["rows"][0]["grade"]) == ("", "excellent")


@pytest.mark.django_db
def test_cycle_grades_only_units_of_its_kind_and_only_once_published(bureau: User, district: SmallDistrict) -> None:
    freeze()
    centres, teams = graded(district), graded(district, "team")
    with pytest.raises(RuleViolation) as refusal:
        publications.publish(first_on=OCTOBER, team_cycle=centres, how_to_sign="到中心签约", by=bureau)
    assert refusal.value.code == "publication.other_units"
    content = publish(bureau).content
    for fields in ({"team_cycle": centres}, {"institution_cycle": teams}):
        with pytest.raises(InternalError, match="another kind"), transaction.atomic():
            Publication.objects.create(first_on=OCTOBER, content=content, published_by="-", **fields)
    Cycle.objects.update(state="notice", published_on=None)
    teams.refresh_from_db()
    with pytest.raises(RuleViolation) as refusal:
        publications.publish(first_on=OCTOBER, team_cycle=teams, how_to_sign="到中心签约", by=bureau)
    assert refusal.value.code == "publication.not_published"
    with pytest.raises(InternalError, match="not published"), transaction.atomic():
        Publication.objects.create(first_on=OCTOBER, content=content, published_by="-", team_cycle=teams)


@pytest.mark.django_db
def test_publication_of_an_earlier_version_is_shown_as_it_was(bureau: User) -> None:
    freeze()
    content = publish(bureau).content
    del content["cycles"]
    for said, shown in (("年度考核", ["等次来源：年度考核。"]), ("", [])):
        Publication.objects.create(first_on=OCTOBER, content=content | {"cycle": said}, published_by="-")
        assert Client().get(reverse("assessments:compare")).context["graded_by"] == shown


@pytest.mark.django_db
def test_centre_is_called_by_the_number_that_it_has_now(bureau: User, district: SmallDistrict) -> None:
    freeze()
    publish(bureau)
    urls = reverse("assessments:compare"), reverse("assessments:compare_centre", args=[district.centre.pk])
    assert not [url for url in urls if "tel:" in Client().get(url).content.decode()]
    Institution.objects.filter(pk=district.centre.pk).update(public_phone="0558-5550123 转 8")
    for url in urls:
        page = Client().get(url).content.decode()
        assert page.count('href="tel:05585550123"') == 1 and "0558-5550123 转 8" in page


@pytest.mark.django_db
def test_withdrawn_results_are_seen_by_nobody(bureau: User) -> None:
    freeze()
    centre = publish(bureau).content["centres"][0]["id"]
    assert publications.withdraw(by=bureau) == 1
    assert Client().get(reverse("assessments:compare")).context["content"] is None
    assert Client().get(reverse("assessments:compare_centre", args=[centre])).status_code == 404


@pytest.mark.django_db
def test_published_content_never_changes(bureau: User) -> None:
    freeze()
    made = publish(bureau)
    with pytest.raises(InternalError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(content={})


@pytest.mark.django_db
def test_page_without_a_frozen_month_leads_to_the_months(bureau: User) -> None:
    client = Client()
    client.force_login(bureau)
    page = client.get(reverse("assessments:publication_list")).content.decode()
    assert reverse("assessments:month_list") in page.split("<main")[1] and "id_how_to_sign" not in page


def test_page_is_published_and_taken_down_by_the_bureau(bureau: User) -> None:
    freeze()
    client = Client()
    client.force_login(bureau)
    form = client.get(reverse("assessments:publication_list")).context["form"]
    data = {"month": f"{OCTOBER:%Y-%m}", "how_to_sign": "到中心", "submission": form["submission"].value()}
    for _time in range(2):
        assert client.post(reverse("assessments:publication_create"), data).status_code == 302
    assert Publication.objects.filter(first_on=date(2018, 10, 1)).count() == 1
    client.post(reverse("assessments:publication_withdraw"))
    assert not Publication.objects.shown().exists()
