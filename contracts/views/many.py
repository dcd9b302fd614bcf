"""Entering services of many people: the grid of a village afternoon, and an examination day."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.actions.recording import Entry, Recorded, record_many
from contracts.forms.due import DueForm
from contracts.forms.many import EventForm, GridForm, ManyForm
from contracts.grid import MOST_ROWS, Row, name_people, pasted_rows, posted_rows
from contracts.presenters import due as words
from contracts.presenters.services import say_critical
from contracts.queries.due import Window, due, most_due, residents_of
from contracts.views.services import PLACE, list_query
from residents.models import Resident
from service_packages.models import Item
from teams.cells import CellError
from teams.clock import today
from teams.models import User
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation

GRID_ROWS = 40


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SERVICE_RECORD)
def service_grid(request: SignedInRequest) -> HttpResponse:
    """Rows of people: those who are due, and those pasted. Good rows go in, bad ones stay with their reason."""
    due_form = DueForm(request.user, request.GET)
    form = GridForm(request.user, request.POST or None, initial=_initial(request, due_form))
    if request.method == "POST":
        rows = posted_rows(request.POST)
        if "read" in request.POST:
            rows += pasted_rows(request.POST.get("block", ""))
            form = GridForm(request.user, {**request.POST.dict(), "block": ""})
        name_people(rows, Resident.objects.visible_to(request.user))
        if "read" not in request.POST and form.is_valid():
            rows = _enter(request, form, rows, due_form.items)
            if not rows:
                return redirect(f"{reverse('contracts:due_list')}?{list_query(request)}")
    else:
        rows = _due_rows(due_form, request.user, form["item"].value())
    context = {
        "form": form,
        "rows": [_shown(row) for row in rows],
        "items": sorted(due_form.items.values(), key=lambda item: item.code),
        "due_form": due_form,
        "query": list_query(request),
    }
    return render(request, "contracts/service_grid.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SERVICE_RECORD)
def service_event(request: SignedInRequest) -> HttpResponse:
    """Many people on one day: tick those who came, or scan their cards; all go in at once."""
    due_form = DueForm(request.user, request.GET)
    form = EventForm(request.user, request.POST or None, initial=_initial(request, due_form))
    wrong: list[Row] = []
    ticked = {int(key) for key in request.POST.getlist("person") if key.isdecimal()}
    if request.method == "POST" and form.is_valid():
        typed = [Row(line.strip()) for line in form.cleaned_data["typed"].splitlines() if line.strip()]
        rows = [*(Row(f"#{key}") for key in request.POST.getlist("person") if key.isdecimal()), *typed]
        for row in rows:
            row.is_done = True
        name_people(rows, Resident.objects.visible_to(request.user))
        wrong = _enter(request, form, rows, due_form.items)
        if rows and not wrong:
            return redirect(f"{reverse('contracts:service_event')}?{list_query(request)}")
        left = "\n".join(row.person for row in wrong if not row.person.startswith("#"))
        ticked = {row.resident.pk for row in wrong if row.resident}
        form = EventForm(request.user, {**request.POST.dict(), "typed": left})
    choice = _of_item(due_form, form["item"].value())
    if len(choice.teams) == 1:  # of more, what is open is too much to look through
        choice = replace(choice, window=Window.OPEN)
    found = due(choice, limit=MOST_ROWS, by_village=True)
    known = words.look_up(found, due_form.items, request.user, today())
    people = [row for row in words.rows(found.people, known) if row["is_seen"]]
    context = {
        "form": form,
        "round": words.by_village(people),
        "ticked": ticked,
        "of_many_teams": len(choice.teams) > 1,
        "total": found.total,
        "wrong": [_shown(row) for row in wrong],
        "due_form": due_form,
        "query": list_query(request),
    }
    return render(request, "contracts/service_event.html", context)


def _initial(request: SignedInRequest, due_form: DueForm) -> dict[str, Any]:
    """The item of the address, or what most people of the list are waiting for; the rest as it was chosen last."""
    named = request.GET.get("item", "")
    codes = {key: item.code for key, item in due_form.items.items()}
    if named not in codes.values():
        named = codes.get(most_due(due_form.choice) or 0) or min(codes.values(), default="")
    return {
        "item": named or None,
        "performed_on": today(),
        "place": request.session.get(PLACE, Item.Mode.CLINIC),
        "staff": request.user.staff_id,
    }


def _of_item(due_form: DueForm, code: str | None) -> Any:
    """Who is due for the item, of the teams and village chosen."""
    item = next((item.pk for item in due_form.items.values() if item.code == code), None)
    return replace(due_form.choice, kind="", item=item)


def _due_rows(due_form: DueForm, user: User, code: str | None) -> list[Row]:
    found = due(_of_item(due_form, code), limit=GRID_ROWS, by_village=True)
    residents = residents_of(found.people, user)
    ordered = [residents[person.resident_id] for person in found.people]
    return [Row(f"#{one.pk}", resident=one) for one in ordered if one.is_seen]


def _enter(request: SignedInRequest, form: ManyForm, rows: Sequence[Row], items: dict[int, Item]) -> list[Row]:
    """Enter the filled rows and say how it went; the ones that did not go in, and with them the untouched ones."""
    filled = [row for row in rows if row.is_filled]
    readable = [(row, entry) for row in filled if (entry := _entry(row, form, items))]
    try:
        recorded = record_many(entries=[entry for _row, entry in readable], by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return list(rows)
    for number, reason in recorded.refused.items():
        readable[number][0].error = reason
    request.session[PLACE] = form.cleaned_data["place"]
    left = [row for row in filled if row.error]
    _say(request, recorded, left, filled)
    return [row for row in rows if row.error or not row.is_filled] if left else []


def _entry(row: Row, form: ManyForm, items: dict[int, Item]) -> Entry | None:
    """The row as an entry; None when something in it is wrong or unusual, which then stands in its error."""
    if row.resident is None:
        return None
    item = next((item for item in items.values() if item.code == row.item), form.cleaned_data["item"])
    common = {name: form.cleaned_data[name] for name in ("performed_on", "place", "staff")}
    try:
        said = row.values()
    except CellError:
        return None
    return None if row.asks_again(said) else Entry(row.resident, item, **(common | said))


def _say(request: SignedInRequest, recorded: Recorded, left: Sequence[Row], filled: Sequence[Row]) -> None:
    if recorded.services or recorded.unchanged:
        said = _("Entered: %(count)s.") % {"count": len(recorded.services)}
        if recorded.unchanged:
            said += " " + _("Already entered: %(count)s.") % {"count": recorded.unchanged}
        messages.success(request, said)
    uncounted = sum(not service.is_counted for service in recorded.services)
    if uncounted:
        messages.warning(request, _("Of them not counted as fulfilling: %(count)s.") % {"count": uncounted})
    say_critical(request, recorded.services)
    if left:
        messages.error(request, _("Not entered: %(count)s. Correct or confirm them below.") % {"count": len(left)})
    if not filled:
        messages.info(request, _("Nothing was filled in."))


def _shown(row: Row) -> dict[str, Any]:
    known = words.person(row.resident, today()) if row.resident else {}
    return {"row": row, "person": f"#{row.resident.pk}" if row.resident else row.person, **known}
