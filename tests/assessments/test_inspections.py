from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from pytest_django import Settings

from assessments.actions import checklists, findings, inspections
from assessments.actions.uploads import content_of
from assessments.forms.inspections import FindingFilter
from assessments.models import Checklist, ChecklistItem, Finding, FindingProof, Inspection, InspectionRound
from assessments.queries.findings import deductions, escalating, stage_counts
from assessments.queries.inspections import rounds_of
from assessments.rules.findings import MOVES, State, Step, steps_of
from assessments.sources import sources_of
from assessments.uploads import LARGEST, read_proof
from teams.clock import today as day
from teams.models import Institution, PolicyValue, Role
from teams.rules import RuleViolation
from tests import factories
from tests.assessments.inspecting import NOVEMBER, PNG, Ground, make_ground, picture

pytestmark = pytest.mark.django_db
Refused = Callable[[Callable[[], object]], str]
DAY, DUE = date(2018, 11, 20), date(2018, 11, 27)


@pytest.fixture
def ground(settings: Settings) -> Ground:
    settings.TODAY = DAY
    return make_ground()


@pytest.fixture
def refused() -> Refused:
    def code(do: Callable[[], object]) -> str:
        with pytest.raises(RuleViolation) as refusal:
            do()
        return refusal.value.code

    return code


def test_spread_round_gives_every_institution_to_a_team_and_a_working_day(ground: Ground) -> None:
    for number in range(12):
        centre = factories.make_institution(name=f"{number}镇卫生院")
        for village in range(3):
            factories.make_institution(name=f"{number}-{village}", kind="village_clinic", parent=centre)

    count = inspections.spread(round_=ground.round, by=ground.official)

    rows = Inspection.objects.filter(round=ground.round).select_related("institution", "checklist")
    assert count == rows.count() == 2 + 12 * 4
    assert {row.planned_on.month for row in rows} == {11} and all(row.planned_on.weekday() < 5 for row in rows)
    assert {row.checklist.code for row in rows if row.institution.kind == "village_clinic"} == {"clinic"}
    of_centre = {row.institution_id: row.team_id for row in rows}
    assert of_centre[ground.centre.pk] == of_centre[ground.clinic.pk]
    assert len(set(of_centre.values())) == 6
    assert inspections.spread(round_=ground.round, by=ground.official) == 0


def test_open_round_twice_names_who_was_first(ground: Ground, refused: Refused) -> None:
    assert refused(lambda: inspections.open_round(first_on=NOVEMBER, by=ground.official)) == "inspection.round_there"


def test_finish_before_every_item_is_answered_is_refused(ground: Ground, refused: Refused) -> None:
    inspection = ground.plan(ground.clinic)
    assert refused(lambda: inspections.finish(inspection=inspection, on=DAY, by=ground.official)) == (
        "inspection.unanswered"
    )


@pytest.mark.parametrize(
    ("on", "why"), [(date(2017, 11, 5), "inspection.before_round"), (date(2099, 1, 1), "inspection.in_future")]
)
def test_inspection_was_made_neither_before_its_round_nor_in_the_future(
    ground: Ground, refused: Refused, on: date, why: str
) -> None:
    inspection = ground.plan(ground.clinic)
    for item in inspection.checklist.items.all():
        inspections.answer(inspection=inspection, item=item, outcome="in_order", by=ground.official)
    assert refused(lambda: inspections.finish(inspection=inspection, on=on, by=ground.official)) == why


def test_fault_becomes_a_finding_with_its_picture_and_goes_when_it_was_a_mistake(ground: Ground) -> None:
    inspection = ground.plan(ground.clinic)
    item = inspection.checklist.items.get(code="phones")
    fault = {"outcome": "fault", "text": "3人空号", "deduction": Decimal("2"), "proofs": [picture()]}
    for _sent in ("at once", "again, as the net had failed"):
        inspections.answer(inspection=inspection, item=item, by=ground.official, **fault)
    proof = FindingProof.objects.get()
    assert PNG not in bytes(proof.content) and content_of(proof) == PNG

    inspections.answer(inspection=inspection, item=item, outcome="in_order", by=ground.official)
    assert not Finding.objects.exists() and not FindingProof.objects.exists()


def test_planned_inspections_are_not_announced_to_the_institution(ground: Ground) -> None:
    ground.plan(ground.clinic)
    assert not Inspection.objects.visible_to(ground.clerk).exists()
    assert not rounds_of(ground.clerk).exists()
    ground.inspect(ground.centre, "plan", due_on=DUE)
    assert [row.institution for row in Inspection.objects.visible_to(ground.clerk)] == [ground.centre]


def test_findings_are_seen_by_the_institution_concerned_only_and_when_handed_down(ground: Ground) -> None:
    finding = ground.inspect(ground.clinic, "phones")[0]
    other = factories.make_user(Role.CLERK, institution=factories.make_institution(name="乙镇卫生院"))
    assert not Finding.objects.visible_to(ground.clerk).exists()
    findings.assign(findings=[finding.pk], due_on=DUE, by=ground.official)
    assert list(Finding.objects.visible_to(ground.clerk)) == [finding]
    assert not Finding.objects.visible_to(other).exists()


def test_finding_is_mended_rejected_mended_again_reviewed_and_closed(ground: Ground, refused: Refused) -> None:
    finding = ground.inspect(ground.clinic, "phones", due_on=DUE)[0]
    assert (
        refused(lambda: findings.mend(finding=finding, note="已改", proofs=[], by=ground.clerk)) == "finding.no_proof"
    )
    findings.mend(finding=finding, note="已更换号码", proofs=[picture()], by=ground.clerk)
    later = DUE + timedelta(days=7)
    findings.reject(finding=finding, note="仍有1个空号", due_on=later, by=ground.official)
    findings.mend(finding=finding, note="全部核对", proofs=[picture()], by=ground.clerk)
    findings.accept(finding=finding, by=ground.official)
    findings.close(finding=finding, by=ground.official)

    finding.refresh_from_db()
    assert (finding.state, finding.rejections, finding.due_on, finding.closed_on) == (State.CLOSED, 1, later, DAY)
    assert [step.state for step in finding.steps.all()] == [
        "found", "assigned", "done", "assigned", "done", "reviewed", "closed",
    ]  # fmt: skip
    assert refused(lambda: findings.close(finding=finding, by=ground.official)) == "finding.moved"


def test_steps_belong_to_their_side(ground: Ground, refused: Refused) -> None:
    finding = ground.inspect(ground.clinic, "phones", due_on=DUE)[0]
    mend = lambda by: findings.mend(finding=finding, note="x", proofs=[picture()], by=by)  # noqa: E731
    assert refused(lambda: mend(ground.official)) == "finding.not_yours"
    assert steps_of(finding, ground.clerk) == [State.DONE]
    assert steps_of(finding, ground.official) == [State.WITHDRAWN]


@given(start=st.sampled_from(list(State)), to=st.sampled_from(list(State)))
@limits(max_examples=50)
def test_no_move_leaves_closed_or_withdrawn_and_none_skips_the_review(start: State, to: State) -> None:
    allowed = {step.to for step in MOVES.get(start, ())}
    assert not (start in (State.CLOSED, State.WITHDRAWN) and allowed)
    if to == State.CLOSED and to in allowed:
        assert start == State.REVIEWED
    assert all(isinstance(step, Step) for step in MOVES.get(start, ()))


def test_overdue_findings_come_first_and_escalate_after_the_days_of_the_policy(
    ground: Ground, settings: Settings
) -> None:
    calm = ground.inspect(ground.centre, "plan", due_on=date(2018, 12, 31))[0]
    late = ground.inspect(ground.clinic, "phones", due_on=DUE)[0]
    settings.TODAY = DUE + timedelta(days=8)
    assert [row.pk for row in FindingFilter(ground.official, {}).rows] == [late.pk, calm.pk]
    assert stage_counts(ground.official, escalating(day()))["escalated"] == 1
    PolicyValue.objects.create(code="rectification_escalates_days", from_on=DAY, value=10)
    assert stage_counts(ground.official, escalating(day()))["escalated"] == 0
    assert stage_counts(ground.clerk, escalating(day()))["overdue"] == 1


def test_same_item_within_twelve_months_is_a_relapse_also_in_a_new_version(ground: Ground, settings: Settings) -> None:
    first = ground.inspect(ground.clinic, "phones", due_on=DUE)[0]
    draft = checklists.draft(code="clinic", by=ground.official)
    checklists.publish(checklist=draft, by=ground.official)
    settings.TODAY = date(2019, 3, 4)
    second = ground.inspect(ground.clinic, "phones", "board", day=date(2019, 3, 4))
    again, fresh = sorted(second, key=lambda row: row.item.code != "phones")
    assert (again.relapses, again.relapse_of) == (1, first)
    assert (fresh.relapses, fresh.relapse_of) == (0, None)
    settings.TODAY = date(2020, 3, 5)
    assert ground.inspect(ground.clinic, "phones", day=date(2020, 3, 5))[0].relapses == 0


def test_database_keeps_a_published_checklist_and_its_items(ground: Ground) -> None:
    for change in (
        lambda: ChecklistItem.objects.update(points=9),
        lambda: ChecklistItem.objects.all().delete(),
        lambda: ground.checklist.items.create(code="x", place=99, section="x", text="x"),
        lambda: Checklist.objects.update(name="x"),
        lambda: Checklist.objects.update(status="draft"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    Checklist.objects.update(status="retired")


def test_published_checklist_never_changes_and_items_keep_their_codes(ground: Ground, refused: Refused) -> None:
    published = ground.checklist
    write = lambda row, items: checklists.write(  # noqa: E731
        checklist=row, name="新表", kinds=["village_clinic"], items=items, by=ground.official
    )
    assert refused(lambda: write(published, [])) == "checklist.no_draft"
    draft = checklists.draft(code="clinic", by=ground.official)
    write(draft, [checklists.Item("甲", "一"), checklists.Item("甲", "二", code="phones")])
    checklists.publish(checklist=draft, by=ground.official)
    assert [item.code for item in ground.checklist.items.all()] == ["n1", "phones"]
    published.refresh_from_db()
    assert published.status == Checklist.Status.RETIRED and published.items.count() == 10


def test_findings_source_adds_points_over_the_subtree_and_withdrawn_ones_take_nothing(ground: Ground) -> None:
    wrong, right = ground.inspect(ground.clinic, "phones", "board", due_on=DUE)
    findings.withdraw(finding=wrong, note="误判", by=ground.official)
    source = sources_of(["findings:clinic"])["findings:clinic"]
    measures = source.value_of("institution", NOVEMBER, NOVEMBER)
    assert {measures[unit.pk].value for unit in (ground.clinic, ground.centre, factories.bureau())} == {right.deduction}
    assert source.value_of("institution", date(2018, 10, 1), date(2018, 10, 1)) == {}
    assert deductions(["clinic"], "institution", NOVEMBER, DUE)["clinic"][ground.centre.pk] == right.deduction


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "proof.empty"),
        (b"MZ" + b"0" * 30, "proof.type"),
        (b"<svg onload=alert(1)>", "proof.type"),
        (b"\xff\xd8\xff" + b"0" * LARGEST, "proof.too_large"),
    ],
)
def test_proof_is_known_by_its_content(content: bytes, code: str, refused: Refused) -> None:
    assert refused(lambda: read_proof(content)) == code


def test_closed_round_takes_no_inspection(ground: Ground, refused: Refused) -> None:
    inspection = ground.plan(ground.clinic)
    inspections.close_round(round_=ground.round, by=ground.official)
    item = inspection.checklist.items.all()[0]
    code = refused(lambda: inspections.answer(inspection=inspection, item=item, outcome="in_order", by=ground.official))
    assert code == "inspection.round_closed"
    assert InspectionRound.objects.get().status == "closed"
    assert Institution.objects.filter(pk=ground.clinic.pk).exists()
