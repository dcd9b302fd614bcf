"""One figure, whichever way somebody comes to it; and what the turn of the month and of the tree must not do."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import Settings

from assessments.actions.months import compute
from teams.models import InstitutionParent
from tests.figure_pages import address, text
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db


def test_one_figure_is_the_same_on_every_page_and_in_every_file(official: Client, district: SmallDistrict) -> None:
    overview = official.get(address("overview")).context
    of_table = {row.name: [cell.text for cell in row.cells] for row in overview["institutions"].rows}
    assert of_table["宁老庄镇卫生院"][1:4] == ["5", "3", "60.0%"]
    figure = official.get(address("figure", "coverage", unit="C")).context["figure"]
    assert (figure["numerator_text"], figure["denominator_text"], figure["rate_text"]) == ("3", "5", "60.00%")
    tabs = official.get(address("people", "coverage", unit="C")).context["tabs"]
    assert [tab["count_text"] for tab in tabs] == ["3", "5", "2"]
    [found] = [
        row
        for row in official.get(reverse("assessments:figure_list_api"), {"unit": "C"}).json()["figures"]
        if (row["indicator"], row["category"]) == ("coverage", "all")
    ]
    assert (found["numerator"], found["denominator"], found["rate"]) == (3, 5, "60.00")
    lines = load_workbook(BytesIO(b"".join(official.get(address("kpis"))))).active.iter_rows(values_only=True)
    assert ("2018-10", "C", None, "all", "coverage", 3, 5, 60) in list(lines)
    [line] = official.get(address("return")).context["table"]["lines"]
    assert {"5", "3", "60.00%"} <= set(line[1])


def test_unit_without_people_is_shown_with_a_dash_and_not_left_out(official: Client) -> None:
    rows = official.get(address("overview", unit="C", by="team")).context["institutions"].rows
    idle = next(row for row in rows if row.name == "赵医生团队")
    assert [cell.text for cell in idle.cells[:4]] == ["—", "0", "0", "—"]


def test_after_the_turn_of_the_month_the_last_one_is_shown_until_the_new_one_is_there(
    official: Client, settings: Settings
) -> None:
    settings.TODAY = date(2018, 11, 1)
    page = official.get(address("overview"))
    assert page.context["month"]["value"] == "2018-10"
    assert ("2018-11", "November 2018") in page.context["computable"]
    compute(month=date(2018, 11, 1))
    assert "3 of 5 residents are signed" in text(official, "overview")


def test_unit_that_moves_in_the_tree_leaves_earlier_months_alone(
    official: Client, district: SmallDistrict, settings: Settings
) -> None:
    settings.TODAY = date(2018, 11, 20)
    InstitutionParent.objects.filter(institution=district.clinic).update(to_on=date(2018, 11, 1))
    InstitutionParent.objects.create(institution=district.clinic, parent=district.bureau, from_on=date(2018, 11, 1))
    for month in (OCTOBER, date(2018, 11, 1)):
        compute(month=month)
    assert "3 of 5 residents are signed" in text(official, "overview", unit="C", month="2018-10")
    assert "3 of 4 residents are signed" in text(official, "overview", unit="C", month="2018-11")
    assert "3 of 5 residents are signed" in text(official, "overview", month="2018-11")
