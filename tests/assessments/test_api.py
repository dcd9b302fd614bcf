"""The read-only API: the same figures as the pages, in pages, and not sent again unchanged."""

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from assessments.actions.freezing import freeze
from assessments.actions.months import compute
from assessments.models import Figure, Target
from teams.models import Role, User
from teams.models.accounts import SYSTEM
from teams.rates import rate
from tests.accounts import make_account
from tests.factories import make_doctor, make_resident
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

pytestmark = pytest.mark.django_db
FIGURES = "/api/v1/figures/"


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SmallDistrict]:
    """The small district with September and October, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_small_district()
        for month in (date(2018, 9, 1), OCTOBER):
            compute(month=month)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def reader(district: SmallDistrict) -> Client:
    return signed_in(Role.OFFICIAL)


def signed_in(role: Role, **fields: object) -> Client:
    client = Client()
    client.force_login(make_account("reader", role, **fields))
    return client


def assert_not_sent_again(client: Client, address: str, first: HttpResponse) -> None:
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_figures_of_a_unit_are_those_of_the_month(reader: Client) -> None:
    answer = reader.get(FIGURES, {"month": "2018-10", "unit": "B"}).json()
    assert (answer["month"], answer["as_of"], answer["frozen"], answer["provisional"]) == (
        "2018-10",
        "2018-10-31",
        False,
        False,
    )
    stored = Figure.objects.filter(revision__month__first_on=OCTOBER, institution__code="B", team_key=0)
    assert answer["count"] == stored.count() == len(answer["figures"])
    for row in answer["figures"]:
        figure = stored.get(indicator=row["indicator"], category=row["category"])
        assert (row["numerator"], row["denominator"]) == (figure.numerator, figure.denominator)


@pytest.mark.parametrize("role", Role)
def test_account_gets_what_its_pages_show_and_no_other_place(district: SmallDistrict, role: Role) -> None:
    client = client_of(role, district)
    found = {True: 0, False: 0}
    for place in ({"unit": "B"}, {"unit": "C"}, {"unit": "V"}, {"team": "T1"}, {"team": "T2"}):
        for indicator in ("coverage", "unserved", "item_completion"):
            asked = {"month": "2018-10", **place}
            page = client.get(f"/figures/{indicator}/", asked)
            answer = client.get(FIGURES, {**asked, "indicator": indicator, "category": "all"})
            assert answer.status_code == page.status_code
            found[page.status_code == 200] += 1
            if page.status_code == 200:
                (row,), shown = answer.json()["figures"], page.context["figure"]
                counts = (shown["numerator_text"], shown["denominator_text"])
                assert (f"{row['numerator']:,}", f"{row['denominator']:,}") == counts
    assert found[True]
    assert bool(found[False]) == (role in (Role.CLERK, Role.DOCTOR))


def client_of(role: Role, district: SmallDistrict) -> Client:
    """Signed in with the role where it works: at the centre, in its team, or at the bureau."""
    client = Client()
    if role == Role.DOCTOR:
        client.force_login(make_doctor(district.team))
    else:
        at = district.centre if role == Role.CLERK else district.bureau
        client.force_login(make_account("reader", role, institution=at))
    return client


def test_rate_is_text_with_two_places_or_nothing(reader: Client) -> None:
    rows = reader.get(FIGURES, {"unit": "B"}).json()["figures"]
    for row in rows:
        if row["indicator"] != "visit_cost":
            value = rate(row["numerator"], row["denominator"])
            assert row["rate"] == (None if value is None else str(value))


def test_units_below_come_with_institutions_and_teams(reader: Client) -> None:
    query = {"unit": "C", "below": "1", "indicator": "coverage", "category": "all"}
    rows = reader.get(FIGURES, query).json()["figures"]
    assert [(row["unit"], row["team"]) for row in rows] == [("C", "T1"), ("C", "T2"), ("V", "")]


def test_pages_follow_each_other_and_hold_every_figure_once(reader: Client) -> None:
    address, seen = f"{FIGURES}?unit=B&page_size=40", []
    while address:
        answer = reader.get(address).json()
        seen += [(row["indicator"], row["category"]) for row in answer["figures"]]
        address = answer["next"]
    assert len(seen) == len(set(seen)) == answer["count"] > 40


def test_unchanged_month_is_not_sent_again_and_a_new_revision_is(reader: Client, district: SmallDistrict) -> None:
    first = reader.get(FIGURES, {"unit": "B"})
    again = reader.get(FIGURES, {"unit": "B"}, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_resident(village=district.village)
    compute(month=OCTOBER)
    later = reader.get(FIGURES, {"unit": "B"}, headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200 and later["ETag"] != first["ETag"]


def test_definitions_and_their_language_have_an_etag(reader: Client) -> None:
    first = reader.get("/api/v1/indicators/")
    assert_not_sent_again(reader, "/api/v1/indicators/", first)
    assert_not_sent_again(reader, "/api/v1/schema/", reader.get("/api/v1/schema/"))
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert reader.get("/api/v1/indicators/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_targets_are_sent_again_when_one_that_is_seen_changes(district: SmallDistrict) -> None:
    target = Target.objects.create(indicator="coverage", year=2018, rate=35)
    hidden = Target.objects.create(
        indicator="coverage", year=2018, scope="institution", institution=district.hospital, rate=40
    )
    clerk, address = signed_in(Role.CLERK, institution=district.centre), "/api/v1/targets/?year=2018"
    first = clerk.get(address)
    hidden.delete()
    assert_not_sent_again(clerk, address, first)
    Target.objects.filter(pk=target.pk).update(rate=36)
    later = clerk.get(address, headers={"If-None-Match": first["ETag"]})
    assert (later.status_code, later.json()["results"][0]["rate"]) == (200, "36.00")


def test_closing_a_month_is_told_though_its_revision_stays(reader: Client, district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    first = reader.get(FIGURES, {"unit": "B"})
    freeze(revision=revision, by=SYSTEM)
    later = reader.get(FIGURES, {"unit": "B"}, headers={"If-None-Match": first["ETag"]})
    assert (later.status_code, later.json()["frozen"]) == (200, True)


def test_etag_is_of_the_place_that_the_account_sees(district: SmallDistrict) -> None:
    clerk = signed_in(Role.CLERK, institution=district.centre)
    first = clerk.get(FIGURES, {"month": "2018-10"})
    assert_not_sent_again(clerk, f"{FIGURES}?month=2018-10", first)
    User.objects.filter(username="reader").update(institution=district.clinic)
    later = clerk.get(FIGURES, {"month": "2018-10"}, headers={"If-None-Match": first["ETag"]})
    assert (later.status_code, later.json()["figures"][0]["unit"]) == (200, "V")


def test_etag_is_of_one_account(reader: Client, district: SmallDistrict) -> None:
    other = Client()
    other.force_login(make_account("other", Role.AUDITOR))
    assert reader.get(FIGURES, {"unit": "B"})["ETag"] != other.get(FIGURES, {"unit": "B"})["ETag"]


def test_frozen_month_is_told_as_frozen_and_as_known_now(reader: Client, district: SmallDistrict) -> None:
    frozen = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    make_resident(village=district.village)
    compute(month=OCTOBER)
    query = {"unit": "B", "indicator": "coverage", "category": "all"}
    then, now = (reader.get(FIGURES, query | known).json() for known in ({}, {"known": "now"}))
    assert (then["frozen"], then["figures"][0]["denominator"]) == (True, 5)
    assert (now["frozen"], now["figures"][0]["denominator"]) == (False, 6)
    listed = reader.get("/api/v1/months/").json()["results"]
    assert [(row["month"], row["sha256"]) for row in listed] == [("2018-10", frozen.sha256), ("2018-09", "")]


def test_indicators_are_told_with_their_definitions(reader: Client) -> None:
    answer = reader.get("/api/v1/indicators/").json()
    assert {"coverage", "unserved", "visit_cost"} <= {row["code"] for row in answer}
    assert all(row["numerator"] and row["denominator"] and row["origin"] for row in answer)


def test_targets_are_the_districts_and_those_of_seen_institutions(district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, rate=35)
    for institution in (district.centre, district.hospital):
        Target.objects.create(indicator="coverage", year=2018, scope="institution", institution=institution, rate=40)
    clerk = signed_in(Role.CLERK, institution=district.centre)
    rows = clerk.get("/api/v1/targets/", {"year": "2018"}).json()["results"]
    assert [(row["scope"], row["institution"], row["rate"]) for row in rows] == [
        ("all", None, "35.00"),
        ("institution", "C", "40.00"),
    ]
    assert clerk.get("/api/v1/targets/", {"year": "x"}).json()["count"] == 0


def test_month_that_was_never_computed_is_not_found(reader: Client) -> None:
    assert reader.get(FIGURES, {"month": "2017-01"}).status_code == 404


def test_description_of_the_api_is_valid_and_whole() -> None:
    described = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=described)
    for path in ("figures", "indicators", "months", "targets"):
        assert f"/api/v1/{path}/:" in described.getvalue()
