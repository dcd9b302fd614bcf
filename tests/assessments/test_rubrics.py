"""Rubrics: drafts and versions, files, what differs, what a draft would have meant, and their pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from assessments.actions import checklists, rubrics
from assessments.actions.freezing import freeze
from assessments.models import Month, RubricVersion
from assessments.queries.rubrics import differences, trial
from assessments.queries.scoring import assessed_units, score, whole
from assessments.rubric_content import Band, Content, RuleContent, SectionContent, VetoContent
from assessments.rubric_files import dump, parse, read_rubric
from assessments.rubric_files import rubrics as shipped
from assessments.rules.rubrics import FULL_POINTS, check_content
from assessments.sources import FAMILIES, measures
from teams.actions.submissions import fresh_key
from teams.models import Role, TeamMember
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_institution, make_staff, make_team, make_user
from tests.figure_pages import address, assert_file_is_on_the_page, signed_in, status, text
from tests.small_district import OCTOBER, SmallDistrict

D = Decimal
COVERAGE = RuleContent("1.1", "签约覆盖率", D(60), "proportional", source="indicator:coverage", target=D(60))
BY_HAND = RuleContent("2.1", "制度", D(40), "manual")
CONTENT = Content(
    "考核细则",
    sections=(SectionContent("服务质量", rules=(COVERAGE,)), SectionContent("组织管理", rules=(BY_HAND,))),
    vetoes=(VetoContent("V1", "虚假签约", grade="fail"),),
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(district: SmallDistrict) -> Iterator[SmallDistrict]:
    with transaction.atomic():
        current = Month.objects.get(first_on=OCTOBER).current
        assert current is not None
        freeze(revision=current, by=SYSTEM, explanation="小")
        yield district


def in_use() -> RubricVersion:
    rubrics.define(code="R", content=CONTENT, by=SYSTEM)
    return RubricVersion.objects.get(rubric__code="R", status="published")


def changed(**rule: object) -> Content:
    first, second = CONTENT.sections
    return replace(CONTENT, sections=(replace(first, rules=(replace(COVERAGE, **rule),)), second))


def seen_of(draft: RubricVersion) -> str:
    return Content.of(draft).fingerprint


# --- Versions --------------------------------------------------------------------------------------------------------


def test_draft_becomes_the_version_in_use_and_the_old_one_stays_as_it_was() -> None:
    first = in_use()
    draft = rubrics.start_draft(rubric=first.rubric, by=SYSTEM)
    assert rubrics.start_draft(rubric=first.rubric, by=SYSTEM) == draft
    rubrics.save_draft(draft=draft, content=changed(target=D(70)), seen=seen_of(draft), by=SYSTEM)
    rubrics.publish(draft=draft, by=SYSTEM)
    assert Content.of(RubricVersion.objects.get(status="retired")) == CONTENT
    assert Content.of(RubricVersion.objects.get(status="published")) == changed(target=D(70))


def test_draft_that_says_nothing_new_is_not_published() -> None:
    draft = rubrics.start_draft(rubric=in_use().rubric, by=SYSTEM)
    with pytest.raises(RuleViolation) as refused:
        rubrics.publish(draft=draft, by=SYSTEM)
    assert refused.value.code == "rubric.no_change"
    rubrics.retire(version=RubricVersion.objects.get(status="published"), by=SYSTEM)
    assert rubrics.publish(draft=draft, by=SYSTEM).status == "published"


def test_defining_the_same_again_changes_nothing() -> None:
    in_use()
    assert not rubrics.define(code="R", content=CONTENT, by=SYSTEM)
    assert rubrics.define(code="R", content=changed(target=D(30)), by=SYSTEM)


def test_who_saves_an_old_copy_is_told() -> None:
    draft = rubrics.start_draft(rubric=in_use().rubric, by=SYSTEM)
    seen = seen_of(draft)
    rubrics.save_draft(draft=draft, content=changed(points=D(50)), seen=seen, by=SYSTEM)
    with pytest.raises(RuleViolation) as refused:
        rubrics.save_draft(draft=draft, content=CONTENT, seen=seen, by=SYSTEM)
    assert refused.value.code == "rubric.changed_meanwhile"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (changed(points=D(59)), "rubric.not_100"),
        (replace(CONTENT, sections=()), "rubric.empty"),
        (replace(CONTENT, sections=(*CONTENT.sections, SectionContent("空"))), "rubric.section_empty"),
    ],
)
def test_draft_that_is_not_whole_is_not_published(content: Content, code: str) -> None:
    draft = rubrics.create_rubric(code="R", content=content, by=SYSTEM)
    with pytest.raises(RuleViolation) as refused:
        rubrics.publish(draft=draft, by=SYSTEM)
    assert refused.value.code == code


def test_sources_of_many_rules_are_looked_up_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    codes = [f"indicator:{code}" for code in ("coverage", "paid_coverage", "renewal")] + [
        "findings:centre",
        "findings:clinic",
    ]
    rules = tuple(replace(COVERAGE, code=f"1.{number}", source=code) for number, code in enumerate(codes))
    with django_assert_num_queries(2):  # categories, checklists
        check_content(replace(CONTENT, sections=(SectionContent("服务质量", rules=rules),)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (changed(source="indicator:wisdom"), "rule.source"),
        (changed(method="deduct"), "rule.step"),
        (changed(method="bands"), "rule.bands"),
        (changed(method="bands", bands=(Band(D(90), D(6)), Band(D(95), D(8)))), "rule.bands"),
        (changed(method="manual"), "rule.source"),
        (changed(method="findings"), "rule.source"),
        (changed(code="2.1"), "rubric.code_twice"),
        (replace(CONTENT, good_from=D(95)), "rubric.grades"),
        (replace(CONTENT, vetoes=(VetoContent("V1", "x"),)), "veto.effect"),
        (replace(CONTENT, vetoes=(VetoContent("V1", "x", total_most=D(100)),)), "veto.effect"),
        (replace(CONTENT, vetoes=(VetoContent("V1", "x", total_most=D(-1)),)), "veto.effect"),
    ],
)
def test_draft_that_makes_no_sense_is_refused(content: Content, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_content(content)
    assert refused.value.code == code


def test_clerk_changes_no_rubric() -> None:
    with pytest.raises(RuleViolation) as refused:
        rubrics.create_rubric(code="R", content=CONTENT, by=make_user(Role.CLERK))
    assert refused.value.code == "rubric.not_allowed"


# --- Files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_shipped_rubric_is_whole_and_reads_the_same_from_its_own_file(name: str) -> None:
    content = read_rubric(name)
    check_content(content)
    assert content.full_points == FULL_POINTS
    assert parse(dump(content).encode()) == content


@pytest.mark.parametrize(
    "said",
    [
        "name = 1",
        'name = "x"\nsections = 3',
        'name = "x"\nsections = []\nodd = 1',
        "[[",
        "\x00",
        'name = "x"\n[[sections]]',
    ],
)
def test_file_that_is_no_rubric_is_refused_with_a_reason(said: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        parse(said.encode())
    assert refused.value.code in ("rubric_file.wrong", "rubric_file.unreadable")


def test_text_with_quotes_and_lines_survives_the_file() -> None:
    content = changed(guidance='查阅"方案"\\\n第二行')
    assert parse(dump(content).encode()) == content


# --- What differs, and what a draft would have meant -----------------------------------------------------------------


def test_differences_name_the_rule_and_the_field() -> None:
    found = differences(CONTENT, replace(changed(target=D(70)), vetoes=()))
    assert [(row.part, row.before, row.after) for row in found] == [
        ("1.1 签约覆盖率", "60", "70"),
        (found[1].part, "虚假签约", ""),
    ]


def test_trial_scores_both_versions_on_the_frozen_month(frozen: SmallDistrict) -> None:
    before = in_use()
    draft = rubrics.start_draft(rubric=before.rubric, by=SYSTEM)
    rubrics.save_draft(draft=draft, content=changed(target=D(100)), seen=seen_of(draft), by=SYSTEM)
    units = assessed_units("institution", OCTOBER)
    tried = trial(whole(before), whole(draft), "institution", units, (OCTOBER, OCTOBER))
    row = next(row for row in tried.rows if row.unit.institution == frozen.centre)
    # 3 of 5 are covered: 60 % is the whole of 60 points, of a target of 100 % it is 36; the 40 by hand are assumed.
    assert (row.before.total, row.after.total, row.change) == (D(100), D(76), D(-24))
    assert (row.before.grade, row.after.grade) == ("excellent", "pass")


def test_nothing_is_read_from_months_that_are_not_frozen(district: SmallDistrict) -> None:
    version = whole(in_use())
    units = assessed_units("institution", OCTOBER)
    found = score(version, "institution", units, OCTOBER, OCTOBER)
    assert {scored.points for of_units in found.scores.values() for scored in of_units.values()} == {D(0), None}


def test_doctor_is_measured_by_their_teams_together(frozen: SmallDistrict) -> None:
    doctor = make_staff(institution=frozen.centre)
    for team in (frozen.team, frozen.idle_team):
        TeamMember.objects.create(team=team, staff=doctor, from_on=date(2018, 1, 1))
    of = {
        kind: measures(["indicator:unserved"], kind, OCTOBER, OCTOBER)["indicator:unserved"]
        for kind in ("team", "staff")
    }
    together = of["staff"][doctor.pk]
    parts = [of["team"][team.pk] for team in (frozen.team, frozen.idle_team)]
    assert together.denominator == sum(part.denominator or 0 for part in parts)
    assert together.numerator == sum(part.numerator for part in parts)


# --- Pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(district: SmallDistrict) -> Client:
    return signed_in(make_account("a", Role.ADMINISTRATOR))


def test_administrator_makes_a_rubric_changes_a_rule_and_publishes_it(administrator: Client) -> None:
    sent = {"code": "NEW", "name": "新细则", "like": "zhongyuan", "submission": fresh_key()}
    assert administrator.post(address("rubric_create"), sent).status_code == 302
    assert administrator.post(address("rubric_create"), sent).status_code == 302  # a double click
    draft = RubricVersion.objects.get(rubric__code="NEW")
    content = Content.of(draft)
    rule = {
        **{"code": "1.1", "name": "签约覆盖率", "section": "0", "position": "2", "points": "10", "method": "deduct"},
        **{"source": "indicator:coverage", "target": "30", "step": "", "step_points": "", "bands": "", "guidance": ""},
        "seen": content.fingerprint,
    }
    edit = address("rubric_edit", str(draft.pk), "rule", "1.1")
    refused = administrator.post(edit, rule)
    assert refused.status_code == 200 and "step" in refused.context["form"].errors
    assert administrator.post(edit, rule | {"step": "1", "step_points": "0.5"}).status_code == 302
    assert [each.code for each in Content.of(draft).sections[0].rules] == ["1.2", "1.1"]
    assert administrator.post(address("rubric_publish", str(draft.pk))).status_code == 302
    assert RubricVersion.objects.get(pk=draft.pk).status == "published"
    assert administrator.get(address("rubric_edit", str(draft.pk), "rule", "1.1")).status_code == 302


def test_bands_are_typed_one_a_line_and_a_wrong_line_is_named(administrator: Client) -> None:
    draft = rubrics.create_rubric(code="R", content=CONTENT, by=SYSTEM)
    rule = {
        **{"code": "1.1", "name": "x", "section": "0", "position": "1", "points": "8", "method": "bands"},
        **{"source": "indicator:awareness", "seen": seen_of(draft)},
    }
    edit = address("rubric_edit", str(draft.pk), "rule", "1.1")
    assert "bands" in administrator.post(edit, rule | {"bands": "95 to 8"}).context["form"].errors
    assert administrator.post(edit, rule | {"bands": "95 = 8\n90＝6"}).status_code == 302
    assert next(Content.of(draft).rules).bands == (Band(D(95), D(8)), Band(D(90), D(6)))


def test_rubric_page_reads_as_many_rows_with_two_rules_as_with_thirty(
    administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rubrics.define(code="national", content=read_rubric("national"), by=SYSTEM)
    version = RubricVersion.objects.get(status="published")
    administrator.get(address("rubric_list"))
    with django_assert_max_num_queries(14):
        said = text(administrator, "rubric_detail", str(version.pk))
    assert "签约服务培训" in said


def test_draft_is_tried_on_a_page_and_a_unit_opened(frozen: SmallDistrict, administrator: Client) -> None:
    draft = rubrics.start_draft(rubric=in_use().rubric, by=SYSTEM)
    said = text(administrator, "rubric_try", str(draft.pk), row=str(frozen.centre.pk))
    assert "60.00%" in said and "60.00 / 60" in said


@pytest.mark.parametrize("units", ["institution", "team", "staff"])
def test_trial_is_a_file_as_it_is_shown(units: str, frozen: SmallDistrict, administrator: Client) -> None:
    draft = rubrics.start_draft(rubric=in_use().rubric, by=SYSTEM)
    rubrics.save_draft(draft=draft, content=changed(target=D(80)), seen=seen_of(draft), by=SYSTEM)
    rows = assert_file_is_on_the_page(administrator, "rubric_try", str(draft.pk), units=units, table="units")
    assert rows[0][-5:] == ["Total v1", "Grade", "Total v2", "Grade", "More or less"]
    assert (rows[0][1] == "Institution") is (units != "institution")
    grades = assert_file_is_on_the_page(administrator, "rubric_try", str(draft.pk), units=units, table="grades")
    assert grades[0] == ["Grade", "v1", "v2"] and sum(row[1] for row in grades[1:]) == len(rows) - 1
    alone = {"units": units, "beside": str(draft.pk), "table": "units"}
    assert assert_file_is_on_the_page(administrator, "rubric_try", str(draft.pk), **alone)[0][-2:] == rows[0][-3:-1]
    alone["table"] = "grades"
    assert assert_file_is_on_the_page(administrator, "rubric_try", str(draft.pk), **alone)[0] == ["Grade", "v2"]
    if units == "institution":
        assert rows[1] == [frozen.centre.name, 100, "excellent", 85, "good", -15]
        one = {"row": str(frozen.centre.pk), "table": "rules"}
        rules = assert_file_is_on_the_page(administrator, "rubric_try", str(draft.pk), **one)
        assert rules[1][1:] == [60, "60.00 / 60", "45.00 / 60"]


def test_trial_that_is_not_seen_or_not_made_is_no_file(frozen: SmallDistrict, administrator: Client) -> None:
    page = "rubric_try", str(in_use().pk)
    clerk = signed_in(make_account("c", Role.CLERK, institution=frozen.centre))
    assert status(clerk, *page, file="xlsx", table="units") == 404
    assert status(administrator, *page, file="xlsx", table="rules") == 404
    assert status(administrator, *page, file="xlsx", table="units", units="nobody") == 404


@pytest.mark.parametrize("units", ["institution", "team", "staff"])
def test_draft_is_tried_with_twelve_queries_at_most_whatever_its_rules_measure(
    units: str, frozen: SmallDistrict, administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rubrics.define(code="national", content=read_rubric("national"), by=SYSTEM)
    version = RubricVersion.objects.get(rubric__code="national")
    named = [rule.source for rule in Content.of(version).rules] + [veto.source for veto in Content.of(version).vetoes]
    assert {source.partition(":")[0] for source in named} >= {*FAMILIES, ""}
    make_team(institution=make_institution(), formed_on=date(2018, 1, 1), dissolved_on=date(2018, 9, 1))
    checklists.load_shipped()
    page = address("rubric_try", str(version.pk))
    administrator.get(page)  # the session is renewed now and then
    with django_assert_max_num_queries(4 + 12):  # session, account, transaction
        assert administrator.get(page, {"units": units}).status_code == 200


def test_file_of_a_version_is_taken_in_by_a_draft(administrator: Client) -> None:
    version = in_use()
    file = administrator.get(address("rubric_file", str(version.pk))).content
    draft = rubrics.start_draft(rubric=version.rubric, by=SYSTEM)
    mended = file.replace(b"target = 60", b"target = 80")
    sent = {"file": SimpleUploadedFile("r.toml", mended)}
    assert administrator.post(address("rubric_upload", str(draft.pk)), sent).status_code == 302
    assert Content.of(draft) == changed(target=D(80))
