"""Accounts: making them, signing in and out, being locked out, the language, the idle session."""

import io
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from teams.actions.accounts import create_account
from teams.models import AuditEvent, Role, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from teams.sign_ins import AccountBackend
from tests import factories
from tests.accounts import make_account
from tests.factories import PASSWORD
from tests.importing import assert_both_languages

pytestmark = pytest.mark.django_db
Kind = AuditEvent.Kind


@pytest.fixture
def clerk() -> User:
    return factories.make_user(Role.CLERK, username="zhou", institution=factories.centre())


def sign_in(client: Client, username: str = "zhou", password: str = PASSWORD, **fields: str) -> object:
    return client.post("/sign-in/", {"username": username, "password": password, **fields}, REMOTE_ADDR="10.1.2.3")


def audited() -> list[tuple[str, int | None, str | None]]:
    return list(AuditEvent.objects.values_list("kind", "user_id", "address"))


# Making accounts


def make(**changes: object) -> User:
    fields: dict = {"username": "liu", "password": "quiet-river-17", "institution": None, "roles": [Role.OFFICIAL]}
    return create_account(**fields | {"by": SYSTEM} | changes)


def test_account_is_made_with_its_roles_and_a_line_in_the_audit_trail() -> None:
    user = make(roles=[Role.OFFICIAL, Role.AUDITOR])
    assert user.roles == ["auditor", "official"]
    assert user.check_password("quiet-river-17")
    event = AuditEvent.objects.get()
    assert (event.kind, event.username, event.what) == ("account", "system", f"user {user.pk}: auditor, official")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "short-1"}, "account.password"),
        ({"password": "password123"}, "account.password"),
        ({"password": "8402746193"}, "account.password"),
        ({"username": "quiet-river", "password": "quiet-river"}, "account.password"),
        ({"roles": []}, "account.no_role"),
        ({"roles": [Role.DOCTOR]}, "account.doctor_without_staff"),
        ({"username": "34120419600517002X"}, "account.identity"),
        ({"username": "two words"}, "account.username"),
    ],
)
def test_account_is_refused_for_its_own_faults(changes: dict, code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        make(**changes)
    assert refusal.value.code == code
    assert not User.objects.exists()


def test_account_of_a_taken_name_is_refused() -> None:
    make()
    with pytest.raises(RuleViolation) as refusal:
        make()
    assert refusal.value.code == "account.exists"


def test_clerk_makes_no_account(clerk: User) -> None:
    with pytest.raises(RuleViolation) as refusal:
        make(by=clerk, institution=clerk.institution)
    assert refusal.value.code == "account.not_allowed"


def test_administrator_of_a_centre_makes_accounts_there_and_nowhere_else() -> None:
    by = make_account("head", Role.ADMINISTRATOR, institution=factories.centre())
    assert make(by=by, institution=factories.centre(), roles=[Role.CLERK]).pk
    for outside in (None, factories.bureau(), factories.make_institution()):
        with pytest.raises(RuleViolation) as refusal:
            make(by=by, institution=outside, username="wu")
        assert refusal.value.code == "account.outside"


def test_staff_member_of_another_institution_is_refused() -> None:
    member = factories.make_staff(institution=factories.make_institution())
    with pytest.raises(RuleViolation) as refusal:
        make(institution=factories.centre(), staff=member)
    assert refusal.value.code == "account.staff_elsewhere"


def test_command_makes_the_first_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("quiet-river-17\n"))
    call_command("create_account", "first", role=["administrator"], password_stdin=True, stdout=io.StringIO())
    user = User.objects.get(username="first")
    assert user.check_password("quiet-river-17")
    assert user.scope.is_district


def test_command_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("quiet-river-17\n" * 2))
    with pytest.raises(CommandError, match="X") as refused:
        call_command("create_account", "first", role=["clerk"], institution="X", password_stdin=True)
    assert_both_languages(str(refused.value))
    with pytest.raises(CommandError):
        call_command("create_account", "first", role=["clerk"], password_stdin=False)


# Signing in and out


def test_sign_in_leads_to_the_start_page_and_is_recorded(client: Client, clerk: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert audited() == [(Kind.LOG_IN, clerk.pk, "10.1.2.3")]


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client: Client, clerk: User) -> None:
    response = client.get("/?month=2018-11")
    assert response.headers["Location"] == "/sign-in/?next=/%3Fmonth%3D2018-11"
    assert sign_in(client, next="/?month=2018-11").headers["Location"] == "/?month=2018-11"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/months/2018-11/?known=now", "/months/2018-11/%3Fknown%3Dnow"),
        ("https://example.org/months/", "/months/2018-11/verify/"),
        ("", "/months/2018-11/verify/"),
    ],
)
def test_form_of_a_lapsed_session_leads_back_to_its_page(client: Client, referer: str, back: str) -> None:
    response = client.post("/months/2018-11/verify/", headers={"referer": referer})
    assert response.headers["Location"] == f"/sign-in/?next={back}"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(client: Client, clerk: User, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere).headers["Location"] == "/"


def test_sign_in_with_a_wrong_password_is_recorded_without_it(client: Client, clerk: User) -> None:
    response = sign_in(client, password="a-wrong-password")
    assert response.status_code == 200
    event = AuditEvent.objects.get()
    assert (event.kind, event.user_id, event.username, event.what) == (Kind.LOG_IN_FAILED, clerk.pk, "zhou", "")


def test_sign_in_with_an_unknown_name_is_recorded_without_the_name(client: Client) -> None:
    sign_in(client, username="my-secret-password")
    event = AuditEvent.objects.get()
    assert (event.kind, event.user_id, event.username) == (Kind.LOG_IN_FAILED, None, "")
    assert event.what.startswith("no such account: ")
    assert "secret" not in event.what
    kept = AccessAttempt.objects.values().get()
    assert "my-secret-password" not in str(kept)
    assert PASSWORD not in str(kept)


def test_sign_out_needs_a_post_and_is_recorded(client: Client, clerk: User) -> None:
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/", REMOTE_ADDR="10.1.2.3").headers["Location"] == "/sign-in/"
    assert audited()[-1] == (Kind.LOG_OUT, clerk.pk, "10.1.2.3")
    assert client.get("/").headers["Location"].startswith("/sign-in/")


def test_sign_in_of_a_closed_account_fails(client: Client, clerk: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 200


def test_password_is_changed_by_its_owner_who_stays_signed_in(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    fields = {"old_password": PASSWORD, "new_password1": "quiet-river-17", "new_password2": "quiet-river-17"}
    assert client.post("/password/", fields).headers["Location"] == "/"
    clerk.refresh_from_db()
    assert clerk.check_password("quiet-river-17")
    assert client.get("/").headers["Location"] != "/sign-in/?next=/"
    assert client.post("/password/", fields | {"old_password": "wrong"}).status_code == 200


def test_account_without_a_role_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(make_account("nobody"))
    assert "registration/no_role.html" in [template.name for template in client.get("/").templates]


def test_demonstration_accounts_are_offered_in_a_demonstration_only(client: Client, settings: object) -> None:
    factories.make_user(Role.OFFICIAL, username="official")
    assert b"shouyue-official-2018" not in client.get("/sign-in/").content
    settings.DEMO = True  # type: ignore[attr-defined]
    page = client.get("/sign-in/").content.decode()
    assert "shouyue-official-2018" in page
    assert 'value="official"' in page
    assert 'value="doctor"' not in page


# Locked out


def test_fifth_failure_locks_the_account_at_that_address(client: Client, clerk: User) -> None:
    statuses = [sign_in(client, password="wrong").status_code for _number in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    assert 0 < int(locked.headers["Retry-After"]) <= 15 * 60
    assert [kind for kind, _user, _address in audited()] == [Kind.LOG_IN_FAILED] * 4 + [Kind.LOCKED_OUT] * 2
    assert not AuditEvent.objects.exclude(user_id=clerk.pk).exists()


def test_lock_of_one_address_does_not_lock_the_others(client: Client, clerk: User) -> None:
    for _number in range(5):
        sign_in(client, password="wrong")
    elsewhere = client.post("/sign-in/", {"username": "zhou", "password": PASSWORD}, REMOTE_ADDR="10.9.9.9")
    assert elsewhere.status_code == 302


def test_lock_ends_after_a_quarter_of_an_hour(client: Client, clerk: User) -> None:
    for _number in range(5):
        sign_in(client, password="wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_try_during_the_lock_does_not_make_it_longer(client: Client, clerk: User) -> None:
    for _number in range(5):
        sign_in(client, password="wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=10))
    assert int(sign_in(client).headers["Retry-After"]) <= 5 * 60


# Sessions and language


def test_session_ends_after_thirty_idle_minutes(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    client.get("/")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert client.session.get_expiry_age() == 30 * 60
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_each_request_puts_off_the_session_s_end(client: Client, clerk: User) -> None:
    from django.contrib.sessions.models import Session

    client.force_login(clerk)
    soon = timezone.now() + timedelta(minutes=1)
    Session.objects.update(expire_date=soon)
    client.get("/")
    assert Session.objects.get().expire_date > soon + timedelta(minutes=28)
    noted = Session.objects.get().expire_date
    client.get("/")
    assert Session.objects.get().expire_date == noted, "written once a minute"


def test_language_is_chinese_until_it_is_switched_and_then_kept(client: Client) -> None:
    assert 'lang="zh-hans"' in client.get("/sign-in/", headers={"accept-language": "en"}).content.decode()
    response = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert response.headers["Location"] == "/sign-in/"
    page = client.get("/sign-in/")
    assert '<html lang="en"' in page.content.decode()
    assert page.headers["Content-Language"] == "en"


def test_fragment_after_the_session_s_end_reloads_the_whole_page(client: Client) -> None:
    response = client.get("/", headers={"hx-request": "true"})
    assert (response.status_code, response.headers["HX-Refresh"]) == (200, "true")
    assert response.content == b""


def test_session_of_a_closed_account_is_nobody_s(django_assert_num_queries: object) -> None:
    account = make_account("o", Role.OFFICIAL)
    backend = AccountBackend()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert backend.get_user(account.pk).institution is None  # type: ignore[union-attr]
    account.is_active = False
    account.save()
    assert backend.get_user(account.pk) is None
    assert backend.get_user(account.pk + 1) is None
