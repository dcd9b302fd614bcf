"""Pages of figures as accounts see them: numbers that open, lists as long as their figures, nothing of others."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode
from pytest_django import DjangoDbBlocker, Settings

from assessments.actions.freezing import freeze
from assessments.actions.months import compute
from assessments.indicators import INDICATORS, Rows
from assessments.models import Figure, Month, Population, Revision, Target
from assessments.presenters.parts import part_names
from assessments.queries.people import Part
from assessments.rules import BrokenInvariant
from teams.models import AuditEvent, Role, TeamVillage, User
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.factories import (
    centre,
    make_coverage,
    make_doctor,
    make_institution,
    make_resident,
    make_team,
    make_village,
)
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

UNITS = {"district": {}, "centre": {"unit": "C"}, "team": {"team": "T1"}, "idle team": {"team": "T2"}}
QUERIES_AT_MOST = 12
# What every page costs before it begins: transaction, session, account.
FRAME = re.compile(r'^(?:SAVEPOINT|RELEASE|BEGIN|SET |SELECT set_config)|"django_session"|^SELECT .* FROM "teams_user"')

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SmallDistrict]:
    """The small district with September and October, made once: tests write on top, and their writes are undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_small_district()
        for month in (date(2018, 9, 1), OCTOBER):
            compute(month=month)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def official(district: SmallDistrict) -> Client:
    return signed_in(make_account("o", Role.OFFICIAL, institution=district.bureau))


def signed_in(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def text(client: Client, name: str, *args: str, **query: str) -> str:
    """The page's text without tags, its spaces folded."""
    response = client.get(address(name, *args, **query))
    assert response.status_code == 200, response
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def address(name: str, *args: str, **query: str) -> str:
    return f"{reverse(f'assessments:{name}', args=args)}?{urlencode(query)}"


def status(client: Client, name: str, *args: str, **query: str) -> int:
    return client.get(address(name, *args, **query)).status_code


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
    assert "1 of 2 miss target 70%. Lowest: 宁老庄镇卫生院 60.0%" in page
    assert "3.3 below target" in page


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
        ("people", ("satisfaction",), {}),
        ("people", ("household_coverage",), {"team": "T1"}),
        ("kpis", (), {"month": "2017-10"}),
    ],
)
def test_what_is_not_there_is_not_found(
    official: Client, name: str, args: tuple[str, ...], query: dict[str, str]
) -> None:
    assert status(official, name, *args, **query) == 404


@pytest.mark.parametrize(
    ("as_of", "chip"), [(None, "Month closed"), (date(2018, 10, 20), "Provisional")], ids=["closed", "running"]
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


# --- Figures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["district", "team"])
@pytest.mark.parametrize("indicator", [row.code for row in INDICATORS])
def test_every_figure_explains_itself_everywhere(official: Client, indicator: str, unit: str) -> None:
    known = next(row for row in INDICATORS if row.code == indicator)
    page = text(official, "figure", indicator, **UNITS[unit])
    assert str(known.why) in page
    assert known.source in page
    assert "version 1" in page


def test_figure_shows_target_and_official_population_beside_the_counted_one(
    official: Client, district: SmallDistrict
) -> None:
    Target.objects.create(indicator="coverage", year=2018, rate=30)
    Target.objects.create(indicator="coverage", category="key", year=2018, count=5)
    Population.objects.create(institution=district.bureau, year=2018, count=8)
    everyone = text(official, "figure", "coverage")
    assert "60.00%" in everyone
    assert "30 above target" in everyone
    assert "37.50% of 8" in everyone
    key = text(official, "figure", "coverage", category="key")
    assert "3 people short" in key
    assert "official population" not in key


def test_target_of_an_institution_outranks_the_district_s(official: Client, district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, rate=30)
    Target.objects.create(indicator="coverage", year=2018, rate=90, scope="institution", institution=district.centre)
    assert "30 below target" in text(official, "figure", "coverage", unit="C")
    assert "30 above target" in text(official, "figure", "coverage")


def test_head_count_is_the_task_of_its_whole_scope_only(official: Client, district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, count=5)
    assert "2 people short" in text(official, "figure", "coverage")
    for unit in ({"unit": "C"}, {"team": "T1"}):
        assert "people short" not in text(official, "figure", "coverage", **unit)
    Target.objects.create(indicator="coverage", year=2018, count=4, scope="institution", institution=district.centre)
    assert "1 people short" in text(official, "figure", "coverage", unit="C")
    assert "people short" not in text(official, "figure", "coverage", team="T1")


def test_overview_opens_every_figure_of_every_unit(official: Client) -> None:
    for unit in UNITS.values():
        page = official.get(address("overview", **unit)).content.decode()
        assert {row.code for row in INDICATORS if f"/figures/{row.code}/?" in page} == {row.code for row in INDICATORS}


# --- The people behind a figure -------------------------------------------------------------------------------------

OPENING = [
    (row.code, category)
    for row in INDICATORS
    for category in (("all", "key") if row.categories is None else row.categories or ("all",))
    if part_names(row)
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("indicator", "category"), OPENING)
def test_lists_are_as_long_as_their_figure(official: Client, indicator: str, category: str, unit: str) -> None:
    known = next(row for row in INDICATORS if row.code == indicator)
    if unit.endswith("team") and indicator == "household_coverage":
        return  # counted over villages, not on rows: there is no list (see above)
    pages = {
        part: official.get(address("people", indicator, part=part, category=category, **UNITS[unit]))
        for part in part_names(known)
    }
    assert {page.status_code for page in pages.values()} == {200}
    rows = {part: page.context["page"].object_list for part, page in pages.items()}
    above, below = figure_of(indicator, category, UNITS[unit])
    if known.numerator.column:
        assert sums(rows[Part.DENOMINATOR]) == (above, below)
    else:
        assert {part: len(found) for part, found in rows.items()} == {
            Part.NUMERATOR: above,
            Part.DENOMINATOR: below,
            Part.GAP: below - above,
        }
        assert [row["counted"] for row in rows[Part.DENOMINATOR]].count(True) == above


def figure_of(indicator: str, category: str, unit: dict[str, str]) -> tuple[int, int]:
    figure = Figure.objects.get(
        revision__month__first_on=OCTOBER,
        indicator=indicator,
        category=category,
        institution__code="C" if unit else "B",
        team__code=unit.get("team"),
    )
    return figure.numerator, figure.denominator


def sums(rows: list[dict[str, str]]) -> tuple[int, int]:
    """What the remarks add up to: "1 of 2", or "3 visits, ¥300.05"."""
    pairs = [re.findall(r"[\d.]+", row["note"]) for row in rows]
    if rows and "¥" in rows[0]["note"]:
        return sum(round(float(cost) * 100) for _visits, cost in pairs), sum(int(visits) for visits, _cost in pairs)
    return sum(int(above) for above, _below in pairs), sum(int(below) for _above, below in pairs)


def test_every_indicator_on_rows_opens_to_people() -> None:
    assert {row.code for row in INDICATORS if part_names(row)} == {
        row.code for row in INDICATORS if row.rows in (Rows.RESIDENT, Rows.COVERAGE)
    }


def test_list_opens_with_those_whom_somebody_should_act_on(official: Client) -> None:
    names = {
        code: [row["name"] for row in official.get(address("people", code)).context["page"].object_list]
        for code in ("coverage", "unserved", "renewal")
    }
    assert names == {"coverage": ["周小宝", "郑丽"], "unserved": ["李建国"], "renewal": ["周小宝"]}


def test_list_is_masked_and_tells_key_populations(official: Client, district: SmallDistrict) -> None:
    page = text(official, "people", "coverage", part="numerator")
    assert re.search(r"王秀兰 34\d{4}\*{8}\d{3}[\dX] female 68 elderly, hypertension 姜堂村 李医生团队", page)
    assert not re.search(r"\d{11,}", page)


def test_look_at_people_is_recorded_without_naming_them(official: Client) -> None:
    text(official, "people", "coverage", part="gap", unit="C", month="2018-09")
    event = AuditEvent.objects.filter(kind=AuditEvent.Kind.PEOPLE).latest("id")
    assert (event.username, event.what) == ("o", "coverage all 宁老庄镇卫生院 2018-09 gap")


@pytest.mark.parametrize("words", ["王", "wxl", "WX"])
def test_list_is_searched_by_name_and_initials(official: Client, words: str) -> None:
    page = official.get(address("people", "coverage", part="denominator", q=words))
    assert [row["name"] for row in page.context["page"].object_list] == ["王秀兰"]
    assert "1 in all" in page.content.decode()


def test_long_list_is_cut_into_pages(official: Client, district: SmallDistrict) -> None:
    for _ in range(60):
        make_resident(village=district.village)
    compute(month=OCTOBER)
    first, second = (official.get(address("people", "coverage", part="gap", page=str(page))) for page in (1, 2))
    assert [len(page.context["page"].object_list) for page in (first, second)] == [50, 12]
    assert "part=gap&amp;page=2" in first.content.decode()


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
    assert page.context["hidden_text"].startswith("1 more belong to the figure")


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


# --- How many queries -----------------------------------------------------------------------------------------------

PAGES = [
    ("overview", (), {}),
    ("overview", (), {"unit": "C"}),
    ("overview", (), {"team": "T1"}),
    ("figure", ("coverage",), {"unit": "C"}),
    ("figure", ("managed",), {"category": "hypertension"}),
    ("people", ("coverage",), {"unit": "C", "part": "denominator"}),
    ("people", ("item_completion",), {"category": "key"}),
    ("progress", (), {}),
]


def queries(client: Client, name: str, args: tuple[str, ...], query: dict[str, str]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert status(client, name, *args, **query) == 200
    return [row["sql"] for row in captured if not FRAME.search(row["sql"])]


@pytest.mark.parametrize(("name", "args", "query"), PAGES)
def test_page_asks_few_questions(official: Client, name: str, args: tuple[str, ...], query: dict[str, str]) -> None:
    asked = queries(official, name, args, query)
    assert len(asked) <= QUERIES_AT_MOST, "\n".join(asked)


def test_pages_ask_as_many_questions_with_twenty_teams_as_with_two(official: Client, district: SmallDistrict) -> None:
    few = [len(queries(official, *page)) for page in PAGES]
    for _ in range(18):
        village = make_village()
        team = make_team(institution=district.centre, villages=[village])
        make_coverage(resident=make_resident(village=village), team=team)
        make_institution(parent=district.centre)
    compute(month=OCTOBER)
    assert [len(queries(official, *page)) for page in PAGES] == few
