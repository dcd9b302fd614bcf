"""The monthly return: equal to the figures to the digit on page and paper, whole or saying what it lacks."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from assessments.actions.months import compute
from assessments.models import Figure, Population
from assessments.presenters.returns import PAPER_COLUMNS
from assessments.queries.plans import whole_tables
from assessments.queries.returns import monthly_return
from assessments.queries.units import Selection, select
from contracts.models import Charge
from teams.models import Role, User
from tests.accounts import make_account
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

pytestmark = pytest.mark.django_db
HEADS = 4  # rows above the first line of the workbook


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SmallDistrict]:
    """The small district with October, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_small_district()
        for coverage in made.wang.coverages.all():
            held = coverage.packages.get()
            Charge.objects.create(held=held, payer="public_health_fund", amount=80)
            Charge.objects.create(held=held, payer="resident", amount=40)
        compute(month=OCTOBER)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def client(district: SmallDistrict) -> Client:
    client = Client()
    client.force_login(make_account("o", Role.OFFICIAL, institution=district.bureau))
    client.cookies["django_language"] = "en"
    return client


def selection() -> Selection:
    reader = User.objects.filter(username="reader").first() or make_account("reader", Role.OFFICIAL)
    return select(reader, {"unit": "B"})


def figure(unit: str, indicator: str, category: str) -> tuple[int, int]:
    rows = Figure.objects.filter(institution__code=unit, team_key=0, indicator=indicator, category=category)
    return rows.values_list("numerator", "denominator").get()


def test_every_line_is_the_figures_of_its_institution(district: SmallDistrict) -> None:
    made = monthly_return(selection())
    assert [line.institution.code for line in (*made.lines, made.total)] == ["C", "B"]
    for line in (*made.lines, made.total):
        for indicator, category in (("coverage", "all"), ("coverage", "key"), ("managed", "hypertension")):
            count = line.count(indicator, category)
            assert (count.numerator, count.denominator) == figure(line.institution.code, indicator, category)


def test_fees_are_those_of_contracts_in_force_by_payer(district: SmallDistrict) -> None:
    total = monthly_return(selection()).total
    assert {payer: str(amount) for payer, amount in total.payers.items() if amount} == {
        "public_health_fund": "80.00",
        "resident": "40.00",
    }


def test_teams_are_counted_over_the_subtree(district: SmallDistrict) -> None:
    assert monthly_return(selection()).total.teams == 2


def test_missing_population_is_named_and_its_rate_is_a_dash(client: Client, district: SmallDistrict) -> None:
    page = client.get(reverse("assessments:return")).content.decode()
    assert f"No official population was entered for: {district.centre.name}, {district.bureau.name}." in page
    Population.objects.create(institution=district.bureau, year=2018, count=6)
    Population.objects.create(institution=district.centre, year=2018, count=6)
    page = client.get(reverse("assessments:return")).content.decode()
    assert "No official population" not in page and "50.00%" in page  # 3 of 6, beside 3 of 5


def test_populations_with_nobody_are_named_since_their_rate_is_a_dash(client: Client, district: SmallDistrict) -> None:
    page = client.get(reverse("assessments:return"))
    assert f"Nobody on file in “tuberculosis”: {district.centre.name}." in page.context["nobody"]
    assert not any("hypertension" in sentence for sentence in page.context["nobody"])


def test_workbook_holds_what_the_page_shows(client: Client, district: SmallDistrict) -> None:
    answer = client.get(reverse("assessments:return_file"))
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    labels = [cell.value for cell in sheet[HEADS]][1:]
    centre, total = ([cell.value for cell in sheet[HEADS + row]] for row in (1, 2))
    assert (centre[0], total[0]) == (district.centre.name, "Total")
    signed = labels.index("signed") + 1
    assert (total[signed], total[signed + 1]) == (3, 60)
    texts = client.get(reverse("assessments:return")).context["table"]["total"][1]
    for value, text in zip(total[1:], texts, strict=True):
        assert value == text or float(value) == float(text.rstrip("%").replace(",", ""))


def test_team_has_no_return(client: Client, district: SmallDistrict) -> None:
    assert client.get(reverse("assessments:return"), {"team": "T1"}).status_code == 404


def test_fees_are_counted_once_and_anew_for_the_next_revision(district: SmallDistrict) -> None:
    monthly_return(selection())
    with CaptureQueriesContext(connection) as captured:
        monthly_return(selection())
    assert not [row for row in captured if "contracts_charge" in row["sql"]]
    with transaction.atomic():
        Charge.objects.filter(payer="resident").update(amount=50)
        compute(month=OCTOBER)
        assert monthly_return(selection()).total.payers["resident"] == 50
        transaction.set_rollback(True)


def test_statement_over_whole_tables_leaves_the_next_ones_as_they_were(db: None) -> None:
    with whole_tables() as cursor:
        cursor.execute("show enable_nestloop")
        assert cursor.fetchone() == ("off",)
    with connection.cursor() as cursor:
        cursor.execute("show enable_nestloop")
        assert cursor.fetchone() == ("on",)


def test_paper_has_every_column_of_the_page_in_parts_that_fit(client: Client) -> None:
    context = client.get(reverse("assessments:return")).context
    whole, parts = context["table"], context["parts"]
    assert len(parts) > 1
    assert all(len(part["labels"]) <= PAPER_COLUMNS for part in parts)
    for name in ("groups", "labels"):
        assert [item for part in parts for item in part[name]] == whole[name]
    for rows in zip(whole["lines"], *(part["lines"] for part in parts), strict=True):
        assert {name for name, _texts in rows} == {rows[0][0]}
        assert [text for _name, texts in rows[1:] for text in texts] == rows[0][1]
    assert [text for part in parts for text in part["total"][1]] == whole["total"][1]
