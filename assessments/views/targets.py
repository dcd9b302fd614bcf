"""The targets of a year: how far each is reached, and for administrators how to set them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.actions.targets import Goal, copy_targets, remove_target, set_target, set_targets
from assessments.forms.targets import TargetForm, TargetsForm
from assessments.models import Target
from assessments.presenters.targets import standing_rows, standing_table
from assessments.queries.standings import standings
from assessments.queries.units import select
from assessments.views.tables import table_of
from teams.clock import today
from teams.leaving import left, watch
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

FIRST_YEAR, LAST_YEAR = 1949, 2100


@require_GET
@require(Permission.FIGURE_READ)
def target_list(request: SignedInRequest) -> HttpResponseBase:
    """The targets of a year with what they are held against in the shown month."""
    return _page(request, _year(request.GET.get("year", "")), watch(TargetForm(request.user)))


@require_POST
@require(Permission.CATALOGUE_EDIT)
def target_set(request: SignedInRequest) -> HttpResponseBase:
    """Set a target, or change the one that there is."""
    year, form = _year(request.POST.get("year", "")), TargetForm(request.user, request.POST)
    if answer := left(request, form):
        return answer
    if not form.is_valid():
        return _page(request, year, form)
    data = dict(form.cleaned_data)
    rate, count = data.pop("rate"), data.pop("count")
    try:
        set_target(goal=Goal(year=year, **data), rate=rate, count=count, by=request.user)
    except RuleViolation as refusal:
        form.add_error(_field_of(refusal.code), str(refusal))
        return _page(request, year, form)
    messages.success(request, _("The target is set."))
    return _back(year)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def target_save(request: SignedInRequest) -> HttpResponseBase:
    """Let the lines of the table ask for something else; all of them, or none where one is wrong."""
    year = _year(request.POST.get("year", ""))
    targets = [row.target for row in standings(select(request.user, {}), year)]
    form = TargetsForm(targets, request.POST)
    if not form.is_valid():
        return _page(request, year, watch(TargetForm(request.user)), form)
    changed = set_targets(wanted=form.wanted(), by=request.user)
    messages.success(request, _("Targets changed: %(count)s.") % {"count": changed})
    return _back(year)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def target_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a target."""
    target = get_object_or_404(Target, pk=pk)
    remove_target(target=target, by=request.user)
    messages.success(request, _("The target is withdrawn."))
    return _back(target.year)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def target_copy(request: SignedInRequest) -> HttpResponse:
    """Take over the targets of the year before."""
    year = _year(request.POST.get("year", ""))
    made = copy_targets(year=year - 1, to=year, by=request.user)
    if made:
        messages.success(request, _("Targets taken over from %(year)s: %(count)s.") % {"count": made, "year": year - 1})
    else:
        messages.info(request, _("%(year)s has every target of the year before already.") % {"year": year})
    return _back(year)


def _page(request: SignedInRequest, year: int, form: TargetForm, lines: TargetsForm | None = None) -> HttpResponseBase:
    selection = select(request.user, request.GET)
    rows = standings(selection, year)
    lines = lines or TargetsForm([row.target for row in rows])
    shown = standing_rows(selection, rows, lines)
    if request.GET.get("file") == "xlsx":
        return table_of(request, str(year), {"targets": standing_table(shown)})
    context = {
        "year": year,
        "rows": shown,
        "as_of": selection.revision.as_of if selection.revision else None,
        "unit": selection.unit.name,
        "form": form,
        "may_edit": has_permission(request.user, Permission.CATALOGUE_EDIT),
        "can_copy": not rows and Target.objects.filter(year=year - 1).exists(),
    }
    return render(request, "assessments/targets.html", context)


def _year(text: str) -> int:
    if not text:
        return today().year
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise Http404
    return int(text)


def _field_of(code: str) -> str:
    name = code.removeprefix("target.")
    return {"value": "rate", "scope": "institution"}.get(name, name)


def _back(year: int) -> HttpResponse:
    return redirect(f"{reverse('assessments:target_list')}?year={year}")
