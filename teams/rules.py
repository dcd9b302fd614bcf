"""The exception of every business rule, and the rules of teams."""

import re
from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.models import Institution, Role, Staff, User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission


class RuleViolation(Exception):
    """An action was refused. `code` is stable (`contract.overlap`); `message` is a sentence for the user."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


# User names stand in the audit trail and in logs, where nothing identifying may stand.
_ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dXx]")


def check_can_create_account(
    *,
    username: str,
    institution: Institution | None,
    roles: Collection[Role],
    staff: Staff | None,
    by: User | SystemAccount,
) -> None:
    """Who may make accounts, and of what: an administrator, within the own institutions."""
    if not has_permission(by, Permission.ACCOUNT_EDIT):
        raise RuleViolation("account.not_allowed", _("Only administrators make accounts."))
    if not (by.scope.is_district or (institution and institution.pk in (by.scope.institutions or ()))):
        raise RuleViolation("account.outside", _("The institution is not one of yours."))
    if not roles:
        raise RuleViolation("account.no_role", _("Give the account at least one role."))
    if Role.DOCTOR in roles and staff is None:
        raise RuleViolation(
            "account.doctor_without_staff", _("A doctor's account needs the staff member it belongs to.")
        )
    if staff and institution and staff.institution_id != institution.pk:
        raise RuleViolation("account.staff_elsewhere", _("The staff member works at another institution."))
    if _ID_NUMBER.search(username):
        raise RuleViolation("account.identity", _("An ID number is no user name: user names are seen in the logs."))
