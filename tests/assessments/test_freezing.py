"""What stands in the way of freezing a month, and that frozen rows can be verified."""

from datetime import date

import pytest
from django.db import connection

from assessments.actions.freezing import freeze, remark, rows_sha256, verify
from assessments.actions.months import compute, request
from assessments.models import Figure, Month, Remark, Revision
from assessments.queries.closing import PRESENT, Concern, findings
from assessments.queries.figures import Key
from teams.models import AuditEvent, PolicyValue, Team
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import make_resident
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

SEPTEMBER = date(2018, 9, 1)


@pytest.fixture
def district(db: None) -> SmallDistrict:
    return make_small_district()


@pytest.fixture
def watchful(district: SmallDistrict) -> SmallDistrict:
    """A district small enough that every jump of a few people is looked into."""
    PolicyValue.objects.create(code="jump_people_least", value=1, from_on=date(2018, 1, 1))
    return district


def found(revision: Revision) -> list[tuple[str, str, Key]]:
    return [(row.concern.value, row.institution.code, row.key) for row in findings(revision)]


def test_quiet_month_has_no_findings_and_is_frozen(district: SmallDistrict) -> None:
    compute(month=SEPTEMBER)
    revision = compute(month=OCTOBER)
    assert found(revision) == []
    assert freeze(revision=revision, by=SYSTEM).frozen_by == "system"


def test_population_that_jumps_is_a_finding_until_it_is_explained(watchful: SmallDistrict) -> None:
    compute(month=SEPTEMBER)
    for _number in range(3):
        make_resident(village=watchful.village, registered_on=date(2018, 10, 5))
    revision = compute(month=OCTOBER)
    assert (Concern.JUMP, "C", Key("coverage")) in found(revision)
    with pytest.raises(RuleViolation) as refused:
        freeze(revision=revision, by=SYSTEM)
    assert refused.value.code == "month.open_findings"
    for finding in findings(revision):
        remark(month=revision.month, institution=finding.institution, key=finding.key, text="新建小区", by=SYSTEM)
    assert freeze(revision=revision, by=SYSTEM).sha256


def test_explanation_given_with_the_freeze_is_remarked_on_every_open_jump(watchful: SmallDistrict) -> None:
    compute(month=SEPTEMBER)
    for _number in range(3):
        make_resident(village=watchful.village, registered_on=date(2018, 10, 5))
    revision = compute(month=OCTOBER)
    jumps = len(findings(revision))
    freeze(revision=revision, by=SYSTEM, explanation="新建小区")
    assert jumps == Remark.objects.filter(month=revision.month, text="新建小区").count() > 0


def test_figure_that_is_not_the_sum_of_its_parts_is_never_explained_away(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    Figure.objects.filter(
        revision=revision, institution__code="B", team_key=0, category="all", indicator="coverage"
    ).update(numerator=1)
    assert found(revision) == [("sum", "B", Key("coverage"))]
    with pytest.raises(RuleViolation) as refused:
        freeze(revision=revision, by=SYSTEM, explanation="so it is")
    assert refused.value.code == "month.open_findings"


def test_team_without_figures_is_missing(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    Team.objects.create(code="T9", name="新团队", institution=district.centre)
    assert found(revision) == [("missing", "C", PRESENT)]


def test_figures_of_the_year_may_begin_anew_in_january(watchful: SmallDistrict) -> None:
    compute(month=date(2018, 12, 1))
    revision = compute(month=date(2019, 1, 1))
    assert not {"item_completion", "package_completion"} & {key.indicator for _concern, _unit, key in found(revision)}


def test_remark_says_something(district: SmallDistrict) -> None:
    month = compute(month=OCTOBER).month
    with pytest.raises(RuleViolation) as refused:
        remark(month=month, institution=district.centre, key=PRESENT, text="  ", by=SYSTEM)
    assert refused.value.code == "remark.empty"


def test_remark_comes_before_the_freeze(district: SmallDistrict) -> None:
    revision = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    month = Month.objects.get(pk=revision.month_id)
    with pytest.raises(RuleViolation) as refused:
        remark(month=month, institution=district.centre, key=PRESENT, text="late", by=SYSTEM)
    assert refused.value.code == "month.frozen_already"


def test_frozen_rows_are_verified_and_a_tampered_row_shows(district: SmallDistrict) -> None:
    revision = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    assert verify(revision=revision, by=SYSTEM)
    with connection.cursor() as cursor:  # somebody with the database's own keys
        cursor.execute(f"alter table assessments_residentmonth_{revision.pk} disable trigger all")
        cursor.execute(f"update assessments_residentmonth_{revision.pk} set covered = not covered")
    assert not verify(revision=revision, by=SYSTEM)
    assert list(AuditEvent.objects.filter(kind="verify").values_list("what", flat=True)) == [
        "2018-10 r1 same",
        "2018-10 r1 CHANGED",
    ]


def test_month_keeps_what_it_was_computed_with(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    revision.refresh_from_db()
    assert revision.basis["policy"]["elderly_age"] == 65
    assert revision.basis["categories"]["hypertension"] == 3
    assert revision.definitions == "1"
    assert rows_sha256(revision)


def test_month_that_is_asked_for_with_other_settings_stands_beside_the_frozen_one(district: SmallDistrict) -> None:
    PolicyValue.objects.create(code="elderly_age", value=60, from_on=date(2019, 1, 1))
    frozen = freeze(revision=compute(month=OCTOBER), by=SYSTEM)

    tried = compute(month=OCTOBER, settings_on=date(2019, 1, 1))

    tried.refresh_from_db()
    assert (tried.settings_on, tried.basis["policy"]["elderly_age"]) == (date(2019, 1, 1), 60)
    assert Month.objects.get(first_on=OCTOBER).current == frozen
    again = compute(month=OCTOBER)
    assert (again.settings_on, again.basis["policy"]["elderly_age"]) == (None, 65)


def test_other_settings_never_take_the_place_of_open_figures(district: SmallDistrict) -> None:
    compute(month=OCTOBER)
    with pytest.raises(RuleViolation) as refusal:
        compute(month=OCTOBER, settings_on=date(2019, 1, 1))
    assert refusal.value.code == "month.settings_open"


def test_run_with_other_settings_joins_its_like_only(district: SmallDistrict) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    plain = request(month=OCTOBER)
    tried = request(month=OCTOBER, settings_on=date(2019, 1, 1))
    assert plain != tried
    assert request(month=OCTOBER, settings_on=date(2019, 1, 1)) == tried
    assert request(month=OCTOBER) == plain
