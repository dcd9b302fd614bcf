"""Pages of cycles and assessments: from opening a cycle to deciding an appeal, in the browser's words."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from python_calamine import CalamineWorkbook

from assessments.actions import cycles, rubrics
from assessments.actions.freezing import freeze
from assessments.models import Appeal, Assessment, Cycle, Evidence, Month, RubricVersion, Score
from assessments.queries.scoring import assessed_units
from assessments.rubric_files import read_rubric
from teams.actions.submissions import fresh_key
from teams.models import Role
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.assessments.cycles.stages import CONTENT
from tests.factories import make_institution
from tests.figure_pages import address, signed_in, text
from tests.small_district import OCTOBER, SmallDistrict

D = Decimal

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(district: SmallDistrict) -> Iterator[SmallDistrict]:
    with transaction.atomic():
        current = Month.objects.get(first_on=OCTOBER).current
        assert current is not None
        freeze(revision=current, by=SYSTEM, explanation="小")
        rubrics.define(code="R", content=CONTENT, by=SYSTEM)
        yield district


@pytest.fixture
def official(frozen: SmallDistrict) -> Client:
    return signed_in(make_account("o", Role.OFFICIAL, institution=frozen.bureau))


@pytest.fixture
def clerk(frozen: SmallDistrict) -> Client:
    return signed_in(make_account("c", Role.CLERK, institution=frozen.centre))


def opened(official: Client, **changes: object) -> Cycle:
    sent = {
        **{"name": "2018年度", "kind": "annual", "unit_kind": "institution", "institution_kinds": ["township_center"]},
        **{"version": RubricVersion.objects.get(rubric__code="R").pk, "from_month": "2018-09"},
        **{"to_month": "2018-10", "self_due_on": "20181120", "submission": fresh_key()},
    }
    response = official.post(address("cycle_create"), sent | changes)
    assert response.status_code == 302, response.context["form"].errors
    official.post(address("cycle_create"), sent | changes)  # a double click
    return Cycle.objects.get()


def assessment() -> Assessment:
    return Assessment.objects.get()


def score(code: str) -> Score:
    return Score.objects.get(rule__code=code)


def reviewed(**points: str) -> dict[str, object]:
    """The review form as it stands, with some points changed, each with a reason."""
    sent: dict[str, object] = {}
    for row in Score.objects.all():
        sent |= {f"points_{row.pk}": row.points or "", f"edition_{row.pk}": row.edition}
    for code, given in points.items():
        row = score(code.removeprefix("r").replace("_", "."))
        sent |= {f"points_{row.pk}": given, f"reason_{row.pk}": "查阅文件"}
    return sent


def asked_to_appeal(client: Client) -> list[bool]:
    """Whether the page of the cycle says how to appeal, and that of the unit."""
    pages = ("cycle_detail", Cycle.objects.get().pk), ("assessment_detail", assessment().pk)
    return ["to appeal" in text(client, name, str(pk)) for name, pk in pages]


def test_year_goes_from_opening_to_publication_by_the_pages(
    official: Client, clerk: Client, settings: Settings
) -> None:
    settings.TODAY = date(2018, 11, 10)
    cycle = opened(official)
    own = {f"points_{score('1.2').pk}": "38", f"text_{score('1.2').pk}": "制度上墙", "submit": "1"}
    file = SimpleUploadedFile("制度.pdf", b"%PDF-1.7")
    assert clerk.post(address("assessment_evidence", str(score("1.2").pk)), {"file": file}).status_code == 302
    assert clerk.post(address("assessment_own", str(assessment().pk)), own).status_code == 302
    assert official.get(address("assessment_file", str(Evidence.objects.get().pk))).content == b"%PDF-1.7"
    official.post(address("cycle_move", str(cycle.pk)), {"to": "review"})
    review = address("assessment_review", str(assessment().pk))
    assert official.post(review, reviewed(r1_2="30") | {"finish": "1"}).status_code == 302
    official.post(address("cycle_move", str(cycle.pk)), {"to": "notice"})
    assert "75.00" in text(official, "cycle_notice", str(cycle.pk))
    assert (asked_to_appeal(clerk), asked_to_appeal(official)) == ([True, True], [False, False])
    clerk.post(address("assessment_appeal", str(score("1.2").pk)), {"text": "制度齐全"})
    decide = address("assessment_decide", str(score("1.2").pk))
    assert official.post(decide, {"points": "36", "decision": "属实"}).status_code == 302
    assert Appeal.objects.get().state == "upheld"
    settings.TODAY = date(2018, 11, 16)
    assert asked_to_appeal(clerk) == [False, False]
    official.post(address("cycle_move", str(cycle.pk)), {"to": "published"})
    assert (assessment().total, Cycle.objects.get().state) == (D(81), "published")


def test_review_that_can_t_be_finished_keeps_its_scores_and_goes_on(official: Client) -> None:
    official.post(address("cycle_move", str(opened(official).pk)), {"to": "review"})
    review = address("assessment_review", str(assessment().pk))
    answer = official.post(review, reviewed(r1_1="40") | {"finish": "1"}, follow=True)
    assert (score("1.1").points, assessment().state) == (D(40), "open") and "1.2" in " ".join(
        map(str, answer.context["messages"])
    )
    sent = {field.html_name: "" if field.value() is None else field.value() for field in answer.context["form"]}
    sent |= {f"points_{score('1.1').pk}": "41", f"points_{score('1.2').pk}": "30", "finish": "1"}
    sent |= {f"reason_{row.pk}": "查阅文件" for row in Score.objects.all()}
    assert official.post(review, sent).status_code == 302
    assert (score("1.1").points, assessment().state) == (D(41), "reviewed")


def test_reviewer_is_led_from_unit_to_unit(official: Client) -> None:
    cycle = opened(official, unit_kind="team")
    official.post(address("cycle_move", str(cycle.pk)), {"to": "review"})
    first, *others = Assessment.objects.order_by("pk")
    Assessment.objects.filter(pk=first.pk).update(state="reviewed")
    page = address("assessment_detail", str(first.pk))
    assert official.get(page).context["next_unit"] == others[0]
    Assessment.objects.update(state="reviewed")
    assert official.get(page).context["next_unit"] is None


def test_score_opens_its_month_its_numbers_and_its_people(official: Client) -> None:
    opened(official)
    said = text(official, "assessment_score", str(score("1.1").pk))
    assert "60.00%" in said and "3 / 5" in said and "October 2018" in said
    assert official.get(score("1.1").evidence_url).status_code == 200


def test_review_without_a_reason_keeps_what_was_typed(official: Client) -> None:
    cycle = opened(official)
    official.post(address("cycle_move", str(cycle.pk)), {"to": "review"})
    sent = reviewed() | {f"points_{score('1.2').pk}": "33"}
    response = official.post(address("assessment_review", str(assessment().pk)), sent)
    assert response.status_code == 200 and 'value="33"' in response.content.decode()
    assert score("1.2").points is None


def test_old_copy_of_the_review_is_refused_on_the_page(official: Client, frozen: SmallDistrict) -> None:
    cycle = opened(official)
    official.post(address("cycle_move", str(cycle.pk)), {"to": "review"})
    old = reviewed(r1_2="20")
    second = signed_in(make_account("o2", Role.OFFICIAL, institution=frozen.bureau))
    review = address("assessment_review", str(assessment().pk))
    assert second.post(review, reviewed(r1_2="30")).status_code == 302
    response = official.post(review, old)
    assert response.status_code == 200 and "o2" in response.content.decode()
    assert score("1.2").points == 30


def test_veto_is_stated_and_lifted_with_reasons(official: Client) -> None:
    cycle = opened(official)
    official.post(address("cycle_move", str(cycle.pk)), {"to": "review"})
    official.post(address("assessment_review", str(assessment().pk)), reviewed(r1_2="40"))
    veto = cycle.version.vetoes.first()
    assert veto is not None
    official.post(address("assessment_veto", str(assessment().pk)), {"veto": veto.pk, "reason": "核实"})
    assert assessment().grade == "fail"
    hit = assessment().veto_hits.get()
    official.post(address("assessment_lift", str(assessment().pk), str(hit.pk)), {"reason": ""})
    assert assessment().grade == "fail"
    official.post(address("assessment_lift", str(assessment().pk), str(hit.pk)), {"reason": "澄清"})
    assert assessment().grade == "good"


@pytest.mark.parametrize("field", ["from_month", "to_month", "self_due_on"])
def test_month_or_day_that_is_none_is_marked(official: Client, field: str) -> None:
    response = official.post(address("cycle_create"), {field: "soon", "submission": fresh_key()})
    assert field in response.context["form"].errors


def test_pages_read_as_often_for_one_rule_as_for_many(
    official: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rubrics.define(code="N", content=read_rubric("national"), by=SYSTEM)
    version = RubricVersion.objects.get(rubric__code="N")
    cycle = opened(official, version=version.pk)
    for name, pk in (
        ("cycle_list", ()),
        ("cycle_detail", (str(cycle.pk),)),
        ("assessment_detail", (str(assessment().pk),)),
        ("assessment_score", (str(score("2.1").pk),)),
    ):
        with django_assert_max_num_queries(18):
            assert official.get(address(name, *pk)).status_code == 200


def test_units_of_a_cycle_are_found_by_name_and_ordered_by_total(official: Client, frozen: SmallDistrict) -> None:
    cycle = opened(official, unit_kind="team")
    everybody = text(official, "cycle_detail", str(cycle.pk), sort="total")
    assert frozen.team.name in everybody and frozen.idle_team.name in everybody
    found = text(official, "cycle_detail", str(cycle.pk), q="赵")
    assert frozen.idle_team.name in found and frozen.team.name not in found


def test_many_units_take_no_more_queries(
    official: Client, frozen: SmallDistrict, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cycle = opened(official, unit_kind="team")
    Assessment.objects.exclude(team=frozen.team).delete()
    with django_assert_max_num_queries(20) as counted:
        official.get(address("cycle_detail", str(cycle.pk)))
    one = len(counted.captured_queries)
    units = assessed_units("team", OCTOBER)
    wanted = cycles.Wanted("2", "annual", "team", cycle.version, OCTOBER, OCTOBER, OCTOBER)
    many = cycles.open_cycle(wanted=wanted, units=units, by=SYSTEM)
    with django_assert_max_num_queries(one):
        official.get(address("cycle_detail", str(many.pk)))


def test_results_are_taken_home_by_section_and_rule(official: Client, clerk: Client, frozen: SmallDistrict) -> None:
    cycle = opened(official, unit_kind="team")
    Score.objects.filter(assessment__team=frozen.team, rule__source="").update(points=D(30))
    Assessment.objects.filter(team=frozen.team).update(total=D("80.00"), grade="good")
    header, *lines = sheet(official.get(address("cycle_file", str(cycle.pk))))
    assert lines[0][0] == 1 and lines[0][2] == frozen.team.name and lines[0][5] == 80
    assert list(lines[0][9:11]) == [50, 30]  # the rules of the first section
    assert len(lines) == Assessment.objects.count() and all(len(line) == len(header) for line in lines)
    others = make_account("other", Role.CLERK, institution=make_institution(name="别处"))
    assert sheet(signed_in(others).get(address("cycle_file", str(cycle.pk))))[1:] == []
    assert len(sheet(clerk.get(address("cycle_file", str(cycle.pk))))) > 1


def sheet(response: Any) -> list[list[Any]]:
    """The rows of an .xlsx."""
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content)))
    return book.get_sheet_by_index(0).to_python()
