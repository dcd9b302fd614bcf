"""Each line of a people list opens to what put it there: in words, with the facts, as of the month."""

from datetime import date

import pytest
from django.test import Client

from assessments.actions.months import compute
from assessments.indicators import INDICATORS
from assessments.models import SurveyAnswer
from assessments.presenters.evidence import TELLERS
from assessments.queries.people import Part
from contracts.actions import ledger
from contracts.models import Coverage
from teams.models import AuditEvent, Role
from tests.accounts import make_account
from tests.factories import make_coverage, make_doctor, make_service
from tests.figure_pages import UNITS, address, queries, signed_in, status, text
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db

OPENING = [
    (row.code, category)
    for row in INDICATORS
    for category in (("all", "key") if row.categories is None else row.categories or ("all",))
]


def test_every_indicator_tells_why() -> None:
    assert set(TELLERS) == {row.code for row in INDICATORS}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("indicator", "category"), OPENING)
def test_every_line_opens_to_its_evidence(official: Client, indicator: str, category: str, unit: str) -> None:
    asked = address("people", indicator, part=Part.DENOMINATOR, category=category, **UNITS[unit])
    for line in official.get(asked).context["page"].object_list:
        page = official.get(line["why"])
        assert page.context["person"]["name"] == line["name"]
        assert page.context["counted"] is line["counted"]
        assert page.context["verdict"] == line["standing"]
        assert page.context["words"]
        # What the facts say and what the month counted is the same, by two roads.
        assert page.context["has_changed"] is False


def why(client: Client, name: str, indicator: str, **query: str) -> str:
    """The evidence page of the person's line in the figure, as text."""
    people = client.get(address("people", indicator, part=Part.DENOMINATOR, **query)).context["page"].object_list
    address_of = next(line["why"] for line in people if line["name"] == name)
    page = client.get(address_of)
    return " ".join([page.context["verdict"], *page.context["words"]])


def test_managed_names_what_was_required_and_what_was_given(official: Client) -> None:
    assert why(official, "王秀兰", "managed", category="hypertension") == (
        "Managed as required Required: 4 a year; for the whole months on the register (12): 4."
        " Given in the 12 months: 4 (2017-12-01, 2018-02-10, 2018-08-01, 2018-08-15)."
    )


def test_managed_names_who_had_too_few(official: Client) -> None:
    # On the diabetes register since 1 May: six whole months, of which two services are required.
    assert why(official, "李建国", "managed", category="diabetes") == (
        "Not managed as required Required: 4 a year; for the whole months on the register (6): 2."
        " None was given in the 12 months."
    )


def test_controlled_names_the_latest_reading_and_the_goal_of_the_age(official: Client) -> None:
    assert why(official, "王秀兰", "controlled", category="hypertension") == (
        "At goal The latest reading is 148/85 mmHg, on 2018-08-15. The goal at the age of 68 is below 150/90 mmHg."
    )


def test_coverage_names_how_the_last_contract_ended(official: Client) -> None:
    assert why(official, "周小宝", "coverage").endswith("lasted until 2018-08-31 (expired).")
    assert why(official, "郑丽", "coverage") == "Not signed No contract had begun by 2018-10-31."


def test_coverage_of_a_team_s_villages_names_the_other_team(official: Client, district: SmallDistrict) -> None:
    Coverage.objects.filter(resident=district.li).delete()
    make_coverage(resident=district.li, team=district.idle_team)
    compute(month=OCTOBER)
    assert why(official, "李建国", "coverage", team="T1") == (
        "Not signed On 2018-10-31 the contract in force is with 赵医生团队, not with this team."
    )


def test_unserved_names_the_days_without_a_service(official: Client) -> None:
    assert why(official, "李建国", "unserved") == (
        "Not served No service from 2018-03-01 to 2018-10-31, while the contract was in force."
    )
    assert "the last on 2018-08-15 (血压随访)" in why(official, "王秀兰", "unserved")


def test_promises_name_what_became_of_each(official: Client, district: SmallDistrict) -> None:
    lines = official.get(address("people", "item_on_time")).context["page"].object_list
    [table, _contract] = official.get(lines[0]["why"]).context["tables"]
    assert [line.state for line in table.lines] == [
        "given on 2018-02-10",
        "given late, on 2018-08-15",
        "given on 2018-08-01",
    ]


def test_what_was_entered_later_is_marked_and_changes_nothing(official: Client, district: SmallDistrict) -> None:
    make_service(district.li, "BP", date(2018, 9, 9))
    ledger.match_services()
    lines = official.get(address("people", "unserved", part=Part.NUMERATOR)).context["page"].object_list
    page = official.get(lines[0]["why"])
    assert page.context["verdict"] == "Not served"
    assert page.context["has_changed"] is True


def test_earlier_month_is_told_as_of_its_day(official: Client) -> None:
    assert "Given in the 12 months: 3" in why(
        official, "王秀兰", "managed", category="hypertension", month="2018-09"
    ) or "2018-09-30" in why(official, "王秀兰", "coverage", month="2018-09")


# --- Who may look ---------------------------------------------------------------------------------------------------


def test_look_is_recorded_by_number(official: Client, district: SmallDistrict) -> None:
    text(official, "evidence", "coverage", str(district.wang.pk))
    event = AuditEvent.objects.filter(kind=AuditEvent.Kind.PEOPLE).latest("id")
    assert event.what == f"coverage all 2018-10 resident {district.wang.pk}"


def test_person_outside_the_figure_is_not_found(official: Client, district: SmallDistrict) -> None:
    assert status(official, "evidence", "renewal", str(district.wang.pk)) == 404
    assert status(official, "evidence", "coverage", str(district.sun.pk)) == 404
    last_year = SurveyAnswer.objects.get(answered_on=date(2017, 12, 31))
    assert status(official, "evidence", "satisfaction", str(last_year.pk)) == 404


def test_doctor_opens_the_own_people_only(district: SmallDistrict) -> None:
    doctor = signed_in(make_doctor(district.team))
    assert status(doctor, "evidence", "coverage", str(district.li.pk)) == 200
    assert status(doctor, "evidence", "coverage", str(district.zheng.pk)) == 404


def test_auditor_opens_nobody(district: SmallDistrict) -> None:
    auditor = signed_in(make_account("a", Role.AUDITOR))
    assert status(auditor, "evidence", "coverage", str(district.wang.pk)) == 403


@pytest.mark.parametrize(("indicator", "category"), OPENING)
def test_evidence_asks_few_questions(official: Client, indicator: str, category: str) -> None:
    lines = official.get(address("people", indicator, category=category)).context["page"].object_list
    for line in lines[:1]:
        key = line["why"].split("/")[-2]
        asked = queries(official, "evidence", (indicator, key), {"category": category})
        # The look is recorded too, which asks for the line before it.
        assert len([sql for sql in asked if "auditevent" not in sql and "pg_advisory" not in sql]) <= 12
