"""Due work: the list of what is still to be done, and the same as a walking round."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contracts.forms.due import DueForm
from contracts.presenters import due as words
from contracts.presenters.due_lines import drawn
from contracts.queries.attempts import returned_by_caller, returned_by_team
from contracts.queries.due import WINDOW_NAMES, Choice, Due, Window, due
from teams.models import User
from teams.permissions import Permission, SignedInRequest, require

PEOPLE_A_PAGE = 30
PEOPLE_A_ROUND = 200


class _Counted(Paginator):
    """A paginator over a stretch that the query has cut out and counted already."""

    def __init__(self, total: int, per_page: int) -> None:
        super().__init__(range(total), per_page)


@require_GET
@require(Permission.SERVICE_RECORD)
def due_list(request: SignedInRequest) -> HttpResponse:
    """Whom to see first, and what is owed to them; `round=village` for a walk from house to house."""
    form = DueForm(request.user, request.GET)
    choice = form.choice
    is_round = request.GET.get("round") == "village"
    size = PEOPLE_A_ROUND if is_round else PEOPLE_A_PAGE
    number = max(_number(request.GET.get("page")), 1)
    found = due(choice, start=(number - 1) * size, limit=size, by_village=is_round)
    known = words.look_up(found, form.items, request.user, choice.day)
    query = _query(request.GET)
    people = drawn(words.rows(found.people, known), query)
    form.offer_villages(sorted(known.villages.values(), key=lambda row: row.code), found.villages)
    context = {
        "form": form,
        "choice": choice,
        "day": choice.day,
        "tabs": _tabs(request.GET, choice, found),
        "people": people,
        "page": _page(found.total, size, number),
        "round": words.by_village(people) if is_round else None,
        "query": query,
        "many": [("contracts:service_grid", _("Grid for many")), ("contracts:service_event", _("Examination day"))],
    }
    return render(request, "contracts/due_round.html" if is_round else "contracts/due_list.html", context)


@require_GET
@require(Permission.SERVICE_RECORD)
def due_returned(request: SignedInRequest) -> HttpResponse:
    """Fragment: how many came back after a call, by team and by who called; loaded behind the list."""
    form = DueForm(request.user, request.GET)
    teams, day = form.choice.teams, form.choice.day
    by_team, by_caller = returned_by_team(teams, day), returned_by_caller(teams, day)
    names = {user.pk: user.get_full_name() or user.username for user in User.objects.filter(pk__in=by_caller)}
    units = [
        (_("Team"), [(team.name, by_team[team.pk]) for team in form.teams if team.pk in by_team]),
        (_("Who called"), sorted(((names[key], figure) for key, figure in by_caller.items()), key=lambda row: row[0])),
    ]
    return render(request, "contracts/_due_returned.html", {"units": units if by_team else []})


def _page(total: int, size: int, number: int) -> Page:
    return _Counted(total, size).get_page(number)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 1


def _query(parameters: QueryDict, **changes: str) -> str:
    """The address of this list: what opens from a line comes back to it."""
    present = {name: parameters.get(name, "") for name in parameters if name not in ("page", "round")}
    return urlencode({name: value for name, value in {**present, **changes}.items() if value})


def _tabs(parameters: QueryDict, choice: Choice, found: Due) -> list[dict[str, Any]]:
    """The windows with how many people wait in each; what is open for longer only for one team."""
    shown = [window for window in Window if window is not Window.OPEN or len(choice.teams) == 1]
    return [
        {
            "label": WINDOW_NAMES[window],
            "count": found.counts.get(window),
            "url": f"{reverse('contracts:due_list')}?{_query(parameters, window=window.value)}",
            "active": window is choice.window,
        }
        for window in shown
    ]
