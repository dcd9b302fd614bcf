"""The signing desk: one screen from the search for a person to the agreement."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from contracts.actions.drafts import discard, gone, keep, prepare, sheet_of
from contracts.actions.people import register_at_desk, take_in
from contracts.desk import Sheet, sheet_of_form
from contracts.forms.signing import RegisterForm
from contracts.models import Contract, Draft
from contracts.queries.desk import Desk, household_of, open_desk
from contracts.queries.found import look_for
from residents.models import Resident
from teams.actions.submissions import once
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation

# In the session: the team that the account signed with last, and the village it registered somebody in.
USUAL_TEAM, USUAL_VILLAGE = "usual_team", "usual_village"
DRAFTS_SHOWN = 8
# Tells the page's script that somebody came onto the desk.
ADDED = "deskAdded"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require(Permission.CONTRACT_EDIT)
def sign(request: SignedInRequest) -> HttpResponse:
    """The desk: empty, with a draft (`?draft=`) or with somebody's household (`?resident=`).

    POST makes the agreement and goes on to it.
    """
    if request.method != "POST":
        draft = _draft(request, request.GET, or_404=True)
        return _page(request, draft, _first_sheet(request, draft))
    draft, desk = None, _desk(request, sheet_of_form(request.POST))
    try:
        draft = _kept(request, desk)
        draft = prepare(draft=draft, desk=desk, by=request.user)
    except RuleViolation as refused:
        # A conflict stands on the desk already.
        told = any(conflict.code == refused.code for conflict in desk.conflicts)
        return _page(request, draft, desk.sheet, problem="" if told else str(refused))
    return redirect("contracts:draft_detail", draft.pk)


@require_POST
@never_cache
@require(Permission.CONTRACT_EDIT)
def sign_search(request: SignedInRequest) -> HttpResponse:
    """Fragment: whom the text in the box names; for an unknown valid ID number, the fields to register the person."""
    found = look_for(request.POST.get("text", ""), request.user)
    context: dict[str, Any] = {"found": found, "typed": request.POST.get("text", "").strip()}
    if found.new:
        beside = _beside(request, sheet_of_form(request.POST))
        village = request.session.get(USUAL_VILLAGE) if beside is None else None
        initial = {"id_number": found.new.number} | ({"village": village} if village else {})
        context |= {"form": RegisterForm(request.user, beside, initial=initial)}
    return render(request, "contracts/_sign_found.html", context)


@require_POST
@never_cache
@require(Permission.CONTRACT_EDIT)
def sign_desk(request: SignedInRequest) -> HttpResponse:
    """Fragment: the desk after a change. `add`, `drop`, `join` name a resident; `clear` empties it; else only sums."""
    sheet, problem, change = sheet_of_form(request.POST), "", ""
    for name, step in STEPS.items():
        if name in request.POST:
            change = name
            try:
                sheet = step(request, sheet)
            except RuleViolation as refused:
                problem = str(refused)
    return _fragment(request, sheet, change=change, problem=problem)


@require_POST
@never_cache
@require(Permission.CONTRACT_EDIT)
def sign_register(request: SignedInRequest) -> HttpResponse:
    """Fragment: register the person whose ID number was typed, and put them on the desk. Sent again: to that desk."""
    sheet = sheet_of_form(request.POST)
    beside = _beside(request, sheet)
    form = RegisterForm(request.user, beside, request.POST)
    desk: HttpResponse | None = None

    def register() -> str:
        nonlocal desk
        resident = _register(request, form, beside)
        desk = _fragment(request, sheet.with_people([resident.pk]), change="add")
        here = f"{reverse('contracts:sign')}?draft={request.POST.get('draft', '')}"
        return desk.headers.get("HX-Replace-Url", here)

    if form.is_valid():
        try:
            place = once(key=form.cleaned_data.pop("submission"), by=request.user, do=register)
        except RuleViolation as refused:
            form.add_error(None, str(refused))
        else:
            return desk or HttpResponseClientRedirect(place)
    found = look_for(request.POST.get("id_number", ""), request.user)
    return render(request, "contracts/_sign_register.html", {"form": form, "found": found})


def _register(request: SignedInRequest, form: RegisterForm, beside: Resident | None) -> Resident:
    fields = form.cleaned_data
    in_household = fields.pop("household") == "this"
    number = fields.pop("id_number")
    resident = register_at_desk(number=number, beside=beside if in_household else None, by=request.user, **fields)
    request.session[USUAL_VILLAGE] = resident.village_id
    return resident


def _page(request: SignedInRequest, draft: Draft | None, sheet: Sheet, problem: str = "") -> HttpResponse:
    others = Draft.objects.visible_to(request.user).exclude(pk=draft.pk if draft else None)
    context = _context(request, _desk(request, sheet), draft, problem) | {
        "drafts": others.defer("payload", "document").select_related("first", "by")[:DRAFTS_SHOWN],
    }
    return render(request, "contracts/sign.html", context)


def _fragment(request: SignedInRequest, sheet: Sheet, *, change: str, problem: str = "") -> HttpResponse:
    """The desk, or only its sums when nobody came or went; kept as a draft as soon as somebody is on it."""
    desk, had = _desk(request, sheet), request.POST.get("draft", "")
    try:
        draft = _kept(request, desk)
    except RuleViolation as refused:
        draft, problem = None, str(refused)
    is_other = had != (str(draft.pk) if draft else "")
    template = "contracts/_sign_desk.html" if change or is_other else "contracts/_sign_change.html"
    response = render(request, template, _context(request, desk, draft, problem) | {"oob": True})
    if is_other:
        query = f"?draft={draft.pk}" if draft else ""
        response["HX-Replace-Url"] = reverse("contracts:sign") + query
    if change in ("add", "clear"):
        response["HX-Trigger"] = ADDED
    return response


def _context(request: SignedInRequest, desk: Desk, draft: Draft | None, problem: str) -> dict[str, Any]:
    named = {coverage.contract_id for line in desk.lines for coverage in line.coverages}
    visible = Contract.objects.visible_to(request.user).filter(pk__in=named) if named else Contract.objects.none()
    return {
        "desk": desk,
        "draft": draft,
        "problem": problem,
        "visible_contracts": set(visible.values_list("pk", flat=True)),
        "home": desk.lines[0].resident.household_id if desk.lines else None,
    }


def _desk(request: SignedInRequest, sheet: Sheet) -> Desk:
    return open_desk(sheet, request.user, usual_team=request.session.get(USUAL_TEAM))


def _draft(request: SignedInRequest, sent: QueryDict, *, or_404: bool = False) -> Draft | None:
    """The draft that is named, if it is still there and the account's to see."""
    named = sent.get("draft") or ""
    if not named:
        return None
    visible = Draft.objects.visible_to(request.user)
    draft = visible.filter(pk=named).first() if named.isdecimal() and len(named) <= 18 else None
    if draft is None and or_404:
        raise Http404
    return draft


def _named(request: SignedInRequest) -> Draft | None:
    """The draft that the form was opened with. Raises RuleViolation draft.gone."""
    draft = _draft(request, request.POST)
    if draft is None and request.POST.get("draft"):
        raise gone()
    return draft


def _kept(request: SignedInRequest, desk: Desk) -> Draft | None:
    """What keeps the desk; nothing keeps an empty one. Raises RuleViolation draft.gone."""
    if desk.lines:
        return keep(draft=_named(request), sheet=desk.sheet, by=request.user)
    if draft := _draft(request, request.POST):
        discard(draft=draft)
    return None


def _first_sheet(request: SignedInRequest, draft: Draft | None) -> Sheet:
    if draft:
        return sheet_of(draft)
    named = request.GET.get("resident") or ""
    return _with_household(request, Sheet(), named) if named else Sheet()


def _with_household(request: SignedInRequest, sheet: Sheet, key: str) -> Sheet:
    """The resident onto the desk; onto an empty one the whole household."""
    resident = _resident(request, key)
    ids = [resident.pk] if sheet.members else household_of(resident, request.user)
    return sheet.with_people(ids)


def _resident(request: SignedInRequest, key: str) -> Resident:
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    return get_object_or_404(Resident.objects.visible_to(request.user), pk=key)


def _beside(request: SignedInRequest, sheet: Sheet) -> Resident | None:
    """The first person on the desk, whose household it is."""
    first = next(iter(sheet.residents), None)
    rows = Resident.objects.visible_to(request.user).select_related("household", "institution", "village")
    return rows.filter(pk=first).first() if first else None


def _add(request: SignedInRequest, sheet: Sheet) -> Sheet:
    return _with_household(request, sheet, request.POST["add"])


def _drop(request: SignedInRequest, sheet: Sheet) -> Sheet:
    return sheet.without(_resident(request, request.POST["drop"]).pk)


def _join(request: SignedInRequest, sheet: Sheet) -> Sheet:
    beside = _beside(request, sheet)
    resident = _resident(request, request.POST["join"])
    if beside and beside.pk != resident.pk:
        take_in(resident=resident, beside=beside, by=request.user)
    return sheet


def _clear(request: SignedInRequest, sheet: Sheet) -> Sheet:
    return Sheet()


STEPS: dict[str, Callable[[SignedInRequest, Sheet], Sheet]] = {
    "add": _add,
    "drop": _drop,
    "join": _join,
    "clear": _clear,
}
