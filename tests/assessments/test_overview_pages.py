"""The overview, with its month under way, failed or missing, and who sees what of it."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import Settings

from assessments.actions.freezing import freeze
from assessments.actions.months import compute
from assessments.models import Month, Population, Revision, Target
from assessments.presenters.places import ranks
from assessments.queries.figures import Count, Key
from assessments.queries.units import Unit
from assessments.rules.months import BrokenInvariant
from assessments.tables import Cell
from teams.actions import exports
from teams.actions.submissions import fresh_key
from teams.models import Export, Institution, Role, TeamVillage
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.factories import (
    centre,
    make_coverage,
    make_doctor,
    make_institution,
    make_resident,
)
from tests.figure_pages import address, signed_in, status, text
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db


# --- The overview ---------------------------------------------------------------------------------------------------


def test_overview_shows_what_was_counted(official: Client) -> None:
    page = text(official, "overview")
    for said in ("60.0%", "3 of 5 residents are signed", "2 of 3 in key populations are signed", "3 of 4 services due"):
        assert said in page


def test_overview_names_who_lags_and_where(official: Client, district: SmallDistrict) -> None:
    page = text(official, "overview", unit="C")
    assert "Lowest: children aged 0–6 0.0%" in page
    other = make_institution(name="甲镇卫生院")
    make_coverage(resident=make_resident(institution=other, name="甲"), team=district.team)
    Target.objects.create(indicator="coverage", year=2018, rate=70)
    compute(month=OCTOBER)
    page = text(official, "overview")
    assert "1 of 2 misses target 70%. Lowest: 宁老庄镇卫生院 60.0%" in page
    assert "3.3 below target" in page


def test_head_count_is_a_line_where_it_lies_on_the_denominator(official: Client) -> None:
    Target.objects.create(indicator="coverage", year=2018, count=4)
    tile, wide = (
        official.get(page).context[name]
        for page, name in ((address("overview"), "tiles"), (address("figure", "coverage"), "chart"))
    )
    for chart in (tile[0]["chart"], wide):
        assert chart.target is not None and chart.target.text == "target 4 people"
        # 4 of 5 on an axis to 80%, the round number above 60% and 80%.
        assert chart.target_y == chart.plot.top
    bars = official.get(address("overview")).context["institutions"].total.cells[3].bar
    assert bars.goal_x == 80.0


@pytest.fixture
def neighbour(district: SmallDistrict) -> Institution:
    """A second centre right below the bureau, with one resident, who is signed from October on."""
    other = make_institution(code="N", name="甲镇卫生院")
    resident = make_resident(institution=other, name="甲", born=date(1940, 1, 1))
    make_coverage(resident=resident, team=district.team, start_on=date(2018, 10, 1))
    for month in (date(2018, 9, 1), OCTOBER):
        compute(month=month)
    return other


def test_units_have_places_and_say_how_they_moved(official: Client, neighbour: Institution) -> None:
    table = official.get(address("overview")).context["institutions"]
    assert [(row.name, row.cells[0].text) for row in table.rows] == [("甲镇卫生院", "1 ↑1"), ("宁老庄镇卫生院", "2 ↓1")]


def test_equals_share_a_place_and_no_figure_has_none() -> None:
    units = [Unit(Institution(pk=pk)) for pk in range(1, 5)]
    key = Key("unserved")
    pairs = zip(units, [(1, 2), (2, 4), (0, 1), (0, 0)], strict=True)
    counts = {(1, unit.key): {key: Count(key, *pair)} for unit, pair in pairs}
    assert ranks(units, counts, 1, key) == {(3, 0): 1, (1, 0): 2, (2, 0): 2}


def test_overview_crosses_categories_with_units(official: Client, neighbour: Institution) -> None:
    heat = official.get(address("overview")).context["heat"]
    columns = [column.label for column in heat.columns]
    cells = {row.name: dict(zip(columns, row.cells, strict=True)) for row in (*heat.rows, heat.total)}
    assert {name: own["elderly"].text for name, own in cells.items()} == {
        "甲镇卫生院": "100.0%",
        "宁老庄镇卫生院": "100.0%",
        "颍泉区卫生健康委员会": "100.0%",
    }
    assert cells["宁老庄镇卫生院"]["children aged 0–6"].text == "0.0%"
    assert cells["宁老庄镇卫生院"]["children aged 0–6"].heat == 1
    assert cells["甲镇卫生院"]["children aged 0–6"] == Cell("—")
    assert "category=elderly" in cells["甲镇卫生院"]["elderly"].url
    assert "unit=N" in cells["甲镇卫生院"]["elderly"].url


def test_one_unit_alone_is_no_heat_table(official: Client) -> None:
    assert official.get(address("overview")).context["heat"] is None


def test_cascade_leads_from_the_official_population_to_the_served_and_the_controlled(
    official: Client, district: SmallDistrict
) -> None:
    Population.objects.create(institution=district.bureau, year=2018, count=8)
    promises, patients = official.get(address("overview")).context["cascades"]
    assert [(str(row.step.label), row.step.count) for row in promises.rows] == [
        ("official population", 8),
        ("on file", 5),
        ("signed", 3),
        ("signed for 90 days", 2),
        ("of them served", 1),
    ]
    assert [row.step.count for row in patients.rows] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "3 / 5 名常住居民已签约"), ("en", "3 of 5 residents are signed")]
)
def test_pages_speak_both_languages(district: SmallDistrict, language: str, said: str) -> None:
    client = signed_in(make_account("o", Role.OFFICIAL), language)
    assert said in text(client, "overview")
    assert f'lang="{language}"' in client.get(address("overview")).content.decode()


def test_month_and_unit_are_in_the_addresses(official: Client) -> None:
    page = official.get(address("overview", unit="C", month="2018-10", by="team")).content.decode()
    for link in (
        "?unit=C&amp;month=2018-09",
        "?month=2018-10&amp;team=T1",
        "figures/coverage/?unit=C&amp;month=2018-10",
    ):
        assert link in page


@pytest.mark.parametrize(
    ("name", "args", "query"),
    [
        ("overview", (), {"month": "2017-10"}),
        ("overview", (), {"month": "tomorrow"}),
        ("overview", (), {"unit": "nobody"}),
        ("overview", (), {"team": "nobody"}),
        ("figure", ("no_such_figure",), {}),
        ("figure", ("coverage",), {"category": "no_such_category"}),
        ("figure", ("managed",), {"category": "maternal"}),
        ("people", ("coverage",), {"part": "all"}),
        ("people", ("visit_cost",), {"part": "gap"}),
        ("kpis", (), {"month": "2017-10"}),
    ],
)
def test_what_is_not_there_is_not_found(
    official: Client, name: str, args: tuple[str, ...], query: dict[str, str]
) -> None:
    assert status(official, name, *args, **query) == 404


def test_more_figures_than_a_page_can_wait_for_are_written_by_the_worker(
    official: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = load_workbook(BytesIO(b"".join(official.get(address("kpis"))))).active
    monkeypatch.setattr("assessments.exports.LINES_AT_ONCE", 1)
    form = official.get(address("kpis"), follow=True)
    assert form.redirect_chain == [("/exports/new/kpis/?month=2018-10", 302)]
    assert set(form.context["form"].fields) == {"submission", "form"}  # it names nobody
    official.post(form.redirect_chain[0][0], {"submission": fresh_key(), "form": "xlsx"})
    exports.run(export_id=Export.objects.get().pk)
    [sheet] = load_workbook(BytesIO(b"".join(exports.content(Export.objects.get())))).worksheets
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[:-1] == list(kept.iter_rows(values_only=True))  # the last one says who asked for it


@pytest.mark.parametrize(
    ("as_of", "chip"), [(None, "Not frozen yet"), (date(2018, 10, 20), "Provisional")], ids=["closed", "running"]
)
def test_page_says_whether_figures_may_still_change(official: Client, as_of: date | None, chip: str) -> None:
    revision = compute(month=OCTOBER, as_of=as_of)
    assert f"{chip} as of {revision.as_of}" in text(official, "overview")


def test_page_says_that_figures_are_frozen(official: Client) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    assert "Frozen as of 2018-10-31" in text(official, "overview")


# --- No month, a failed month, a month under way --------------------------------------------------------------------


@pytest.fixture
def no_months(district: SmallDistrict) -> None:
    Month.objects.update(current=None)


def test_without_a_month_the_page_says_what_to_do(no_months: None, official: Client, settings: Settings) -> None:
    settings.TODAY = date(2018, 10, 31)
    page = official.get(address("overview"))
    assert "No month has been computed yet" in page.content.decode()
    assert page.context["computable"] == [("2018-10", "October 2018")]
    assert status(official, "figure", "coverage") == 404


def test_without_a_month_a_clerk_learns_who_can_have_it_computed(no_months: None, district: SmallDistrict) -> None:
    clerk = signed_in(make_account("c", Role.CLERK, institution=district.centre))
    assert "the health bureau can have it computed at once" in text(clerk, "overview")


@pytest.fixture
def failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_a_contradiction(*_arguments: object) -> None:
        raise BrokenInvariant("it does not add up")

    monkeypatch.setattr("assessments.actions.months.check_rows", find_a_contradiction)


def test_failed_run_keeps_the_figures_and_says_so(official: Client, failure: None) -> None:
    with pytest.raises(BrokenInvariant):
        compute(month=OCTOBER)
    page = text(official, "overview")
    assert "The last computation failed; the figures shown are the ones before it." in page
    assert "3 of 5 residents are signed" in page


def test_failed_first_run_of_a_later_month_is_told_too(official: Client, failure: None) -> None:
    with pytest.raises(BrokenInvariant):
        compute(month=date(2018, 11, 1))
    assert "The last computation failed" in text(official, "overview")


def test_next_good_run_ends_the_complaint(official: Client, failure: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BrokenInvariant):
        compute(month=OCTOBER)
    monkeypatch.undo()
    compute(month=OCTOBER)
    assert "failed" not in text(official, "overview")


def test_month_that_waits_shows_its_progress_and_is_asked_after(official: Client) -> None:
    response = official.post(reverse("assessments:month_compute"), {"month": "2018-10", "next": "/overview/?unit=C"})
    assert response.headers["Location"] == "/overview/?unit=C"
    waiting = Revision.objects.get(status=Revision.Status.QUEUED)
    page = official.get("/overview/").content.decode()
    assert f'hx-get="/months/progress/?run={waiting.pk}&amp;"' in page
    assert "October 2018 waits for the worker" in page


def test_progress_names_the_step_of_a_run(official: Client) -> None:
    official.post(reverse("assessments:month_compute"), {"month": "2018-10"})
    running = Revision.objects.get(status=Revision.Status.QUEUED)
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # a page begins a transaction of its own
        name = running.session_name(Revision.Step.FIGURES)
        cursor.execute("select set_config('application_name', %s, true)", [name])
    fragment = official.get(reverse("assessments:progress")).content.decode()
    assert "October 2018 is being computed: adding up the figures" in fragment
    assert 'max="5" value="3"' in fragment


def test_page_loads_anew_when_a_run_that_it_knew_is_over(official: Client) -> None:
    response = official.get("/months/progress/?run=4711")
    assert response.headers["HX-Refresh"] == "true"
    assert "hx-get" not in official.get("/months/progress/").content.decode()


@pytest.mark.parametrize("month", ["", "2018-13", "2999-01"])
def test_month_that_cannot_be_computed_is_refused_in_words(official: Client, month: str) -> None:
    page = official.post(reverse("assessments:month_compute"), {"month": month}, follow=True)
    assert page.status_code == 200
    assert 'class="notice error"' in page.content.decode()
    assert not Revision.objects.filter(status=Revision.Status.QUEUED).exists()


def test_form_never_leads_to_another_site(official: Client) -> None:
    form = {"month": "2018-10", "next": "https://elsewhere.example/"}
    assert official.post(reverse("assessments:month_compute"), form).headers["Location"] == "/overview/"


# --- Who sees what --------------------------------------------------------------------------------------------------


@pytest.fixture
def doctor(district: SmallDistrict) -> Client:
    return signed_in(make_doctor(district.team))


def test_doctor_opens_the_overview_of_the_own_team(doctor: Client) -> None:
    page = text(doctor, "overview")
    assert "李医生团队 Family-doctor contracts" in page
    assert "2 of 3 residents are signed" in page


def test_doctor_s_lists_are_as_long_as_the_team_s_figures(doctor: Client) -> None:
    page = doctor.get(address("people", "coverage", part="denominator"))
    assert [row["name"] for row in page.context["page"].object_list] == ["王秀兰", "李建国", "周小宝"]
    assert page.context["hidden_text"] == ""


def test_doctor_sees_no_other_team_and_no_institution(doctor: Client) -> None:
    assert [status(doctor, "overview", **query) for query in ({"team": "T2"}, {"unit": "C"}, {"unit": "B"})] == [
        404
    ] * 3


def test_list_shorter_than_its_figure_says_so(doctor: Client, district: SmallDistrict) -> None:
    # The team served the village in October and has left it since: its figure stays, its people are another's now.
    TeamVillage.objects.filter(team=district.team).update(to_on=date(2018, 11, 15))
    page = doctor.get(address("people", "coverage", part="denominator"))
    assert [row["name"] for row in page.context["page"].object_list] == ["王秀兰", "李建国"]
    assert page.context["hidden_text"].endswith("whom you may see today: 1.")


def test_clerk_sees_the_own_institution_as_the_root(district: SmallDistrict) -> None:
    clerk = signed_in(make_account("c", Role.CLERK, institution=centre()))
    page = clerk.get(address("overview"))
    assert page.context["unit"]["breadcrumb"] == [("宁老庄镇卫生院", "")]
    assert "computable" not in page.context
    assert status(clerk, "overview", unit="B") == 404


def test_auditor_sees_counts_and_no_people(district: SmallDistrict) -> None:
    auditor = signed_in(make_account("a", Role.AUDITOR))
    assert auditor.get(address("figure", "coverage")).context["people"] == []
    assert status(auditor, "people", "coverage") == 403
