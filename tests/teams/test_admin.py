"""The administration: reference tables, for administrators of the district; changes keep who and from where."""

import pghistory.models
import pytest
from django.contrib import admin
from django.test import Client

from assessments.models import Population
from teams.models import AuditEvent, Role, User
from tests import factories
from tests.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make_account("administrator", Role.ADMINISTRATOR))
    return client


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_table_opens(administrator: Client, model: type) -> None:
    assert administrator.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").status_code == 200


def test_no_person_is_in_the_administration() -> None:
    tables = {model._meta.label for model in admin.site._registry}
    assert tables.isdisjoint({"residents.Resident", "contracts.Contract", "teams.Staff", "teams.Import", "teams.User"})


@pytest.mark.parametrize("roles", [(Role.CLERK,), (Role.OFFICIAL,), (Role.AUDITOR,), (Role.ADMINISTRATOR,)])
def test_administration_is_refused_to_all_but_administrators_of_the_district(client: Client, roles: tuple) -> None:
    client.force_login(make_account("zhou", *roles, institution=factories.centre()))
    for address in ("/admin/", "/admin/login/", "/admin/assessments/population/"):
        assert client.get(address).status_code == 403
    assert AuditEvent.objects.filter(kind="refused", username="zhou").count() == 3


def test_administration_asks_strangers_to_sign_in_on_the_one_page(client: Client) -> None:
    assert client.get("/admin/").headers["Location"] == "/sign-in/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/sign-in/?next=/admin/"


def test_change_leaves_the_old_row_with_account_page_and_address(administrator: Client) -> None:
    row = Population.objects.create(institution=factories.centre(), year=2018, count=65)
    address = f"/admin/assessments/population/{row.pk}/change/"
    fields = {"institution": row.institution_id, "year": 2018, "category": "all", "count": 60}
    assert administrator.post(address, fields, REMOTE_ADDR="10.1.2.3").status_code == 302
    event = row.events.get()
    context = pghistory.models.Context.objects.get(pk=event.pgh_context_id).metadata
    assert event.count == 65
    assert context["address"] == "10.1.2.3"
    assert context["url"] == address
    assert context["user"] == User.objects.get(username="administrator").pk


def test_audit_trail_is_read_only(administrator: Client) -> None:
    event = AuditEvent.objects.get(kind="log_in")
    assert administrator.get(f"/admin/teams/auditevent/{event.pk}/change/").status_code == 200
    assert administrator.get(f"/admin/teams/auditevent/{event.pk}/delete/").status_code == 403
    assert administrator.get("/admin/teams/auditevent/add/").status_code == 403


def test_exported_cell_that_looks_like_a_formula_is_neutralised(administrator: Client) -> None:
    factories.make_village(name="=HYPERLINK(1)")
    response = administrator.get("/admin/teams/division/export/")
    assert "csv" in response.headers["Content-Type"]
    assert b",=HYPERLINK" not in response.content
