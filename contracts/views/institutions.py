"""Making an institution, correcting it, and putting it below another one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.forms.institutions import InstitutionForm, MoveForm, NewInstitutionForm
from teams.actions import institutions as actions
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.models import Institution
from teams.permissions import Permission, SignedInRequest, require

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_form
@require(Permission.TEAM_EDIT)
def institution_create(request: SignedInRequest) -> HttpResponse:
    """A new institution below one of the account's."""
    form = NewInstitutionForm(request.user, request.POST or None, initial={"parent": request.GET.get("parent")})
    return _edit(
        request, form, _("Make an institution"), lambda typed: actions.create_institution(**typed, by=request.user)
    )


@require_form
@require(Permission.TEAM_EDIT)
def institution_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was wrong of its name, kind or place is corrected, for all times."""
    found = _institution(request, pk)
    initial = {
        "name": found.name,
        "kind": found.kind,
        "setting": found.setting,
        "division": found.division.code if found.division else "",
        "public_phone": found.public_phone,
    }
    form = InstitutionForm(request.POST or None, initial=initial)
    return _edit(
        request,
        form,
        _("Correct the institution"),
        lambda typed: actions.change_institution(institution=found, **typed, by=request.user),
        found,
    )


@require_form
@require(Permission.TEAM_EDIT)
def institution_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """From a day on it stands below another institution; figures of the days before stay."""
    found = _institution(request, pk)
    return _edit(
        request,
        MoveForm(request.user, request.POST or None),
        _("Put it below another institution"),
        lambda typed: actions.move_institution(institution=found, **typed, by=request.user),
        found,
    )


def _edit(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    do: Callable[[dict[str, Any]], Institution],
    institution: Institution | None = None,
) -> HttpResponse:
    """Show the form, or do once what it says and go to the institution; a refusal stands above the form."""

    def save() -> str:
        saved = do(form.cleaned_data)
        messages.success(request, _("Saved."))
        return reverse("contracts:institution", args=[saved.pk])

    context = {
        "form": form,
        "title": title,
        "institution": institution,
        "submission": request.POST.get("submission") or fresh_key(),
    }
    response = sent(request, form, save, {"institution.phone": "public_phone"}.get)
    return response or render(request, "contracts/institution_edit.html", context)


def _institution(request: SignedInRequest, pk: int) -> Institution:
    return get_object_or_404(Institution.objects.visible_to(request.user).select_related("division"), pk=pk)
