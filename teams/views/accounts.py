"""Accounts: who has one, a new one with its first password, what one holds, and when it ends."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from teams.actions import accounts as actions
from teams.actions.submissions import fresh_key, once
from teams.attempts import attempt
from teams.copies import since
from teams.fields import StaffField
from teams.forms import FORM_FIELDS, AccountForm, initial_of
from teams.leaving import left, watch
from teams.lists import ListPage, ListRow, address_of
from teams.models import User
from teams.permissions import Permission, SignedInRequest, require
from teams.presenters.accounts import COLUMNS, cells, differences, has_left, lines, loaded, state_of
from teams.presenters.stale import going_on
from teams.queries.accounts import AccountFilter, changes, locked
from teams.rules import RuleViolation

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@require(Permission.ACCOUNT_EDIT)
def account_list(request: SignedInRequest) -> HttpResponse:
    """The accounts of the account's institutions."""
    filters = AccountFilter(request.GET, user=request.user)
    listed = ListPage(request, "teams:account_list", COLUMNS, default="username")
    page = listed.page_of(filters.qs, loaded())
    shown = list(page.object_list)
    closed_out = locked(shown)
    rows = [ListRow(address_of("teams:account_detail", each.pk), cells(each, closed_out)) for each in shown]
    context = {"form": filters.form, "list": listed.context(page, rows, filters.form)}
    return render(request, "teams/account_list.html", context)


@require_form
@never_cache
@require(Permission.ACCOUNT_EDIT)
def account_create(request: SignedInRequest) -> HttpResponse:
    """A new account. Its first password stands on the answer to the form, and never again."""
    form = AccountForm(request.user, None, request.POST or None)
    if answer := left(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        made: list[tuple[User, str]] = []

        def make() -> str:
            data = form.cleaned_data
            made.append(
                actions.open_account(username=data["username"], name=data["name"], by=request.user, **form.holding)
            )
            return reverse("teams:account_detail", args=[made[0][0].pk])

        try:
            location = once(key=form.cleaned_data["submission"], by=request.user, do=make)
        except RuleViolation as refusal:
            form.add_refusal(refusal)
        else:
            return _password_shown(request, made, location)
    return render(request, "teams/account_create.html", {"form": form})


@require_safe
@require(Permission.ACCOUNT_EDIT)
def account_staff(request: SignedInRequest) -> HttpResponse:
    """Fragment: whose the typed staff number is."""
    field = StaffField(required=False)
    field.user = request.user
    try:
        staff = field.clean(request.GET.get("staff", ""))
    except ValidationError:
        # What is wrong stands at the field (`left`).
        staff = None
    taken = User.objects.filter(staff=staff).first() if staff else None
    return render(request, "teams/_account_staff.html", {"staff": staff, "taken": taken})


@require_form
@never_cache
@require(Permission.ACCOUNT_EDIT)
def account_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One account: what it holds, to be changed; its password, its end, and what was changed of it so far."""
    account, stale = _account(request, pk), None
    form = AccountForm(request.user, account, request.POST or None)
    if answer := left(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.edit_account(account=account, seen=data["seen"], name=data["name"], by=request.user, **form.holding)
        except RuleViolation as refusal:
            if refusal.code == "account.stale":
                changed = since(account, data["seen"], actions.EDITED)
                stale = differences(changed, form.typed)
                rest = going_on(request.POST, stale, initial_of(account), FORM_FIELDS)
                form = watch(AccountForm(request.user, account, rest))
            else:
                form.add_refusal(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("teams:account_detail", pk)
    return render(request, "teams/account_detail.html", _detail(request, account) | {"form": form, "stale": stale})


@require_POST
@never_cache
@require(Permission.ACCOUNT_EDIT)
def account_password(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new password, which stands on the answer and never again."""
    account = _account(request, pk)
    given: list[tuple[User, str]] = []

    def give() -> str:
        given.append((account, actions.give_password(account=account, by=request.user)))
        return reverse("teams:account_detail", args=[pk])

    try:
        location = once(key=request.POST.get("submission", ""), by=request.user, do=give)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("teams:account_detail", pk)
    return _password_shown(request, given, location)


@require_POST
@require(Permission.ACCOUNT_EDIT)
def account_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Nobody signs in as this account any more."""
    account, reason = _account(request, pk), request.POST.get("reason", "")
    said = _("The account %(name)s is closed: its sessions have ended, and its API keys open nothing.")
    return _step(request, account, partial(actions.close_account, reason=reason), said)


@require_POST
@require(Permission.ACCOUNT_EDIT)
def account_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """The account works again."""
    account = _account(request, pk)
    said = _("The account %(name)s is in use again, with the password it had.")
    return _step(request, account, actions.reopen_account, said)


@require_POST
@require(Permission.ACCOUNT_EDIT)
def account_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Failed sign-ins are forgotten."""
    account = _account(request, pk)
    said = _("The account %(name)s may be tried again at once.")
    return _step(request, account, actions.unlock_account, said)


def _account(request: SignedInRequest, pk: int) -> User:
    return get_object_or_404(loaded().filter(pk__in=User.objects.visible_to(request.user)), pk=pk)


def _step(request: SignedInRequest, account: User, do: Callable[..., None], said: str) -> HttpResponse:
    """Do it once, say so, and show the account again; or why not."""

    def take() -> str:
        do(account=account, by=request.user)
        messages.success(request, said % {"name": account.username})
        return reverse("teams:account_detail", args=[account.pk])

    key = request.POST.get("submission", "")
    return attempt(request, lambda: once(key=key, by=request.user, do=take), "teams:account_detail", account.pk)


def _detail(request: SignedInRequest, account: User) -> dict[str, Any]:
    is_locked = bool(locked([account]))
    return {
        "account_shown": account,
        "state": state_of(account, is_locked=is_locked),
        "is_locked": is_locked,
        "has_left": has_left(account),
        "is_own": account.pk == request.user.pk,
        "keys": account.api_tokens.filter(revoked_at=None).count(),
        "changes": lines(changes(account)),
        "submission": fresh_key(),
    }


def _password_shown(request: SignedInRequest, given: list[tuple[User, str]], location: str) -> HttpResponse:
    """The password just made; where the form was sent before, only the account."""
    if not given:
        messages.warning(request, _("The password was shown once. Give a new one if nobody noted it."))
        return redirect(location)
    account, password = given[0]
    return render(request, "teams/account_password.html", {"account_shown": account, "password": password})
