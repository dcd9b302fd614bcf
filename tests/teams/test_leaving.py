"""Fields left: what is wrong is told before the form is sent, only of the fields asked about, and nothing is done."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.db import connection, transaction
from django.test import Client, RequestFactory

from residents.copies import fingerprint
from residents.models import Resident
from teams.actions.submissions import fresh_key
from teams.leaving import HEADER, WATCHED, left, watch
from teams.models import Division, Role, User
from tests import factories

pytestmark = pytest.mark.django_db

NUMBER, WRONG = "341204196005170029", "341204196005170028"


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = date(2018, 12, 20)


@pytest.fixture
def clerk(client: Client) -> User:
    user = factories.make_user(Role.CLERK, institution=factories.centre())
    client.force_login(user)
    return user


@pytest.fixture
def resident(clerk: User) -> Resident:
    return factories.make_resident(name="张秀英")


def typed(resident: Resident, **fields: str) -> dict[str, str]:
    sent = {"seen": fingerprint(resident), "name": resident.name, "address": resident.address}
    return sent | {"submission": fresh_key()} | fields


def ask(client: Client, page: str, names: str, fields: dict[str, str]) -> Any:
    return client.post(page, fields, headers={HEADER: names, "hx-request": "true"})


def asked(client: Client, page: str, names: str, fields: dict[str, str]) -> str:
    answer = ask(client, page, names, fields)
    assert (answer.status_code, answer.headers[HEADER]) == (200, names)
    return str(answer.content.decode())


def rows() -> dict[str, int]:
    """How many rows every table has."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select count(*) from "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def test_wrong_field_is_told_as_the_sent_form_tells_it(client: Client, resident: Resident) -> None:
    page = f"/people/{resident.pk}/edit/"
    told = asked(client, page, "id_number", typed(resident, id_number=WRONG, name=""))
    sent = client.post(page, typed(resident, id_number=WRONG, name="")).content.decode()
    error = sent[sent.index('<ul class="errorlist" id="id_id_number_error">') :].partition("</ul>")[0]
    assert error in told
    assert told.count("<div") == told.count("errorlist") == 1  # the name is empty, too: it was not asked about
    assert 'id="id_id_number_told" aria-live="polite"' in client.get(page).content.decode()


def test_mended_field_is_told_of_no_more(client: Client, resident: Resident) -> None:
    told = asked(client, f"/people/{resident.pk}/edit/", "id_number name", typed(resident, id_number=NUMBER))
    assert '<div id="id_id_number_told" hx-swap-oob="innerHTML"></div>' in told
    assert "errorlist" not in told


def test_asking_writes_nothing_and_leaves_the_key_for_the_form(client: Client, resident: Resident) -> None:
    page, fields = f"/people/{resident.pk}/edit/", typed(resident, name="张秀莹", address="新")
    before = rows()
    asked(client, page, "name address", fields)
    assert rows() == before
    resident.refresh_from_db()
    assert resident.name == "张秀英"

    client.post(page, fields)
    resident.refresh_from_db()
    assert (resident.name, resident.address) == ("张秀莹", "新")


def test_what_a_view_or_a_form_wrote_on_the_way_is_taken_back() -> None:
    class Careless(forms.Form):
        name = forms.CharField()

        def clean_name(self) -> str:
            factories.make_village()
            return ""

    request = RequestFactory().post("/", {"name": "a"}, headers={HEADER: "name"})
    with transaction.atomic():
        factories.make_village()
        assert left(request, Careless(request.POST)) is not None
    assert not Division.objects.filter(level=Division.Level.VILLAGE).exists()
    assert not connection.needs_rollback


def test_form_that_is_sent_or_shown_is_not_answered() -> None:
    form = forms.Form({})
    assert left(RequestFactory().post("/"), form) is None
    assert left(RequestFactory().get("/", headers={HEADER: "name"}), form) is None


@pytest.mark.parametrize("names", ["nothing", "name nothing", "seen"])
def test_unknown_or_hidden_field_is_a_bad_request(client: Client, resident: Resident, names: str) -> None:
    assert ask(client, f"/people/{resident.pk}/edit/", names, typed(resident)).status_code == 400


def test_asking_needs_what_sending_needs(resident: Resident) -> None:
    page, fields = f"/people/{resident.pk}/edit/", typed(resident)
    for role, status in ((Role.AUDITOR, 403), (Role.CLERK, 404)):
        client = Client()
        client.force_login(factories.make_user(role, institution=factories.make_institution()))
        assert ask(client, page, "name", fields).status_code == status
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.make_user(Role.CLERK, institution=factories.centre()))
    assert ask(strict, page, "name", fields).status_code == 403


def test_ended_session_gives_no_answer_that_the_page_takes(resident: Resident) -> None:
    assert HEADER not in ask(Client(), f"/people/{resident.pk}/edit/", "name", typed(resident)).headers


def test_what_two_fields_say_together_is_told_at_the_field_it_belongs_to(client: Client, resident: Resident) -> None:
    page, fields = f"/people/{resident.pk}/household/", {"choice": "join", "number": "", "submission": fresh_key()}
    assert "errorlist" not in asked(client, page, "choice", fields)
    assert "errorlist" in asked(client, page, "choice number", fields)
    assert "errorlist" not in asked(client, page, "choice number", fields | {"choice": "none"})


def test_what_is_asked_again_at_sending_is_not_asked_before(client: Client, clerk: User, resident: Resident) -> None:
    factories.make_item("BP", kind="blood_pressure")
    page = f"/due/{resident.pk}/record/?item=BP"
    unusual = {"performed_on": "2018-12-20", "systolic": "190", "diastolic": "185", "submission": fresh_key()}
    assert "errorlist" not in asked(client, page, "systolic diastolic", unusual)
    assert "errorlist" in asked(client, page, "diastolic", unusual | {"diastolic": "195"})
    assert client.post(page, unusual).context["form"].doubts


@pytest.mark.parametrize("secret", [forms.CharField(widget=forms.PasswordInput), forms.FileField()])
def test_form_with_a_password_or_a_file_waits_until_it_is_sent(secret: forms.Field) -> None:
    class Secret(forms.Form):
        name = forms.CharField()
        extra = secret

    assert [field.template_name for field in watch(Secret()).fields.values()] == [None, None]
    request = RequestFactory().post("/", {"name": "a"}, headers={HEADER: "name"})
    answer = left(request, Secret(request.POST))
    assert answer is not None
    assert answer.status_code == 400


def test_hidden_and_fixed_fields_are_not_watched() -> None:
    class Mixed(forms.Form):
        name = forms.CharField()
        key = forms.CharField(widget=forms.HiddenInput)
        code = forms.CharField(disabled=True)

    assert [field.template_name for field in watch(Mixed()).fields.values()] == [WATCHED, None, None]
