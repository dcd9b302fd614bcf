"""The start page: counts that open their lists, and the first lines of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracts.models import Candidate, Coverage, Draft
from contracts.models.drafts import DraftQuerySet
from contracts.presenters import due as words
from contracts.presenters.due_lines import drawn
from contracts.presenters.worklists import candidate_rows
from contracts.queries.candidates import candidates
from contracts.queries.contracts import to_confirm
from contracts.queries.counting import read_all
from contracts.queries.due import Choice, Due, Window, due
from contracts.queries.problems import counts, problems
from contracts.queries.terms import last_coverages
from residents.models import Resident, is_seen
from service_packages.models import Item
from teams.models import Import, User
from teams.permissions import Permission, has_permission
from teams.policy import policy_on

LINES = 5
# So many days before a draft is dropped, its people are told.
GOING_DAYS = 7
# Imports that are not over: somebody, or the worker, has still to do something.
IMPORTS_UNDER_WAY = ("queued", "checking", "checked", "confirmed", "running", "undoing")


@dataclass(frozen=True)
class Tile:
    """A count that opens its list. `parts` are counts of narrower lists: label, number, address."""

    title: str | Promise
    count: int
    url: str
    tone: str
    parts: tuple[tuple[str | Promise, int, str], ...] = ()


@dataclass(frozen=True)
class CardLine:
    """One thing to do: what it is called, what it is about, its page, what the button says, and a chip (tone, text)."""

    name: str
    about: str
    url: str
    step: str
    chip: tuple[str, str] | None = None


@dataclass(frozen=True)
class Card:
    """What an app above has to tell: `rows` finds it for an account (a short queryset of `values()`; None: nothing for
    this one), `lines` puts these rows into words. It is read with the page's counts, so it costs no query."""

    code: str
    title: str | Promise
    rows: Callable[[User, date], QuerySet[Any] | None]
    lines: Callable[[Sequence[dict[str, Any]], date], Sequence[CardLine]]


# Added by apps above, and by what lies beside this.
cards: list[Card] = []


def today_page(user: User, day: date) -> dict[str, Any]:
    """Context of `contracts/today.html`. At most 12 queries, whatever there is to do."""
    policy, mine = policy_on(day), Coverage.objects.visible_to(user)
    ending = _in_order(last_coverages(mine, day, days=policy["renewal_days_ahead"]))
    lists = {
        "to_confirm": to_confirm(mine, day, policy),
        "candidates": candidates(user, day=day),
        "new": candidates(user, reason="new", day=day),
        "drafts": Draft.objects.visible_to(user),
        "going": _going(user, policy["draft_days"]),
    }
    may_import = has_permission(user, Permission.IMPORT_RUN)
    if may_import:
        lists["imports"] = Import.objects.visible_to(user).filter(status__in=IMPORTS_UNDER_WAY)
    asked = {card.code: rows for card in cards if (rows := card.rows(user, day)) is not None}
    numbers, told = read_all(lists, asked)
    by_rule, owed = counts(problems(user)), _due(user, day)
    newest = list(lists["candidates"].select_related("village")[:LINES])
    people = _people(user, owed, newest)
    return {
        "day": day,
        "tiles": [
            *([_due_tile(owed)] if owed else []),
            _to_sign_tile(numbers),
            _contracts_tile(len(ending), numbers["to_confirm"]),
            Tile(_("Data problems"), sum(count for _rule, count in by_rule), _link("problem_list"), "orange"),
        ],
        "drafts": numbers["drafts"],
        "going": numbers["going"],
        "imports": numbers.get("imports"),
        "people": _due_rows(owed, people, day) if owed else None,
        "candidates": candidate_rows(newest, people, day),
        "ending": _loaded(ending[:LINES]),
        "rules": by_rule[:LINES],
        "cards": [
            {"code": card.code, "title": card.title, "lines": card.lines(told[card.code], day)}
            for card in cards
            if told.get(card.code)
        ],
    }


def _going(user: User, days: int) -> DraftQuerySet:
    """Drafts that are dropped within GOING_DAYS, unless somebody goes on with them."""
    mine = Draft.objects.visible_to(user)
    return mine.untouched_for(max(days - GOING_DAYS, 0)) if days else mine.none()


def _in_order(ending: QuerySet[Coverage]) -> list[int]:
    """Ids of all, the first to end first: found once for their number and the first lines."""
    return list(ending.order_by("end_on", "pk").values_list("pk", flat=True))


def _loaded(keys: Sequence[int]) -> list[Coverage]:
    rows = Coverage.objects.select_related("resident", "contract__team").in_bulk(keys)
    return [rows[key] for key in keys]


def _due(user: User, day: date) -> Due | None:
    """Due work; None for accounts of the whole district, whose figure is the overview's (contracts.queries.due)."""
    if user.scope.is_district:
        return None
    return due(Choice(day, tuple(sorted(user.seen_teams))), limit=LINES)


def _people(user: User, owed: Due | None, newest: Sequence[Candidate]) -> dict[int, Resident]:
    """Whom the page names: those with work, who are the own teams', and the new ones whom the account still sees."""
    with_work = {person.resident_id for person in owed.people} if owed else set()
    named = Resident.objects.filter(pk__in=[*with_work, *(row.pk for row in newest)])
    rows = named.annotate(is_seen=is_seen(user, "pk"))
    return {row.pk: row for row in rows if row.pk in with_work or row.is_seen}


def _due_rows(owed: Due, people: Mapping[int, Resident], day: date) -> list[dict[str, Any]]:
    items = {line.item_id for person in owed.people for line in person.lines if line.item_id}
    known = words.Known(day=day, residents=people, items=Item.objects.in_bulk(items), villages={}, attempts={})
    return drawn(words.rows(owed.people, known))


def _due_tile(owed: Due) -> Tile:
    windows = ((_("overdue"), Window.OVERDUE), (_("today"), Window.TODAY), (_("within 7 days"), Window.WEEK))
    parts = tuple(
        (label, owed.counts[window].people, _link("due_list", f"window={window}")) for label, window in windows
    )
    return Tile(_("People to see"), owed.counts[Window.TODO].people, _link("due_list"), "blue", parts)


def _to_sign_tile(numbers: dict[str, int]) -> Tile:
    parts = ((_("new"), numbers["new"], _link("to_sign", "reason=new")),)
    return Tile(_("To be signed"), numbers["candidates"], _link("to_sign"), "green", parts)


def _contracts_tile(ending: int, to_confirm: int) -> Tile:
    parts = ((_("to be confirmed"), to_confirm, _link("contract_list", "status=to_confirm")),)
    return Tile(_("Contracts that end soon"), ending, _link("contract_list", "status=ending"), "purple", parts)


def _link(name: str, query: str = "") -> str:
    return reverse(f"contracts:{name}") + (f"?{query}" if query else "")
