"""Making an institution, correcting it, and putting it below another one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.forms.institutions import CorrectionForm, MoveForm, NewInstitutionForm, initial_of
from contracts.presenters.institutions import differences
from teams.actions import institutions as actions
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.copies import since
from teams.leaving import watch
from teams.models import Institution
from teams.permissions import Permission, SignedInRequest, require
from teams.presenters.stale import going_on

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_form
@require(Permission.TEAM_EDIT)
def institution_create(request: SignedInRequest) -> HttpResponse:
    """A new institution below one of the account's."""
    form = NewInstitutionForm(request.user, request.POST or None, initial={"parent": request.GET.get("parent")})
    made = _saved(request, form, lambda typed: actions.create_institution(**typed, by=request.user))
    return made or _page(request, form, _("Make an institution"))


@require_form
@require(Permission.TEAM_EDIT)
def institution_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was wrong of its name, kind or place is corrected, for all times."""
    found, stale = _institution(request, pk), None
    form = CorrectionForm(request.POST or None, initial=initial_of(found))
    if response := _saved(
        request, form, lambda typed: actions.change_institution(institution=found, **typed, by=request.user)
    ):
        return response
    if form.has_error(NON_FIELD_ERRORS, "institution.stale"):
        found.refresh_from_db()
        stale = differences(form, since(found, form.cleaned_data["seen"], actions.EDITED))
        form = watch(CorrectionForm(going_on(request.POST, stale, initial_of(found), {"division_id": "division"})))
    return _page(request, form, _("Correct the institution"), found, stale)


@require_form
@require(Permission.TEAM_EDIT)
def institution_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """From a day on it stands below another institution; figures of the days before stay."""
    found = _institution(request, pk)
    form = MoveForm(request.user, found, request.POST or None)
    moved = _saved(request, form, lambda typed: actions.move_institution(institution=found, **typed, by=request.user))
    return moved or _page(request, form, _("Put it below another institution"), found)


def _saved(
    request: SignedInRequest, form: forms.Form, do: Callable[[dict[str, Any]], Institution]
) -> HttpResponse | None:
    """Do once what a good form says and go to the institution; None when the form is to be shown."""

    def save() -> str:
        saved = do(form.cleaned_data)
        messages.success(request, _("Saved."))
        return reverse("contracts:institution", args=[saved.pk])

    return sent(request, form, save, {"institution.phone": "public_phone"}.get)


def _page(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    institution: Institution | None = None,
    stale: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "institution": institution,
        "stale": stale,
        "submission": request.POST.get("submission") or fresh_key(),
    }
    return render(request, "contracts/institution_edit.html", context)


def _institution(request: SignedInRequest, pk: int) -> Institution:
    return get_object_or_404(Institution.objects.visible_to(request.user).select_related("division"), pk=pk)
