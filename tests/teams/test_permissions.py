"""What each role may do, and how a refusal is answered."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from teams.models import Role
from teams.models.accounts import SYSTEM
from teams.permissions import ROLE_PERMISSIONS, Permission, has_permission, require
from tests.accounts import make_account

pytestmark = pytest.mark.django_db


def test_every_role_has_its_line() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_auditor_sees_no_person() -> None:
    people = {Permission.PEOPLE_READ, Permission.IDENTITY_REVEAL, Permission.EXPORT_WHOLE, Permission.IMPORT_RUN}
    assert ROLE_PERMISSIONS[Role.AUDITOR].isdisjoint(people)


def test_roles_add_up() -> None:
    user = make_account("zhou", Role.CLERK, Role.AUDITOR)
    assert has_permission(user, Permission.IMPORT_RUN)
    assert has_permission(user, Permission.LOG_READ)
    assert not has_permission(user, Permission.MONTH_FREEZE)


def test_nobody_and_a_closed_account_may_nothing() -> None:
    closed = make_account("zhou", Role.OFFICIAL, is_active=False)
    for user in (AnonymousUser(), closed, make_account("wu")):
        assert not any(has_permission(user, permission) for permission in Permission)


def test_system_may_everything() -> None:
    assert all(has_permission(SYSTEM, permission) for permission in Permission)


def test_view_without_the_right_is_refused_before_it_runs(rf: RequestFactory) -> None:
    ran: list[str] = []

    @require(Permission.LOG_READ)
    def view(request: object) -> HttpResponse:
        ran.append("view")
        return HttpResponse()

    request = rf.get("/")
    request.user = make_account("clerk", Role.CLERK)
    with pytest.raises(PermissionDenied):
        view(request)
    request.user = make_account("auditor", Role.AUDITOR)
    assert view(request).status_code == 200
    assert ran == ["view"]
