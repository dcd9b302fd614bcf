"""Changing, closing and opening accounts again, and their passwords: who may, what ends, who is left."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from teams.actions.accounts import (
    EDITED,
    close_account,
    edit_account,
    fresh_password,
    give_password,
    open_account,
    reopen_account,
)
from teams.actions.tokens import account_of, create_token
from teams.copies import fingerprint
from teams.models import AuditEvent, Role, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests import factories
from tests.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = date(2018, 12, 20)


@pytest.fixture
def admin() -> User:
    return make_account("admin", Role.ADMINISTRATOR)


@pytest.fixture
def clerk() -> User:
    return make_account("zhou", Role.CLERK, institution=factories.centre(), first_name="周敏")


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as refusal:
        do()
    return refusal.value.code


def edit(account: User, *, by: User, **changes: object) -> User:
    fields: dict = {
        "name": account.first_name,
        "institution": account.institution,
        "roles": [Role(role) for role in account.roles],
        "staff": account.staff,
        "seen": fingerprint(account, EDITED),
    }
    return edit_account(account=account, by=by, **fields | changes)


def said() -> list[str]:
    """What the lines of the audit trail about accounts say."""
    return list(AuditEvent.objects.filter(kind=AuditEvent.Kind.ACCOUNT).values_list("what", flat=True))


# Passwords


def test_made_passwords_differ_and_are_read_from_paper_without_doubt() -> None:
    made = {fresh_password() for _number in range(50)}
    assert len(made) == 50
    assert all(len(each) == 19 and not set(each) & set("ilo01") for each in made)


def test_opened_account_has_a_password_that_stands_nowhere_in_clear(admin: User) -> None:
    holding: dict = {"institution": factories.centre(), "roles": [Role.CLERK], "staff": None}
    account, password = open_account(username="wu", name="吴敏", by=admin, **holding)
    account.refresh_from_db()
    assert account.check_password(password)
    assert (account.must_change_password, account.opened_by, account.first_name) == (True, admin, "吴敏")
    assert said() == [f"user {account.pk}: clerk"]
    assert password not in str(list(AuditEvent.objects.values())) + str(User.objects.filter(pk=account.pk).values())


def test_given_password_ends_the_sessions_and_must_be_changed(client: Client, admin: User, clerk: User) -> None:
    client.force_login(clerk)
    password = give_password(account=clerk, by=admin)
    assert client.get("/overview/").headers["Location"].startswith("/sign-in/")
    clerk.refresh_from_db()
    assert clerk.check_password(password)
    assert clerk.must_change_password
    assert said() == [f"user {clerk.pk}: new password"]


def test_nobody_gives_themself_a_password_and_no_closed_account_gets_one(admin: User, clerk: User) -> None:
    assert refused(lambda: give_password(account=admin, by=admin)) == "account.own_password"
    close_account(account=clerk, reason="调离", by=admin)
    assert refused(lambda: give_password(account=clerk, by=admin)) == "account.closed_password"


# Changing what an account holds


def test_changed_account_is_told_in_the_audit_trail_and_kept_in_the_history(admin: User, clerk: User) -> None:
    staff = factories.make_staff(staff_no="S-9")
    changed = edit(clerk, by=admin, roles=[Role.CLERK, Role.DOCTOR], staff=staff, name="")
    assert (changed.roles, changed.staff, changed.first_name) == (["clerk", "doctor"], staff, staff.name)
    assert said() == [f"user {clerk.pk}: clerk C -> clerk, doctor C S-9"]
    old = User.pgh_event_model.objects.get(pgh_obj=clerk.pk)  # type: ignore[attr-defined]
    assert (old.roles, old.pgh_context.metadata["action"]) == (["clerk"], "teams.edit_account")


def test_old_copy_of_an_account_is_refused(admin: User, clerk: User) -> None:
    seen = fingerprint(clerk, EDITED)
    edit(clerk, by=admin, roles=[Role.OFFICIAL])
    assert refused(lambda: edit(clerk, by=admin, seen=seen, name="周")) == "account.stale"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": []}, "account.no_role"),
        ({"roles": [Role.DOCTOR]}, "account.doctor_without_staff"),
    ],
)
def test_account_cannot_be_changed_into_what_is_not_made(admin: User, clerk: User, changes: dict, code: str) -> None:
    assert refused(lambda: edit(clerk, by=admin, **changes)) == code


def test_staff_member_has_one_account_and_none_after_leaving(admin: User, clerk: User) -> None:
    staff = factories.make_staff()
    make_account("li", Role.DOCTOR, institution=factories.centre(), staff=staff)
    assert refused(lambda: edit(clerk, by=admin, staff=staff)) == "account.staff_taken"
    gone = factories.make_staff()
    gone.left_on = date(2018, 12, 20)
    gone.save()
    assert refused(lambda: edit(clerk, by=admin, staff=gone)) == "account.staff_left"


def test_account_of_who_left_can_still_be_changed(admin: User) -> None:
    staff = factories.make_staff()
    account = make_account("li", Role.DOCTOR, Role.CLERK, institution=factories.centre(), staff=staff)
    staff.left_on = date(2018, 5, 1)
    staff.save()
    assert edit(account, by=admin, roles=[Role.CLERK]).roles == ["clerk"]


def test_administrator_of_a_centre_changes_its_accounts_and_moves_none_away(clerk: User) -> None:
    head = make_account("head", Role.ADMINISTRATOR, institution=factories.centre())
    assert edit(clerk, by=head, name="周").first_name == "周"
    clerk.refresh_from_db()
    assert refused(lambda: edit(clerk, by=head, institution=None)) == "account.outside"
    other = make_account("wu", Role.CLERK, institution=factories.make_institution())
    for do in (
        lambda: edit(other, by=head, institution=factories.centre()),
        lambda: give_password(account=other, by=head),
        lambda: close_account(account=other, reason="调离", by=head),
    ):
        assert refused(do) == "account.outside"
    assert refused(lambda: close_account(account=other, reason="调离", by=clerk)) == "account.not_allowed"


# Closing, and who is left


def test_closed_account_s_session_and_keys_open_nothing(client: Client, admin: User, clerk: User) -> None:
    client.force_login(clerk)
    key = create_token(user=clerk, name="till", by=SYSTEM)
    close_account(account=clerk, reason="离职 13905580123", by=admin)
    assert client.get("/overview/").headers["Location"].startswith("/sign-in/")
    assert Client().get("/api/v1/months/", headers={"authorization": f"Bearer {key}"}).status_code == 401
    line = AuditEvent.objects.order_by("-id").first()
    assert line is not None
    assert (line.what, line.reason) == (f"user {clerk.pk}: closed", "离职 ***")

    reopen_account(account=clerk, by=admin)
    assert account_of(key) == clerk
    assert refused(lambda: reopen_account(account=clerk, by=admin)) == "account.open"


def test_account_is_closed_once_with_a_reason(admin: User, clerk: User) -> None:
    assert refused(lambda: close_account(account=clerk, reason=" ", by=admin)) == "account.reason"
    close_account(account=clerk, reason="调离", by=admin)
    assert refused(lambda: close_account(account=clerk, reason="调离", by=admin)) == "account.closed"


def test_administrator_neither_closes_nor_demotes_nor_moves_themself(admin: User) -> None:
    make_account("second", Role.ADMINISTRATOR, institution=factories.bureau())
    assert refused(lambda: close_account(account=admin, reason="调离", by=admin)) == "account.own"
    assert refused(lambda: edit(admin, by=admin, roles=[Role.OFFICIAL])) == "account.own"
    assert refused(lambda: edit(admin, by=admin, institution=factories.centre())) == "account.own"
    assert edit(admin, by=admin, name="管理员", roles=[Role.ADMINISTRATOR, Role.OFFICIAL]).first_name == "管理员"


@pytest.mark.parametrize("others", [[], [{"is_active": False}], [{"institution": "centre"}]])
def test_bureau_keeps_its_last_administrator(admin: User, others: list[dict]) -> None:
    for fields in others:
        place = {"institution": factories.centre()} if "institution" in fields else {}
        make_account("second", Role.ADMINISTRATOR, **fields | place)
    for do in (
        lambda: close_account(account=admin, reason="调离", by=SYSTEM),
        lambda: edit(admin, by=SYSTEM, roles=[Role.OFFICIAL]),
        lambda: edit(admin, by=SYSTEM, institution=factories.centre()),
    ):
        assert refused(do) == "account.last_administrator"


def test_of_two_administrators_who_close_each_other_one_is_left(admin: User) -> None:
    second = make_account("second", Role.ADMINISTRATOR)
    close_account(account=second, reason="调离", by=admin)
    assert refused(lambda: close_account(account=admin, reason="调离", by=second)) == "account.last_administrator"
