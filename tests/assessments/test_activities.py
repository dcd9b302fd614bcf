from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.actions import activities
from assessments.actions.activities import Report
from assessments.models import Activity
from assessments.queries.activities import sums
from assessments.sources import sources_of
from teams.actions.submissions import fresh_key
from teams.models import Institution, Role, User
from teams.rules import RuleViolation
from tests import factories
from tests.assessments.inspecting import PNG, picture

pytestmark = pytest.mark.django_db
DAY = date(2018, 5, 19)
# What Yueyang's papers say of the World Family Doctor Day (seed 2), and shares of its nine reports that add up to it.
YUEYANG = {
    "people": 30_000, "boards": 978, "posters": 8_922, "leaflets": 93_034, "consultations": 23_930,
    "examinations": 6_630, "signings": 21_503,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = date(2018, 5, 31)


@pytest.fixture
def official() -> User:
    return factories.make_user(Role.OFFICIAL, institution=factories.bureau())


def clerk_of(institution: Institution) -> User:
    return factories.make_user(Role.CLERK, institution=institution)


def report(institution: Institution, by: User, **figures: int) -> Activity:
    said = Report("campaign", "世界家庭医生日宣传", DAY, DAY, campaign="5·19", figures=figures)
    return activities.report(institution=institution, said=said, proofs=[picture()], by=by)


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as refusal:
        do()
    return refusal.value.code


def test_campaign_of_yueyang_adds_up_from_the_reports_of_its_institutions(official: User) -> None:
    counties = [factories.make_institution(name=f"{number}县") for number in range(9)]
    for place, county in enumerate(counties):
        share = {name: total // 9 + (place < total % 9) for name, total in YUEYANG.items()}
        activity = report(county, clerk_of(county), **share)
        activities.confirm(activity=activity, by=official)
    report(counties[0], clerk_of(counties[0]), people=999)  # nobody has checked it yet

    page = Client()
    page.force_login(official)
    assert "campaign" in page.get(reverse("assessments:activity_sums")).context["form"].fields
    total = page.get(reverse("assessments:activity_sums"), {"campaign": "5·19"}).context["table"].total
    found = [cell.value for cell in total.cells]

    added = sums(Activity.objects.confirmed())
    assert {name: added[name] for name in YUEYANG} == YUEYANG
    assert found == [9, *(YUEYANG.get(name, 0) for name in Activity.FIGURES)]
    source = sources_of(["activities:campaign:leaflets"])["activities:campaign:leaflets"]
    assert source.value_of("institution", date(2018, 5, 1), date(2018, 5, 1))[factories.bureau().pk].value == 93_034


def test_reports_need_proof_figures_and_a_day_that_has_come(official: User) -> None:
    centre = factories.centre()
    clerk = clerk_of(centre)
    send = lambda said, proofs: activities.report(institution=centre, said=said, proofs=proofs, by=clerk)  # noqa: E731
    lecture = Report("lecture", "讲座", DAY, DAY, figures={"people": 40})
    assert refused(lambda: send(lecture, [])) == "activity.no_proof"
    assert refused(lambda: send(Report("lecture", "讲座", DAY, DAY), [picture()])) == "activity.nothing"
    late = Report("lecture", "讲座", DAY, date(2018, 6, 1), figures={"people": 1})
    assert refused(lambda: send(late, [picture()])) == "activity.in_future"
    assert send(Report("award", "市级优秀团队", DAY, DAY), [picture()]).state == "reported"


def test_clerk_reports_for_own_institutions_only(official: User) -> None:
    clerk = clerk_of(factories.centre())
    other = factories.make_institution(name="乙镇卫生院")
    assert refused(lambda: report(other, clerk, people=1)) == "activity.outside"
    assert refused(lambda: report(other, official, people=1)) == "activity.not_allowed"


def test_activity_given_back_is_mended_and_counts_once_confirmed(official: User) -> None:
    centre = factories.centre()
    clerk = clerk_of(centre)
    activity = report(centre, clerk, people=300)
    assert refused(lambda: activities.give_back(activity=activity, note="", by=official)) == "activity.no_words"
    activities.give_back(activity=activity, note="照片看不清", by=official)
    said = Report("campaign", "宣传", DAY, DAY, figures={"people": 30})
    activities.mend(activity=activity, said=said, proofs=[picture()], by=clerk)
    activities.confirm(activity=activity, by=official)
    assert sums(Activity.objects.confirmed())["people"] == 30
    assert activity.proofs.count() == 2
    assert refused(lambda: activities.withdraw(activity=activity, by=clerk)) == "activity.moved"


def test_form_sent_twice_makes_one_activity() -> None:
    centre = factories.centre()
    client = Client()
    client.force_login(clerk_of(centre))
    key = fresh_key()
    for _time in range(2):
        data = {
            "submission": key, "kind": "lecture", "title": "讲座", "institution": centre.pk, "began_on": "20180519",
            "people": "40", "proofs": [SimpleUploadedFile("a.png", PNG)],
        }  # fmt: skip
        assert client.post(reverse("assessments:activity_create"), data).status_code == 302
    assert Activity.objects.get().ended_on == DAY


def test_list_asks_the_same_number_of_questions_for_many_rows(
    official: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        centre = factories.make_institution(name=f"{number}镇")
        report(centre, clerk_of(centre), people=10)
    client = Client()
    client.force_login(official)
    with django_assert_max_num_queries(18):  # 12, and 6 of session and transaction
        assert client.get(reverse("assessments:activity_list")).status_code == 200
