"""Making, changing and closing accounts, and their passwords, which stand in clear only in what is returned here."""

import secrets
from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import TypedDict, Unpack

import pghistory
from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from teams import copies
from teams.actions.audit import blotted, record
from teams.actions.twins import only_one
from teams.history import made_by, note
from teams.models import AuditEvent, Institution, Role, Staff, User
from teams.models.accounts import UNLOCKED, SystemAccount
from teams.rules import (
    RuleViolation,
    check_account_is_present,
    check_can_close_account,
    check_can_create_account,
    check_can_edit_account,
    check_can_give_password,
    check_can_reopen_account,
    check_can_unlock_account,
)
from teams.sign_ins import kept_name

# What the page of an account changes, in the order in which it shows it.
EDITED = ("first_name", "institution_id", "roles", "staff_id")
# Nothing that is mistaken for something else on paper: no i, l, o, 0, 1. Four groups are 79 bits.
LETTERS, GROUPS, GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 4, 4


class Holding(TypedDict):
    """What an account holds. `institution` None: the bureau's root; `staff`: whose it is, of a doctor always."""

    institution: Institution | None
    roles: Collection[Role]
    staff: Staff | None


@transaction.atomic
def create_account(
    *,
    username: str,
    password: str,
    institution: Institution | None,
    roles: Collection[Role],
    staff: Staff | None = None,
    name: str = "",
    must_change_password: bool = False,
    by: User | SystemAccount,
) -> User:
    """Make an account of an institution (None: the bureau's root) that holds the roles.

    Raises RuleViolation: account.not_allowed, .outside, .no_role, .doctor_without_staff, .staff_elsewhere, .staff_left,
    .staff_taken, .identity, .username (malformed), .password (too weak), .exists (the user name is taken).
    """
    check_can_create_account(username=username, institution=institution, roles=roles, staff=staff, by=by)
    user = User(username=username, institution=institution, staff=staff, roles=sorted(set(roles)))
    user.first_name = name or (staff.name if staff else "")
    user.must_change_password = must_change_password
    user.opened_by = by if isinstance(by, User) else None
    _check_username(user)
    _check_password(user, password)
    user.set_password(password)
    with _only_one():
        user.save(force_insert=True)
    record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=f"user {user.pk}: {', '.join(user.roles)}")
    return user


def open_account(*, username: str, name: str, by: User | SystemAccount, **holding: Unpack[Holding]) -> tuple[User, str]:
    """An account for somebody else, and its first password, which they must change. Raises as `create_account`."""
    password = fresh_password()
    user = create_account(username=username, password=password, name=name, must_change_password=True, by=by, **holding)
    return user, password


@transaction.atomic
def edit_account(*, account: User, seen: str, name: str, by: User | SystemAccount, **holding: Unpack[Holding]) -> User:
    """Change what an account holds that was opened with the fingerprint `seen` (`teams.copies`, of EDITED).

    Raises RuleViolation: account.stale (somebody else was faster), .own, .last_administrator, and for the holding as
    `create_account`.
    """
    account = _locked(account)
    check_account_is_present(copies.is_present(account, seen, EDITED))
    check_can_edit_account(account, **holding, by=by)
    before = _said(account)
    account.institution, account.staff = holding["institution"], holding["staff"]
    account.roles = sorted(set(holding["roles"]))
    account.first_name, account.last_name = name or (account.staff.name if account.staff else ""), ""
    with made_by(by, "teams.edit_account"), _only_one():
        account.save(update_fields=["institution", "staff", "roles", "first_name", "last_name"])
    record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=f"user {account.pk}: {before} -> {_said(account)}")
    return account


@transaction.atomic
def give_password(*, account: User, by: User | SystemAccount) -> str:
    """A new password for somebody who forgot theirs, to be told to them; they must change it, and their sessions end.

    Raises RuleViolation: account.not_allowed, .outside, .closed_password, .own_password.
    """
    account = _locked(account)
    check_can_give_password(account, by=by)
    password = fresh_password()
    account.set_password(password)
    account.must_change_password = True
    with made_by(by, "teams.give_password"):
        account.save(update_fields=["password", "must_change_password"])
    reset(username=kept_name(account.username))
    record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=f"user {account.pk}: new password")
    return password


@transaction.atomic
def choose_password(*, account: User, password: str) -> None:
    """The owner's own password, which nobody else knows; other sessions end. Raises RuleViolation account.password."""
    _check_password(account, password)
    account.set_password(password)
    account.must_change_password = False
    with made_by(account, "teams.choose_password"):
        account.save(update_fields=["password", "must_change_password"])
    record(kind=AuditEvent.Kind.ACCOUNT, by=account, what=f"user {account.pk}: own password")


@transaction.atomic
def close_account(*, account: User, reason: str, by: User | SystemAccount) -> None:
    """From now on nobody signs in as this account; its sessions and its API keys open nothing.

    Raises RuleViolation: account.not_allowed, .outside, .closed, .own, .reason, .last_administrator.
    """
    account = _locked(account)
    check_can_close_account(account, reason=reason, by=by)
    _set_open(account, False, by, reason.strip())


@transaction.atomic
def reopen_account(*, account: User, by: User | SystemAccount) -> None:
    """The account works again as before, its API keys too.

    Raises RuleViolation: account.not_allowed, .outside, .open.
    """
    account = _locked(account)
    check_can_reopen_account(account, by=by)
    _set_open(account, True, by, "")


@transaction.atomic
def unlock_account(*, account: User, by: User | SystemAccount) -> None:
    """Forget failed sign-ins: the account may be tried again at once, from everywhere.

    Raises RuleViolation: account.not_allowed, .outside.
    """
    check_can_unlock_account(account, by=by)
    reset(username=kept_name(account.username))
    with made_by(by, "teams.unlock_account"):
        note(account, UNLOCKED)
    record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=f"user {account.pk}: unlocked")


def fresh_password() -> str:
    """Strong, and readable from paper: k7mp-x3wd-9qrt-h4ns."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(GROUP)) for _group in range(GROUPS))


def _locked(account: User) -> User:
    """The account as it is now, for one writer at a time. The bureau's administrators are locked with it, so that of
    two who close each other one sees that the other is the last."""
    administrators = User.objects.administering_the_bureau().values("pk")
    rows = User.objects.filter(pk__in={account.pk}) | User.objects.filter(pk__in=administrators)
    list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    return User.objects.select_related("institution", "staff").get(pk=account.pk)


def _set_open(account: User, is_open: bool, by: User | SystemAccount, reason: str) -> None:
    account.is_active = is_open
    action = "teams.reopen_account" if is_open else "teams.close_account"
    with made_by(by, action), pghistory.context(reason=blotted(reason)):
        account.save(update_fields=["is_active"])
    what = f"user {account.pk}: {'reopened' if is_open else 'closed'}"
    record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=what, reason=reason)


def _said(account: User) -> str:
    """What an account holds, for the audit trail: its roles, institution and staff member by code and number."""
    held = [", ".join(account.roles)]
    held += [account.institution.code] if account.institution else []
    held += [account.staff.staff_no] if account.staff else []
    return " ".join(held)


def _only_one() -> AbstractContextManager[None]:
    """Of two who take a name or a staff member at once, the second is refused."""
    return only_one("account.exists", _("There is an account of that name, or of that staff member, already."))


def _check_username(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise RuleViolation("account.username", " ".join(error.messages)) from None


def _check_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleViolation("account.password", " ".join(error.messages)) from None
