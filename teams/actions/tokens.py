"""Making and revoking keys of the API, and knowing the account behind one."""

import secrets
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.actions import audit
from teams.actions.twins import only_one
from teams.clock import today
from teams.history import made_by
from teams.models import ApiToken, AuditEvent, User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

BYTES = 32


@transaction.atomic
def create_token(*, user: User, name: str, by: User | SystemAccount) -> str:
    """A new key of the account, to be written down: nobody can read it again. The name is free or its key revoked.

    Raises RuleViolation: account.not_allowed, token.name_taken.
    """
    _check_allowed(by)
    key = secrets.token_urlsafe(BYTES)
    taken = _("A key of this name is in use. Revoke it first.")
    with made_by(by, "teams.create_token"), only_one("token.name_taken", taken):
        ApiToken.objects.create(user=user, name=name, sha256=_hash(key))
    audit.record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=f"API key {name} of {user.username}")
    return key


@transaction.atomic
def revoke_token(*, name: str, by: User | SystemAccount) -> None:
    """From now on the key opens nothing. Raises RuleViolation: account.not_allowed, token.unknown."""
    _check_allowed(by)
    with made_by(by, "teams.revoke_token"):
        if not ApiToken.objects.filter(name=name, revoked_at=None).update(revoked_at=timezone.now()):
            raise RuleViolation("token.unknown", _("There is no key of this name in use."))
    audit.record(kind=AuditEvent.Kind.ACCOUNT, by=by, what=f"API key {name} revoked")


def account_of(key: str) -> User | None:
    """The account that the key acts as; None for a key that is unknown or revoked, or whose account is closed."""
    token = ApiToken.objects.select_related("user__institution").filter(sha256=_hash(key), revoked_at=None).first()
    if token is None or not token.user.is_active:
        return None
    if token.last_used_on != today():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today())
    return token.user


def _hash(key: str) -> str:
    # The key is random and long: a slow hash would protect nothing more.
    return sha256(key.encode()).hexdigest()


def _check_allowed(by: User | SystemAccount) -> None:
    if not has_permission(by, Permission.ACCOUNT_EDIT):
        raise RuleViolation("account.not_allowed", _("Only administrators make accounts."))
