"""Months on their way to being frozen, as officials and auditors see them."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.actions.freezing import freeze
from assessments.actions.keeping import count_ahead
from assessments.actions.months import compute
from assessments.models import Figure, Month, Remark, Revision
from assessments.queries.closing import findings
from residents.models import Resident
from teams.models import AuditEvent, PolicyValue, Role, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_coverage, make_resident
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(settings: Settings) -> SmallDistrict:
    settings.TODAY = date(2018, 11, 20)
    return make_small_district()


@pytest.fixture
def official(district: SmallDistrict) -> Client:
    return signed_in(make_account("o", Role.OFFICIAL, institution=district.bureau))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def address(name: str, month: str = "2018-10") -> str:
    return reverse(f"assessments:month_{name}", args=[month])


def with_a_jump(district: SmallDistrict) -> Revision:
    PolicyValue.objects.create(code="jump_people_least", value=1, from_on=date(2018, 1, 1))
    compute(month=date(2018, 9, 1))
    for _number in range(3):
        make_resident(village=district.village, registered_on=date(2018, 10, 5))
    return compute(month=OCTOBER)


def test_quiet_month_is_frozen_with_a_click_and_verified_by_an_auditor(
    district: SmallDistrict, official: Client
) -> None:
    compute(month=OCTOBER)
    assert "nothing jumped" in official.get(address("detail")).content.decode()
    assert "is frozen" in official.post(address("freeze"), follow=True).content.decode()
    auditor = signed_in(make_account("a", Role.AUDITOR))
    assert "The rows are those that were frozen." in auditor.post(address("verify"), follow=True).content.decode()
    assert AuditEvent.objects.filter(kind="verify", username="a").exists()


def test_open_finding_keeps_the_month_open_until_it_is_explained(district: SmallDistrict, official: Client) -> None:
    with_a_jump(district)
    page = official.get(address("detail")).content.decode()
    assert "disabled" in page and "in a month" in page
    assert "in the way of freezing" in official.post(address("freeze"), follow=True).content.decode()
    values = [
        value for value in ("B/coverage/all", "C/coverage/all", "B/coverage/key", "C/coverage/key") if value in page
    ]
    official.post(address("remark"), {"finding": values, "text": "新建小区"})
    assert Remark.objects.filter(text="新建小区", by="o").count() == len(values) > 0
    assert "is frozen" in official.post(address("freeze"), follow=True).content.decode()


def test_remark_without_words_or_findings_is_refused_and_kept_in_the_form(
    district: SmallDistrict, official: Client
) -> None:
    with_a_jump(district)
    assert "Tick the findings" in official.post(address("remark"), {"text": "新建小区"}).content.decode()
    assert 'value="新建小区"' in official.post(address("remark"), {"text": "新建小区"}).content.decode()
    answer = official.post(address("remark"), {"finding": "C/coverage/all", "text": " "})
    assert "Write what happened" in answer.content.decode()
    assert not Remark.objects.exists()


def test_remark_on_what_is_no_finding_is_not_found(district: SmallDistrict, official: Client) -> None:
    compute(month=OCTOBER)
    for finding in ("C/nothing/all", "X/coverage/all"):
        assert official.post(address("remark"), {"finding": finding, "text": "x"}).status_code == 404


def test_month_that_nobody_asked_for_is_not_found(official: Client) -> None:
    assert [official.get(address("detail", month)).status_code for month in ("2018-10", "2018-13", "x")] == [404] * 3


def test_difference_lists_the_people_and_both_ways_to_look_at_the_month(
    district: SmallDistrict, official: Client
) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    make_coverage(resident=district.zheng, team=district.idle_team, start_on=date(2018, 10, 1))
    compute(month=OCTOBER)
    figure = reverse("assessments:figure", args=["coverage"])
    then = official.get(figure, {"unit": "B", "month": "2018-10"}).content.decode()
    assert "The month was frozen at 60.00%; with what became known since it would be 80.00%." in then
    now = official.get(figure, {"unit": "B", "month": "2018-10", "known": "now"}).content.decode()
    assert "80.0%" in now and "As known now" in now
    query = {"unit": "B", "month": "2018-10", "indicator": "coverage"}
    page = official.get(reverse("assessments:month_difference"), query).content.decode()
    assert "郑丽" in page and "late entry" in page and "王秀兰" not in page


@pytest.mark.parametrize("page", ["7", "0", "9" * 25, "x"])
def test_page_of_the_difference_that_is_none_is_the_first(district: SmallDistrict, official: Client, page: str) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    make_coverage(resident=district.zheng, team=district.idle_team, start_on=date(2018, 10, 1))
    compute(month=OCTOBER)
    asked = {"month": "2018-10", "unit": "B", "indicator": "coverage", "page": page}
    shown = official.get(reverse("assessments:month_difference"), asked).context
    assert [row["resident"] for row in shown["people"]] == [district.zheng]
    assert (shown["page"].number, shown["page"].paginator.count) == (1, 1)


def test_difference_tells_an_auditor_counts_and_nobody_by_name(district: SmallDistrict) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    make_coverage(resident=district.zheng, team=district.idle_team, start_on=date(2018, 10, 1))
    compute(month=OCTOBER)
    query = {"unit": "B", "month": "2018-10", "indicator": "coverage"}
    auditor = signed_in(make_account("a", Role.AUDITOR))
    page = auditor.get(reverse("assessments:month_difference"), query).content.decode()
    assert "郑丽" not in page and "As known then" in page


def test_late_facts_are_announced_on_the_page_of_the_month(district: SmallDistrict, official: Client) -> None:
    compute(month=OCTOBER)
    assert "arrived after" not in official.get(address("detail")).content.decode()
    district.zheng.visits.create(visited_on=date(2018, 10, 3), institution=district.centre, cost=1)
    assert "arrived after" in official.get(address("detail")).content.decode()


def test_list_of_months_shows_the_state_of_each(district: SmallDistrict, official: Client) -> None:
    compute(month=date(2018, 11, 1))
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    page = official.get(reverse("assessments:month_list")).content.decode()
    sha256 = Month.objects.get(first_on=OCTOBER).current.sha256
    assert "Provisional" in page and "Frozen" in page and sha256[:16] in page


def test_findings_are_counted_once_for_a_page_and_anew_after_the_next_computation(
    district: SmallDistrict, official: Client
) -> None:
    with_a_jump(district)
    first = official.get(address("detail")).content.decode()
    with CaptureQueriesContext(connection) as captured:
        assert official.get(address("detail")).context["open"] == official.get(address("detail")).context["open"] > 0
    assert "in a month" in first and not [row for row in captured if "assessments_figure" in row["sql"]]
    PolicyValue.objects.filter(code="jump_people_least").update(value=1000)
    assert official.get(address("detail")).context["findings"] == []
    PolicyValue.objects.filter(code="jump_people_least").update(value=1)
    Resident.objects.filter(registered_on=date(2018, 10, 5)).update(registered_on=date(2018, 11, 5))
    compute(month=OCTOBER)
    assert official.get(address("detail")).context["findings"] == []


def test_findings_counted_ahead_are_worded_in_each_reader_s_language(district: SmallDistrict, official: Client) -> None:
    count_ahead(revision=with_a_jump(district))
    told = {}
    for language in ("zh-hans", "en"):
        official.cookies["django_language"] = language
        with CaptureQueriesContext(connection) as captured:
            page = official.get(address("detail"))
        assert not [row for row in captured if "assessments_figure" in row["sql"]]
        told[language] = {row["finding"].words for row in page.context["findings"]}
    assert len(told["zh-hans"] | told["en"]) == 2 * len(told["en"]) > 0


def test_findings_of_new_settings_need_no_rows_but_a_freeze_counts_them(
    district: SmallDistrict, official: Client
) -> None:
    revision = with_a_jump(district)
    count_ahead(revision=revision)
    PolicyValue.objects.filter(code="jump_people_least").update(value=2)
    for ask, is_counted in ((lambda: official.get(address("detail")), False), (lambda: findings(revision), True)):
        with CaptureQueriesContext(connection) as captured:
            ask()
        assert any("residentmonth" in row["sql"] for row in captured) is is_counted


def test_page_of_a_month_asks_few_questions(
    district: SmallDistrict, official: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    compute(month=date(2018, 9, 1))
    compute(month=OCTOBER)
    official.get(address("detail"))
    with django_assert_max_num_queries(16):  # with the session, the account and the transaction
        official.get(address("detail"))


def test_freezing_counts_the_rows_again_whatever_the_page_has_kept(district: SmallDistrict, official: Client) -> None:
    revision = compute(month=OCTOBER)
    assert official.get(address("detail")).context["open"] == 0
    Figure.objects.filter(revision=revision, indicator="coverage", category="all", team_key=0).update(numerator=0)
    assert official.get(address("detail")).context["open"] == 0
    with pytest.raises(RuleViolation) as refusal:
        freeze(revision=revision, by=SYSTEM)
    assert refusal.value.code == "month.open_findings"


def test_settings_of_another_day_are_tried_beside_a_frozen_month_and_named(
    district: SmallDistrict, official: Client
) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    official.post(reverse("assessments:month_compute"), {"month": "2018-10", "settings_on": "20190101"})

    tried = compute(month=OCTOBER, settings_on=date(2019, 1, 1))

    assert tried.by is not None
    for page in (address("detail"), f"{reverse('assessments:overview')}?month=2018-10&known=now"):
        assert "2019-01-01" in official.get(page).content.decode()


@pytest.mark.parametrize("typed", ["nonsense", "20190101"])
def test_day_that_is_none_and_a_month_that_is_open_are_refused(
    district: SmallDistrict, official: Client, typed: str
) -> None:
    compute(month=OCTOBER)

    page = official.post(reverse("assessments:month_compute"), {"month": "2018-10", "settings_on": typed}, follow=True)

    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Revision.objects.count() == 1
