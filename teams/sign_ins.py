"""Whose a session is; sign-ins, failures, sign-outs and lock-outs go to the audit trail.

The only signal receivers of the project.
"""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from teams.actions.audit import record
from teams.address import client_address
from teams.models import AuditEvent, User


def attempt_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name under which axes counts failures: a keyed hash, for people type passwords and ID numbers there."""
    typed = (credentials or request.POST).get("username")
    return None if typed is None else kept_name(typed)


class AccountBackend(ModelBackend):
    """Accounts by name and password. Each comes with its institution, which every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session; None when it was closed meanwhile."""
        user = User.objects.select_related("institution").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


def connect() -> None:
    """Listen to Django's and axes' sign-in signals; called once, when the application starts."""
    user_logged_in.connect(_on_log_in, dispatch_uid="teams.log_in")
    user_logged_out.connect(_on_log_out, dispatch_uid="teams.log_out")
    user_login_failed.connect(_on_failure, dispatch_uid="teams.log_in_failed")
    user_locked_out.connect(_on_lock_out, dispatch_uid="teams.locked_out")


def _on_log_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(kind=AuditEvent.Kind.LOG_IN, by=user, address=client_address(request))


def _on_log_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user:
        record(kind=AuditEvent.Kind.LOG_OUT, by=user, address=client_address(request))


def _on_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    # The failure that locks, and each attempt after it, have their line already.
    if not getattr(request, "axes_locked_out", False):
        _record_failure(AuditEvent.Kind.LOG_IN_FAILED, credentials, request)


def _on_lock_out(request: HttpRequest, **kwargs: Any) -> None:
    _record_failure(AuditEvent.Kind.LOCKED_OUT, request.axes_credentials or {}, request)  # type: ignore[attr-defined]


def _record_failure(kind: AuditEvent.Kind, credentials: dict[str, Any], request: HttpRequest | None) -> None:
    typed = str(credentials.get("username", ""))
    account = User.objects.filter(username=typed).first()
    record(
        kind=kind,
        by=account,
        what="" if account else f"no such account: {kept_name(typed)}",
        address=client_address(request) if request else None,
    )


def kept_name(typed: str) -> str:
    """A user name as failed sign-ins keep it."""
    return salted_hmac("teams.sign_ins", typed, algorithm="sha256").hexdigest()[:32]
