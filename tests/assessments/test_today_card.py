"""What supervision and assessment ask of an institution stands on its start page."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from assessments.models import Assessment, Cycle, Finding, Lead, Rubric, RubricVersion
from assessments.presenters.today import FINDINGS_SHOWN
from contracts.presenters.today import CardLine, today_page
from teams.models import Institution, Role, User
from tests import factories
from tests.assessments.inspecting import Ground, make_ground

pytestmark = pytest.mark.django_db
TODAY = date(2018, 11, 20)


@pytest.fixture
def ground(settings: Settings) -> Ground:
    settings.TODAY = TODAY
    return make_ground()


def lines(user: User) -> list[CardLine]:
    return [line for card in today_page(user, TODAY)["cards"] for line in card["lines"]]


def chips(user: User) -> list[str]:
    return [line.chip[0] if line.chip else "" for line in lines(user)]


def faults(ground: Ground) -> list[str]:
    return [item.code for item in ground.checklist.items.all()]


def inspect(ground: Ground, institution: Institution, *faults: str) -> list[Finding]:
    """Inspected, and the faults overdue by now."""
    found = ground.inspect(institution, *faults, due_on=TODAY)
    Finding.objects.filter(pk__in=[each.pk for each in found]).update(due_on=date(2018, 11, 10))
    return found


def open_cycle(ground: Ground, **fields: object) -> Assessment:
    version = RubricVersion.objects.create(rubric=Rubric.objects.create(code="R"), number=1, name="细则")
    cycle = Cycle.objects.create(
        name="2018年度考核",
        kind="annual",
        unit_kind="institution",
        version=version,
        from_month=date(2018, 1, 1),
        to_month=date(2018, 10, 1),
        self_due_on=date(2018, 11, 30),
        **fields,
    )
    return Assessment.objects.create(cycle=cycle, institution=ground.centre)


def test_overdue_findings_stand_before_those_with_time_left(client: Client, ground: Ground) -> None:
    first, second = faults(ground)[:2]
    other = factories.make_institution(kind=Institution.Kind.VILLAGE_CLINIC, parent=ground.centre)
    ground.inspect(other, first, due_on=date(2018, 11, 25))
    inspect(ground, ground.clinic, second)
    assert chips(ground.clerk) == ["bad", "warn"]
    client.force_login(ground.clerk)
    page = client.get(reverse("contracts:today")).content.decode()
    for line in lines(ground.clerk):
        assert line.url in page
        assert client.get(line.url).status_code == 200


def test_more_findings_than_are_shown_are_counted(client: Client, ground: Ground) -> None:
    inspect(ground, ground.clinic, *faults(ground)[: FINDINGS_SHOWN + 2])
    *_shown, last = lines(ground.clerk)
    assert re.findall(r"\d+", last.name) == [str(FINDINGS_SHOWN + 2)]
    client.force_login(ground.clerk)
    assert client.get(last.url).context["page"].paginator.count == FINDINGS_SHOWN + 2


def test_mended_finding_waits_for_the_bureau_and_is_not_told(ground: Ground) -> None:
    [finding] = inspect(ground, ground.clinic, faults(ground)[0])
    finding.state = "done"
    finding.save()
    assert lines(ground.clerk) == []


def test_self_assessment_is_told_until_it_is_handed_in(ground: Ground) -> None:
    assessment = open_cycle(ground)
    assert [line.url for line in lines(ground.clerk)] == [f"/assessments/{assessment.pk}/"]
    assessment.state = "submitted"
    assessment.save()
    assert lines(ground.clerk) == []


@pytest.mark.parametrize(("until", "told"), [(TODAY, ["info"]), (date(2018, 11, 19), [])])
def test_notice_is_told_while_it_may_be_appealed_against(ground: Ground, until: date, told: list[str]) -> None:
    open_cycle(ground, state="notice", notice_on=date(2018, 11, 1), appeal_until=until)
    assert chips(ground.clerk) == told


def test_leads_of_the_institution_are_counted(ground: Ground) -> None:
    about = {"kind": "phone_missing", "weight": 2, "mark": "x", "found_on": TODAY, "seen_on": TODAY}
    for subject, place in enumerate((ground.centre, ground.clinic, factories.make_institution())):
        Lead.objects.create(subject=subject, institution=place, **about)
    [line] = lines(ground.clerk)
    assert re.findall(r"\d+", line.name) == ["2"]


def test_only_those_who_have_to_answer_are_asked(ground: Ground) -> None:
    inspect(ground, ground.clinic, faults(ground)[0])
    open_cycle(ground)
    team = factories.make_team(institution=ground.centre)
    for other in (
        factories.make_doctor(team),
        factories.make_user(Role.CLERK, institution=factories.bureau()),
        factories.make_user(Role.CLERK, institution=factories.make_institution()),
    ):
        assert lines(other) == []
