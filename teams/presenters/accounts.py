"""Accounts in words: lines of the list, states, and what was changed of one."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from teams.clock import today
from teams.copies import Since
from teams.lists import Cell, Column
from teams.models import Institution, Role, Staff, User
from teams.models.accounts import UNLOCKED
from teams.presenters import stale
from teams.queries.changes import RowChange

COLUMNS = (
    Column("username", gettext_lazy("User name"), ("username",), is_fixed=True),
    Column("person", gettext_lazy("Name"), ("first_name",)),
    Column("institution", gettext_lazy("Institution"), ("institution__code",)),
    Column("roles", gettext_lazy("Roles"), ("roles",)),
    Column("last_login", gettext_lazy("Last sign-in"), ("last_login",)),
    Column("state", gettext_lazy("State"), ("is_active",)),
    Column("hint", gettext_lazy("Next step")),
    Column("staff", gettext_lazy("Staff number"), ("staff__staff_no",), shown=False),
    Column("opened", gettext_lazy("Account made on"), ("date_joined",), shown=False),
)
LABELS = {
    "first_name": gettext_lazy("Name"),
    "institution_id": gettext_lazy("Institution"),
    "roles": gettext_lazy("Roles"),
    "staff_id": gettext_lazy("Staff"),
    "username": gettext_lazy("User name"),
}


def loaded() -> QuerySet[User]:
    """Accounts with everything that a line tells."""
    return User.objects.select_related("institution", "staff")


def cells(account: User, locked: set[int]) -> dict[str, Cell]:
    """The cells of a line by column code. `locked`: ids of accounts that failed sign-ins have locked."""
    text, tone = state_of(account, is_locked=account.pk in locked)
    return {
        "username": Cell(account.username),
        "person": Cell(account.get_full_name()),
        "institution": Cell(place_of(account)),
        "roles": Cell(roles_text(account.roles)),
        "last_login": Cell(f"{localtime(account.last_login):%Y-%m-%d %H:%M}" if account.last_login else _("never")),
        "state": Cell(text, tone=tone),
        "hint": _hint(account),
        "staff": Cell(account.staff.staff_no if account.staff else ""),
        "opened": Cell(localtime(account.date_joined).date()),
    }


def state_of(account: User, *, is_locked: bool) -> tuple[str, str]:
    """The state in words, and its tone."""
    if not account.is_active:
        return _("account closed"), "grey"
    if is_locked:
        return _("account locked"), "bad"
    if account.must_change_password:
        return _("password not changed yet"), "info"
    return _("account in use"), "good"


def has_left(account: User) -> bool:
    """Whether the staff member whose account it is works here no more, though the account is open."""
    left_on = account.staff.left_on if account.staff else None
    return account.is_active and left_on is not None and left_on <= today()


def place_of(account: User) -> str:
    """The institution's name."""
    return account.institution.name if account.institution else _("Health bureau")


def roles_text(roles: Iterable[str]) -> str:
    """Roles in words."""
    return " · ".join(str(Role(role).label) for role in roles)


def _hint(account: User) -> Cell:
    if not has_left(account):
        return Cell("")
    assert account.staff and account.staff.left_on
    text = _("Left on %(day)s: close?") % {"day": date_format(account.staff.left_on, "Y-m-d")}
    return Cell(text, url=f"{reverse('teams:account_detail', args=[account.pk])}#close")


def lines(changes: list[RowChange]) -> list[dict[str, Any]]:
    """Dicts at, by, address, done (in words), fields (label, before, after), reason of `teams/account_detail.html`."""
    rows = [row for change in changes for row in (change.before, change.after)]
    names = _Names((field, getattr(row, field)) for row in rows for field in LABELS)
    return [
        {
            "at": change.at,
            "by": change.by or _("unknown"),
            "address": change.context.get("address") or "",
            "reason": change.context.get("reason") or "",
            "done": _done(change),
            "fields": [
                (label, names.text(field, before), names.text(field, after))
                for field, label in LABELS.items()
                if (before := getattr(change.before, field)) != (after := getattr(change.after, field))
            ],
        }
        for change in changes
    ]


def differences(since: Since, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Context key `stale` of `_stale.html` (teams.presenters.stale)."""
    values = [(each.field, value) for each in since.changes.values() for value in (each.then, each.now)]
    names = _Names([*values, *typed.items()])
    return stale.differences(since, typed, LABELS, names.text)


def _done(change: RowChange) -> str:
    """What was done besides changing fields."""
    before, after = change.before, change.after
    done = [_("account unlocked")] if before.pgh_label == UNLOCKED else []
    if before.is_active != after.is_active:
        done.append(_("account reopened") if after.is_active else _("account closed"))
    if before.password != after.password:
        own = not after.must_change_password
        done.append(_("own password chosen") if own else _("new password given"))
    return _(", ").join(done)


class _Names:
    """Institutions and staff members whose ids are the values of fields; a query for each kind."""

    def __init__(self, values: Iterable[tuple[str, Any]]) -> None:
        ids: dict[str, set[int]] = {"institution_id": set(), "staff_id": set()}
        for field, value in values:
            if field in ids and value:
                ids[field].add(value)
        self.found: dict[str, dict[int, Any]] = {
            "institution_id": Institution.objects.in_bulk(ids["institution_id"]),
            "staff_id": Staff.objects.in_bulk(ids["staff_id"]),
        }

    def text(self, field: str, value: Any) -> str:
        """A field's value in words."""
        if field == "roles":
            return roles_text(value or ())
        if field == "institution_id" and value is None:
            return _("Health bureau")
        if field in self.found:
            return str(self.found[field].get(value, "—"))
        return str(value or "—")
