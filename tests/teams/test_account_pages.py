"""The pages of accounts: the list and its states, a password shown once, and what must be done with it first."""

import re
from datetime import date
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client

from teams.actions.accounts import EDITED, close_account, edit_account, give_password
from teams.actions.submissions import fresh_key
from teams.actions.tokens import create_token
from teams.copies import fingerprint
from teams.models import AuditEvent, Role, User
from teams.models.accounts import SYSTEM
from tests import factories
from tests.accounts import make_account
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

PAGE = "/accounts/"
OWN = {"new_password1": "quiet-river-17", "new_password2": "quiet-river-17"}


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = date(2018, 12, 20)


@pytest.fixture
def admin(client: Client) -> User:
    account = make_account("admin", Role.ADMINISTRATOR)
    client.force_login(account)
    return account


@pytest.fixture
def clerk() -> User:
    return factories.make_user(Role.CLERK, username="zhou", institution=factories.centre(), first_name="周敏")


def listed(client: Client, query: str = "") -> list[str]:
    """The user names on the page."""
    return [row.cells["username"].text for row in client.get(PAGE + query).context["list"]["rows"]]


def shown_password(page: Any) -> str:
    found = re.search(r'<code id="password">([\w-]+)</code>', page.content.decode())
    return found[1] if found else ""


def new(**fields: object) -> dict[str, object]:
    made = {"username": "wu", "name": "吴敏", "institution": "bureau", "roles": ["clerk"]}
    return made | {"submission": fresh_key()} | fields


def signed_in(username: str, password: str) -> Client:
    client = Client()
    response = client.post("/sign-in/", {"username": username, "password": password})
    assert response.status_code == 302
    return client


def held(account: User, **fields: object) -> dict[str, object]:
    account.refresh_from_db()
    return {
        "seen": fingerprint(account, EDITED),
        "submission": fresh_key(),
        "institution": account.institution_id or "bureau",
        "name": account.first_name,
        "roles": account.roles,
    } | fields


# The list


def test_list_tells_of_each_account_what_it_is(client: Client, admin: User, clerk: User) -> None:
    page = client.get(PAGE).content.decode()
    for text in ("zhou", "周敏", factories.centre().name, 'class="chip good"'):
        assert text in page


def test_filters_leave_the_accounts_that_they_name(client: Client, admin: User, clerk: User) -> None:
    closed = make_account("gone", Role.AUDITOR, institution=factories.bureau(), is_active=False)
    waiting = make_account("new", Role.CLERK, Role.OFFICIAL, must_change_password=True)
    staff = factories.make_staff(staff_no="S-77")
    staff.left_on = date(2018, 5, 1)
    staff.save()
    left = make_account("li", Role.DOCTOR, institution=factories.centre(), staff=staff)
    for query, names in {
        "q=ZHO": [clerk.username],
        "q=周": [clerk.username],
        "q=s-77": [left.username],
        f"institution={factories.centre().pk}": [left.username, clerk.username],
        "institution=bureau": [admin.username, closed.username, waiting.username],
        "role=official": [waiting.username],
        "state=open": [admin.username, left.username, waiting.username, clerk.username],
        "state=closed": [closed.username],
        "state=waiting": [waiting.username],
        "state=left": [left.username],
        "state=locked": [],
        "state=nonsense&institution=x": [each.username for each in User.objects.order_by("username")],
    }.items():
        assert listed(client, f"?{query}") == names, query


def test_account_of_who_left_is_asked_to_be_closed(client: Client, admin: User) -> None:
    staff = factories.make_staff()
    account = make_account("li", Role.DOCTOR, institution=factories.centre(), staff=staff)
    for left_on, is_asked in ((date(2018, 12, 21), False), (date(2018, 12, 20), True)):
        staff.left_on = left_on
        staff.save()
        assert (f"{PAGE}{account.pk}/#close" in client.get(PAGE).content.decode()) is is_asked
    close_account(account=account, reason="离职", by=admin)
    assert "#close" not in client.get(PAGE).content.decode()


def test_administrator_of_a_centre_sees_its_accounts_only(client: Client, clerk: User) -> None:
    client.force_login(make_account("head", Role.ADMINISTRATOR, institution=factories.centre()))
    other = make_account("wu", Role.CLERK, institution=factories.make_institution())
    bureau = make_account("official", Role.OFFICIAL)
    assert listed(client) == ["head", "zhou"]
    for unseen in (other, bureau):
        assert client.get(f"{PAGE}{unseen.pk}/").status_code == 404
        assert client.post(f"{PAGE}{unseen.pk}/close/", {"reason": "x"}).status_code == 404


def test_list_asks_the_database_as_often_for_many_accounts(
    client: Client, admin: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        staff = factories.make_staff()
        make_account(f"u{number}", Role.DOCTOR, institution=factories.make_institution(), staff=staff)
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)


# A new account, and its first sign-in


def test_password_is_shown_once_and_in_no_other_place(client: Client, admin: User) -> None:
    page = client.post(f"{PAGE}new/", new(institution=factories.centre().pk))
    password, account = shown_password(page), User.objects.get(username="wu")
    assert account.check_password(password)
    assert "no-store" in page.headers["Cache-Control"]
    assert password not in client.get(f"{PAGE}{account.pk}/").content.decode()
    assert password not in str(list(AuditEvent.objects.values()))


def test_form_sent_twice_makes_one_account_and_shows_its_password_once(client: Client, admin: User) -> None:
    fields = new()
    assert shown_password(client.post(f"{PAGE}new/", fields))
    again = client.post(f"{PAGE}new/", fields)
    assert again.headers["Location"] == f"{PAGE}{User.objects.get(username='wu').pk}/"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"username": "zhou"}, None),
        ({"username": "34120419600517002X"}, "username"),
        ({"username": "two words"}, "username"),
        ({"institution": ""}, "institution"),
        ({"roles": []}, "roles"),
        ({"roles": ["doctor"]}, "staff"),
        ({"staff": "nobody"}, "staff"),
        ({"name": ""}, "name"),
    ],
)
def test_faults_stand_at_their_fields(
    client: Client, admin: User, clerk: User, fields: dict, field: str | None
) -> None:
    page = client.post(f"{PAGE}new/", new(**fields))
    assert list(page.context["form"].errors) == [field or "__all__"]
    assert User.objects.count() == 2


def test_typed_staff_number_tells_whose_it_is(client: Client, admin: User) -> None:
    staff = factories.make_staff(staff_no="S-77", name="李医生")
    make_account("li", Role.DOCTOR, institution=factories.centre(), staff=staff)
    told = client.get(f"{PAGE}staff/", {"staff": "S-77"}).content.decode()
    for text in ("李医生", factories.centre().name, "li"):
        assert text in told
    assert "李医生" not in client.get(f"{PAGE}staff/", {"staff": "S-78"}).content.decode()


def test_new_person_chooses_an_own_password_before_anything_else(client: Client, admin: User) -> None:
    password = shown_password(client.post(f"{PAGE}new/", new(institution=factories.centre().pk)))
    person = signed_in("wu", password)
    for path in ("/", "/today/", "/people/", "/api/v1/months/"):
        assert person.get(path).headers["Location"] == "/password/", path
    assert person.get("/today/", headers={"hx-request": "true"}).headers["HX-Redirect"] == "/password/"
    assert not person.get("/password/").context["nav"]
    same = person.post("/password/", {"new_password1": password, "new_password2": password})
    assert same.context["form"].errors["new_password1"]

    assert person.post("/password/", OWN).headers["Location"] == "/"
    assert person.get("/", follow=True).redirect_chain[-1][0] == "/today/"
    account = User.objects.get(username="wu")
    assert account.check_password("quiet-river-17")
    assert not account.must_change_password


def test_person_may_sign_out_and_switch_the_language_before_choosing(clerk: User) -> None:
    person = signed_in("zhou", give_password(account=clerk, by=SYSTEM))
    assert person.post("/language/", {"language": "en", "next": "/password/"}).headers["Location"] == "/password/"
    assert person.post("/sign-out/").headers["Location"] == "/sign-in/"


def test_form_of_passwords_speaks_as_the_other_pages_do(clerk: User, settings: Any) -> None:
    person = Client()
    person.force_login(clerk)
    page = person.post("/password/", OWN | {"old_password": "no"})
    assert list(page.context["form"].errors) == ["old_password"]
    said = page.content.decode()
    assert "你" not in said and "至少 10 个字符" in said
    settings.AUTH_PASSWORD_VALIDATORS = [
        each | {"OPTIONS": {"min_length": 14} if "Length" in each["NAME"] else {}}
        for each in settings.AUTH_PASSWORD_VALIDATORS
    ]
    assert "至少 14 个字符" in person.get("/password/").content.decode()


def test_keys_work_while_the_owner_has_a_given_password(clerk: User) -> None:
    key = create_token(user=clerk, name="till", by=SYSTEM)
    give_password(account=clerk, by=SYSTEM)
    assert Client().get("/api/v1/months/", headers={"authorization": f"Bearer {key}"}).status_code == 200


# One account


def test_account_is_changed_on_its_page_and_the_page_tells_who_did_it(client: Client, admin: User, clerk: User) -> None:
    address = f"{PAGE}{clerk.pk}/"
    assert client.post(address, held(clerk, roles=["clerk", "official"])).headers["Location"] == address
    changes = client.get(address).context["changes"]
    assert [(change["by"], change["address"]) for change in changes] == [("admin", "127.0.0.1")]
    assert len(changes[0]["fields"]) == 1


def test_slower_of_two_sees_the_difference_and_goes_on(client: Client, admin: User, clerk: User) -> None:
    address, opened = f"{PAGE}{clerk.pk}/", held(clerk, name="周小敏")
    edit_account(
        account=clerk,
        seen=str(opened["seen"]),
        name="周敏",
        institution=clerk.institution,
        roles=[Role.OFFICIAL],
        staff=None,
        by=SYSTEM,
    )
    page = client.post(address, opened)
    (line,) = page.context["stale"]["lines"]
    assert (line["field"], line["is_conflict"]) == ("roles", False)
    form = page.context["form"]
    assert (form["name"].value(), form["roles"].value()) == ("周小敏", ["official"])

    sent = {name: form[name].value() or "" for name in ("seen", "submission", "name", "roles", "institution")}
    assert client.post(address, sent).status_code == 302
    clerk.refresh_from_db()
    assert (clerk.first_name, clerk.roles) == ("周小敏", ["official"])


def test_refusal_stands_at_its_field(client: Client, admin: User) -> None:
    page = client.post(f"{PAGE}{admin.pk}/", held(admin, name="管理员", roles=["official"]))
    assert page.context["form"].errors["roles"]


def test_new_password_is_shown_on_the_answer_alone(client: Client, admin: User, clerk: User) -> None:
    fields = {"submission": fresh_key()}
    password = shown_password(client.post(f"{PAGE}{clerk.pk}/password/", fields))
    clerk.refresh_from_db()
    assert clerk.check_password(password)
    again = client.post(f"{PAGE}{clerk.pk}/password/", fields)
    assert again.headers["Location"] == f"{PAGE}{clerk.pk}/"
    clerk.refresh_from_db()
    assert clerk.check_password(password)


def test_account_is_closed_with_a_reason_and_opened_again(client: Client, admin: User, clerk: User) -> None:
    address = f"{PAGE}{clerk.pk}/"
    for step, fields, is_active in (
        ("close", {"reason": ""}, True),
        ("close", {"reason": "调离"}, False),
        ("reopen", {}, True),
    ):
        response = client.post(f"{address}{step}/", fields | {"submission": fresh_key()})
        assert response.headers["Location"] == address
        clerk.refresh_from_db()
        assert clerk.is_active is is_active, step
    assert [change["reason"] for change in client.get(address).context["changes"]] == ["", "调离"]


def test_locked_account_is_told_and_unlocked(client: Client, admin: User, clerk: User) -> None:
    person = Client(REMOTE_ADDR="10.1.2.3")
    tries = {"username": "zhou", "password": "wrong"}
    assert [person.post("/sign-in/", tries).status_code for _number in range(5)][-1] == 429
    assert listed(client, "?state=locked") == ["zhou"]
    assert client.get(f"{PAGE}{clerk.pk}/").context["is_locked"]

    client.post(f"{PAGE}{clerk.pk}/unlock/", {"submission": fresh_key()})
    assert not AccessAttempt.objects.exists()
    assert person.post("/sign-in/", {"username": "zhou", "password": PASSWORD}).status_code == 302
    assert listed(client, "?state=locked") == []
    [change] = client.get(f"{PAGE}{clerk.pk}/").context["changes"]
    assert (change["by"], bool(change["done"]), change["fields"]) == ("admin", True, [])


def test_history_tells_passwords_chosen_and_given_without_them(client: Client, admin: User, clerk: User) -> None:
    password = give_password(account=clerk, by=admin)
    signed_in("zhou", password).post("/password/", OWN)
    page = client.get(f"{PAGE}{clerk.pk}/")
    assert [change["by"] for change in page.context["changes"]] == ["周敏", "admin"]
    assert all(change["done"] and not change["fields"] for change in page.context["changes"])
    for secret in (password, "pbkdf2", "md5$"):
        assert secret not in page.content.decode()
