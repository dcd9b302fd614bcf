"""Accounts for a list, which of them failed sign-ins have locked, and what became of one."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import django_filters
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.clock import today
from teams.fields import offering
from teams.models import Institution, Role, User
from teams.models.accounts import UserQuerySet
from teams.queries.changes import RowChange, row_changes
from teams.sign_ins import kept_name

# The choice that means no institution.
BUREAU = "bureau"
OPEN, CLOSED, LOCKED, LEFT, WAITING = "open", "closed", "locked", "left", "waiting"
STATES = (
    (OPEN, _("account in use")),
    (CLOSED, _("account closed")),
    (LOCKED, _("account locked")),
    (WAITING, _("password not changed yet")),
    (LEFT, _("in use, though the person left")),
)
CHANGES_AT_MOST = 100


class AccountFilter(django_filters.FilterSet):
    """Accounts that the account sees, narrowed by a query string."""

    q = django_filters.CharFilter(method="named", label=_("User name, name or staff number"))
    institution = django_filters.ChoiceFilter(method="of_institution", label=_("Institution"), empty_label=_("All"))
    role = django_filters.ChoiceFilter(method="with_role", label=_("Account role"), choices=Role, empty_label=_("All"))
    state = django_filters.ChoiceFilter(method="standing", label=_("State"), choices=STATES, empty_label=_("All"))

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data, queryset=User.objects.visible_to(user))
        with_accounts = Institution.objects.visible_to(user).filter(accounts__isnull=False).distinct()
        below = [(each.pk, each.name) for each in with_accounts.exclude(kind=Institution.Kind.BUREAU).order_by("code")]
        choices = [(BUREAU, _("Health bureau")), *below] if user.scope.is_district else below
        self.filters["institution"].extra |= offering(choices)

    def named(self, rows: UserQuerySet, _name: str, text: str) -> UserQuerySet:
        """Whose user name, name or staff number holds the text."""
        text = text.strip()
        return rows.filter(
            Q(username__icontains=text) | Q(first_name__icontains=text) | Q(staff__staff_no__iexact=text)
        )

    def of_institution(self, rows: UserQuerySet, _name: str, chosen: str) -> UserQuerySet:
        """Of the bureau itself, or of the institution and those below it."""
        if chosen == BUREAU:
            return rows.filter(Q(institution=None) | Q(institution__kind=Institution.Kind.BUREAU))
        return rows.filter(institution__in=Institution.objects.subtree(int(chosen)))

    def with_role(self, rows: UserQuerySet, _name: str, role: str) -> UserQuerySet:
        """That hold the role, maybe beside others."""
        return rows.filter(roles__contains=[role])

    def standing(self, rows: UserQuerySet, _name: str, state: str) -> UserQuerySet:
        """In that state."""
        if state == CLOSED:
            return rows.filter(is_active=False)
        rows = rows.filter(is_active=True)
        if state == LOCKED:
            return rows.filter(pk__in=locked(rows.only("username")))
        narrowed = {LEFT: Q(staff__left_on__lte=today()), WAITING: Q(must_change_password=True)}
        return rows.filter(narrowed.get(state, Q()))


def locked(accounts: Iterable[User]) -> set[int]:
    """Ids of those of the accounts that failed sign-ins have locked somewhere. One query; no name leaves here."""
    since = timezone.now() - (get_cool_off() or timedelta())
    failures = AccessAttempt.objects.filter(attempt_time__gt=since).values("username", "ip_address")
    too_many = failures.annotate(failed=Sum("failures_since_start")).filter(failed__gte=settings.AXES_FAILURE_LIMIT)
    names = {row["username"] for row in too_many.order_by()}
    return {account.pk for account in accounts if kept_name(account.username) in names} if names else set()


def changes(account: User) -> list[RowChange]:
    """What was changed of the account since it was made, the latest first."""
    events: QuerySet[Any] = User.pgh_event_model.objects.filter(pgh_obj=account.pk)  # type: ignore[attr-defined]
    old = events.select_related("pgh_context").order_by("-pgh_id")[:CHANGES_AT_MOST]
    return row_changes((before, after) for after, before in pairwise([account, *old]))
