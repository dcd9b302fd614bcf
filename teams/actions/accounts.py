"""Making accounts."""

from collections.abc import Collection

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from teams.actions.audit import record
from teams.models import AuditEvent, Institution, Role, Staff, User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation, check_can_create_account


@transaction.atomic
def create_account(
    *,
    username: str,
    password: str,
    institution: Institution | None,
    roles: Collection[Role],
    staff: Staff | None = None,
    by: User | SystemAccount,
) -> User:
    """Make an account of an institution (None: the bureau's root) that holds the roles.

    Raises RuleViolation: account.not_allowed, .outside, .no_role, .doctor_without_staff, .staff_elsewhere, .identity,
    .username (malformed), .password (too weak), .exists (the user name or the staff member has an account).
    """
    check_can_create_account(username=username, institution=institution, roles=roles, staff=staff, by=by)
    user = User(username=username, institution=institution, staff=staff, roles=sorted(set(roles)))
    if staff:
        user.first_name = staff.name
    _check_username(user)
    _check_password(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise RuleViolation(
            "account.exists", _("There is an account of that name, or of that staff member, already.")
        ) from None
    record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=f"user {user.pk}: {', '.join(user.roles)}")
    return user


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
