"""What a role may do. Where it may do it is the account's scope (`teams.access`)."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from teams.models import Role, User
from teams.models.accounts import SystemAccount

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request behind `require`: somebody is signed in. For annotations only."""

    user: User


class Permission(StrEnum):
    """A right, named noun_verb."""

    FIGURE_READ = "figure_read"
    PEOPLE_READ = "people_read"
    IDENTITY_REVEAL = "identity_reveal"
    EXPORT_WHOLE = "export_whole"
    IMPORT_RUN = "import_run"
    RESIDENT_EDIT = "resident_edit"
    CONTRACT_EDIT = "contract_edit"
    HANDOVER_REVIEW = "handover_review"
    SERVICE_RECORD = "service_record"
    FEE_READ = "fee_read"
    FEE_EDIT = "fee_edit"
    FEE_PAYMENT = "fee_payment"
    FEE_CORRECT = "fee_correct"
    REFERRAL_EDIT = "referral_edit"
    PRIVILEGE_READ = "privilege_read"
    TEAM_EDIT = "team_edit"
    MONTH_COMPUTE = "month_compute"
    MONTH_FREEZE = "month_freeze"
    SUPERVISION_READ = "supervision_read"
    SUPERVISION_EDIT = "supervision_edit"
    SAMPLE_READ = "sample_read"
    RECTIFICATION_EDIT = "rectification_edit"
    RUBRIC_EDIT = "rubric_edit"
    ASSESSMENT_READ = "assessment_read"
    ASSESSMENT_REPORT = "assessment_report"
    ASSESSMENT_REVIEW = "assessment_review"
    MONEY_READ = "money_read"
    MONEY_EDIT = "money_edit"
    CATALOGUE_READ = "catalogue_read"
    CATALOGUE_EDIT = "catalogue_edit"
    ACCOUNT_EDIT = "account_edit"
    LOG_READ = "log_read"


ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        {
            Permission.FIGURE_READ,
            Permission.SUPERVISION_READ,
            Permission.SAMPLE_READ,
            Permission.RECTIFICATION_EDIT,
            Permission.ASSESSMENT_READ,
            Permission.ASSESSMENT_REPORT,
            Permission.MONEY_READ,
            Permission.CATALOGUE_READ,
            Permission.PEOPLE_READ,
            Permission.IDENTITY_REVEAL,
            Permission.IMPORT_RUN,
            Permission.RESIDENT_EDIT,
            Permission.CONTRACT_EDIT,
            Permission.SERVICE_RECORD,
            Permission.FEE_READ,
            Permission.FEE_EDIT,
            Permission.FEE_PAYMENT,
            Permission.REFERRAL_EDIT,
            Permission.PRIVILEGE_READ,
        }
    ),
    Role.DOCTOR: frozenset(
        {
            Permission.FIGURE_READ,
            Permission.ASSESSMENT_READ,
            Permission.MONEY_READ,
            Permission.CATALOGUE_READ,
            Permission.PEOPLE_READ,
            Permission.IDENTITY_REVEAL,
            Permission.RESIDENT_EDIT,
            Permission.CONTRACT_EDIT,
            Permission.SERVICE_RECORD,
            Permission.REFERRAL_EDIT,
        }
    ),
    # Calls people to check what was reported (supervision), so sees their numbers.
    Role.OFFICIAL: frozenset(
        {
            Permission.FIGURE_READ,
            Permission.SUPERVISION_READ,
            Permission.SAMPLE_READ,
            Permission.SUPERVISION_EDIT,
            Permission.ASSESSMENT_READ,
            Permission.ASSESSMENT_REVIEW,
            Permission.MONEY_READ,
            Permission.MONEY_EDIT,
            Permission.CATALOGUE_READ,
            Permission.PEOPLE_READ,
            Permission.IDENTITY_REVEAL,
            Permission.EXPORT_WHOLE,
            Permission.MONTH_COMPUTE,
            Permission.MONTH_FREEZE,
            Permission.HANDOVER_REVIEW,
            Permission.FEE_READ,
            Permission.FEE_PAYMENT,
            Permission.FEE_CORRECT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.FIGURE_READ,
            Permission.SUPERVISION_READ,
            Permission.SAMPLE_READ,
            Permission.RUBRIC_EDIT,
            Permission.ASSESSMENT_READ,
            Permission.MONEY_READ,
            Permission.CATALOGUE_READ,
            Permission.PEOPLE_READ,
            Permission.IMPORT_RUN,
            Permission.MONTH_COMPUTE,
            Permission.CATALOGUE_EDIT,
            Permission.TEAM_EDIT,
            Permission.ACCOUNT_EDIT,
            Permission.LOG_READ,
        }
    ),
    # Computes again to compare, and sees counts only.
    Role.AUDITOR: frozenset(
        {
            Permission.FIGURE_READ,
            Permission.ASSESSMENT_READ,
            Permission.MONEY_READ,
            Permission.CATALOGUE_READ,
            Permission.FEE_READ,
            Permission.MONTH_COMPUTE,
            Permission.SAMPLE_READ,
            Permission.LOG_READ,
        }
    ),
}


def has_permission(user: User | SystemAccount | AnonymousUser, permission: Permission) -> bool:
    """Whether one of the account's roles holds the right; the system holds every one."""
    if isinstance(user, SystemAccount):
        return True
    if not isinstance(user, User) or not user.is_active:
        return False
    return any(permission in ROLE_PERMISSIONS[Role(role)] for role in user.roles)


def require(permission: Permission) -> Callable[[View], View]:
    """View decorator: without the right, the refusal page and a line in the audit trail (`teams.views.errors`).

    It stands outside of any look at rows, so that the answer tells nothing about them.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not has_permission(request.user, permission):
                raise PermissionDenied(permission.value)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
