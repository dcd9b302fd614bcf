"""Due work: what is still to be done for the people of some teams, counted and listed by one definition.

The definition is `contracts/sql/due.sql`; what weighs how much stands in `WEIGHTS` and in docs/due-work.md.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from contracts.readings import CRITICAL
from residents.models import Resident, is_seen
from service_packages.models import Item
from teams.dates import ONE_DAY, add_months, last_born_with_age
from teams.models import User
from teams.policy import policy_on

SQL = (Path(__file__).parents[1] / "sql" / "due.sql").read_text()
WEEK = timedelta(days=7)
LONG_OVERDUE_DAYS = 90
# So many of those who come next are looked at for one whom the account sees.
LOOKED_AHEAD = 100
# What makes a person come first. A day overdue is one point.
WEIGHTS = {"critical": 400, "promised": 300, "uncontrolled": 200, "very_old": 100, "overdue_most": 180}


class Window(StrEnum):
    """Which due dates a list holds."""

    TODO = "todo"
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    OPEN = "open"


WINDOW_NAMES = {
    Window.TODO: _("To do now"),
    Window.OVERDUE: _("Overdue"),
    Window.TODAY: _("Due today"),
    Window.WEEK: _("Due within 7 days"),
    Window.OPEN: _("All that is open"),
}
# Of a line `l`. A task or a call of an earlier day is today's work, and overdue as well. A task is to be done from the
# day that called for it: nobody should first hear of a hospital's result a week before the days are over.
_IN_WINDOW = {
    Window.TODO: "(l.due_on < %(week_end)s or l.kind not in ('service', 'call'))",
    Window.OVERDUE: "l.due_on < %(day)s",
    Window.TODAY: "(l.due_on = %(day)s or l.kind <> 'service' and l.due_on <= %(day)s)",
    Window.WEEK: "(l.due_on >= %(day)s and l.due_on < %(week_end)s)",
    Window.OPEN: "true",
}


class Risk(StrEnum):
    """Why a person comes first."""

    CRITICAL = "critical"
    UNCONTROLLED = "uncontrolled"
    LONG_OVERDUE = "long_overdue"
    VERY_OLD = "very_old"


RISK_NAMES = {
    Risk.CRITICAL: _("critical reading"),
    Risk.UNCONTROLLED: _("last reading not at goal"),
    Risk.LONG_OVERDUE: _("overdue for more than 90 days"),
    Risk.VERY_OLD: _("80 and older"),
}
_AT_RISK = {
    Risk.CRITICAL: "p.is_critical",
    Risk.UNCONTROLLED: "p.is_uncontrolled",
    Risk.LONG_OVERDUE: "p.first_due_on < %(long_overdue)s",
    Risk.VERY_OLD: "p.is_very_old",
}


@dataclass(frozen=True)
class Choice:
    """Whose due work a page is about, as of `day`: the teams' people, narrowed by what is not empty."""

    day: date
    teams: tuple[int, ...]
    window: Window = Window.TODO
    village: int | None = None
    kind: str = ""
    item: int | None = None
    category: str = ""
    risk: Risk | None = None


class Count(NamedTuple):
    """How many people wait, and how many services are owed to them; follow-up tasks and calls count as people only."""

    people: int
    services: int


class Line(NamedTuple):
    """One thing to do: kind `service` (an obligation), `call` (an Attempt) or a FollowUp's cause, with its id."""

    resident_id: int
    kind: str
    key: int
    item_id: int | None
    due_on: date


@dataclass(frozen=True)
class Person:
    """A resident with something to do, why they come first, and what there is to do, the most urgent first."""

    resident_id: int
    team_id: int
    village_id: int | None
    first_due_on: date
    is_promised: bool
    systolic: int | None
    diastolic: int | None
    fasting_glucose: Decimal | None
    is_critical: bool
    is_uncontrolled: bool
    is_very_old: bool
    weight: int
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Due:
    """A stretch of the list; how much there is in each window; village id -> people of the window who live there."""

    people: list[Person]
    total: int
    counts: Mapping[Window, Count]
    villages: Mapping[int | None, int]


def counts(choice: Choice) -> dict[Window, Count]:
    """People and services by window; OPEN only when it is the chosen one, since it is many times the others."""
    with connection.cursor() as cursor:
        cursor.execute(*_statement(choice, f"select {_counted(choice)}"))
        return _counts(cursor.fetchone()[0])


def due(choice: Choice, *, start: int = 0, limit: int = 50, by_village: bool = False) -> Due:
    """A stretch of the list, by weight or by village for a walking round, and the counts beside it. Two queries."""
    select = f"""
        , chosen as materialized (
            select {_PERSON} from person p where {_chosen(choice)}
        ), shown as (
            select p.*, row_number() over (order by {_BY_VILLAGE if by_village else _BY_WEIGHT}) as place
            from chosen p
            left join residents_resident r on r.id = p.resident_id
            left join teams_division d on d.id = p.village_id
            order by place
            limit %(limit)s offset %(start)s
        )
        select (select json_agg(p order by p.place) from shown p),
               (select json_agg(json_build_array(l.resident_id, l.kind, l.id, l.item_id, l.due_on)
                                order by l.due_on, l.kind desc, l.item_id, l.id)
                from line l where l.resident_id in (select resident_id from shown) and {_IN_WINDOW[choice.window]}),
               {_counted(choice)},
               (select json_agg(json_build_array(v.village_id, v.people))
                from (select village_id, count(*) as people from chosen group by village_id) v)
    """
    with connection.cursor() as cursor:
        cursor.execute(*_statement(choice, select, limit=limit, start=start))
        people, lines, counted, villages = cursor.fetchone()
    found = {row["resident_id"]: _person(row) for row in people or ()}
    for resident_id, kind, key, item_id, due_on in lines or ():
        line = Line(resident_id, kind, key, item_id, date.fromisoformat(due_on))
        found[resident_id].lines.append(line)
    by_place = dict(villages or ())
    return Due(list(found.values()), sum(by_place.values()), _counts(counted), by_place)


def residents_of(people: Iterable[Person], user: User) -> dict[int, Any]:
    """Resident id -> resident, who knows whether the account sees them (`is_seen`): of a contract with the account's
    team, a member may be managed elsewhere by now."""
    return Resident.objects.annotate(is_seen=is_seen(user, "pk")).in_bulk([person.resident_id for person in people])


def next_person(choice: Choice, user: User, after: int) -> int | None:
    """The resident who comes after `after` in the list as it stands now; the first when `after` has left it.

    Whoever got something today is passed over: the day goes on with the others. So is whom the account doesn't see.
    """
    select = f"""
        select p.resident_id from person p
        where {_chosen(choice)} and (p.resident_id = %(after)s or not exists (
            select from contracts_service s where s.resident_id = p.resident_id and s.performed_on = %(day)s
        ))
    """
    with connection.cursor() as cursor:
        cursor.execute(*_statement(choice, f"{select} order by {_BY_WEIGHT}", after=after))
        ids = [row[0] for row in cursor.fetchall()]
    later = ids[ids.index(after) + 1 :] if after in ids else ids
    coming = [key for key in dict.fromkeys([*later, *ids]) if key != after][:LOOKED_AHEAD]
    seen = set(Resident.objects.visible_to(user).filter(pk__in=coming).values_list("pk", flat=True))
    return next((key for key in coming if key in seen), None)


def most_due(choice: Choice) -> int | None:
    """The id of the item that is owed to most people; None where nothing is."""
    select = f"""
        select l.item_id from line l where l.item_id is not null and {_IN_WINDOW[choice.window]}
        group by l.item_id order by count(distinct l.resident_id) desc, l.item_id limit 1
    """
    with connection.cursor() as cursor:
        cursor.execute(*_statement(choice, select))
        return next((item for (item,) in cursor.fetchall()), None)


def lines_of(resident_ids: Collection[int], choice: Choice) -> list[Line]:
    """What is to be done for these residents, of the choice and its window, the most urgent first."""
    columns = "l.resident_id, l.kind, l.id, l.item_id, l.due_on"
    order = "order by l.due_on, l.kind desc, l.item_id, l.id"
    select = f"select {columns} from line l where {_IN_WINDOW[choice.window]} {order}"
    with connection.cursor() as cursor:
        cursor.execute(*_statement(choice, select, residents=list(resident_ids)))
        return [Line(*row) for row in cursor.fetchall()]


_BY_WEIGHT = "p.weight desc, p.first_due_on, p.resident_id"
# Neighbours one after the other, numbers within an address by what they count: group 3 before group 10.
_ADDRESS = r"regexp_replace(regexp_replace(r.address, '(\d+)', '00000\1', 'g'), '\d*(\d{6})', '\1', 'g')"
_BY_VILLAGE = f"d.code nulls last, {_ADDRESS}, r.address, r.household_id, p.resident_id"
_PERSON = (
    "p.resident_id, p.team_id, p.village_id, p.first_due_on, p.is_promised, p.systolic, p.diastolic, p.fasting_glucose,"
    " p.is_critical, p.is_uncontrolled, p.is_very_old, p.weight"
)


def _chosen(choice: Choice) -> str:
    """SQL: whether a person `p` belongs to the list."""
    return f"p.is_in_window and {_AT_RISK[choice.risk]}" if choice.risk else "p.is_in_window"


def _person(row: dict[str, Any]) -> Person:
    glucose = row["fasting_glucose"]
    row |= {
        "first_due_on": date.fromisoformat(row["first_due_on"]),
        "fasting_glucose": None if glucose is None else Decimal(str(glucose)),
    }
    del row["place"]
    return Person(**row)


def _windows(choice: Choice) -> tuple[Window, ...]:
    return tuple(window for window in Window if window is not Window.OPEN or choice.window is Window.OPEN)


def _counted(choice: Choice) -> str:
    """SQL of a JSON object: window -> [people, services]. A risk is a person's, so it is asked of the whole person."""
    pairs = ", ".join(
        f"'{window}', json_build_array(count(distinct l.resident_id) filter (where {_IN_WINDOW[window]}),"
        f" count(*) filter (where l.kind = 'service' and {_IN_WINDOW[window]}))"
        for window in _windows(choice)
    )
    at_risk = f"join person p on p.resident_id = l.resident_id and {_AT_RISK[choice.risk]}" if choice.risk else ""
    return f"(select json_build_object({pairs}) from line l {at_risk})"


def _counts(counted: Mapping[str, tuple[int, int]]) -> dict[Window, Count]:
    return {Window(window): Count(*numbers) for window, numbers in counted.items()}


def _statement(choice: Choice, select: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """The definition with `select` behind it, and its parameters."""
    conditions, parameters = _narrowed(choice)
    if "residents" in more:
        conditions["covered"] += " and c.resident_id = any(%(residents)s)"
    text = SQL.format(window=_IN_WINDOW[choice.window], **conditions) + select
    until = date.max if choice.window is Window.OPEN else choice.day + WEEK - ONE_DAY
    return text, {**_policy(choice.day), **parameters, "until": until, **more}


def _narrowed(choice: Choice) -> tuple[dict[str, str], dict[str, Any]]:
    """The conditions that the choice puts into the definition, and their parameters."""
    conditions = {"covered": "", "people": "", "services": "", "others": ""}
    parameters: dict[str, Any] = {"day": choice.day, "teams": list(choice.teams)}
    if choice.village is not None:
        conditions["people"] += " and r.village_id = %(village)s"
        parameters["village"] = choice.village
    if choice.category:
        conditions["people"] += f" and {_IN_CATEGORY.get(choice.category, _ON_REGISTER)}"
        parameters["category"] = choice.category
    if choice.kind:
        conditions |= {"services": "and o.item_id = any(%(items)s)", "others": "and false"}
        parameters["items"] = list(Item.objects.filter(kind=choice.kind).values_list("pk", flat=True))
    if choice.item:
        conditions |= {"services": "and o.item_id = %(item)s", "others": "and false"}
        parameters["item"] = choice.item
    return conditions, parameters


_IN_CATEGORY = {"elderly": "r.birth_date <= %(elderly_born_by)s", "child": "r.birth_date > %(grown_born_by)s"}
_ON_REGISTER = """exists (
    select from residents_register g
    where g.resident_id = r.id and g.category = %(category)s
      and g.from_on <= %(day)s and (g.to_on is null or g.to_on > %(day)s)
)"""


def _policy(day: date) -> dict[str, Any]:
    policy = policy_on(day)
    born_by = {
        "very_old_born_by": policy["very_old_age"],
        "goal_born_by": policy["goal_age"],
        "elderly_born_by": policy["elderly_age"],
        "grown_born_by": policy["child_age"] + 1,
    }
    goals = {name: value for name, value in policy.items() if name.startswith("goal_")}
    return {
        **WEIGHTS,
        **goals,
        **{f"critical_{name}": limit for name, limit in CRITICAL._asdict().items()},
        **{name: last_born_with_age(age, day) for name, age in born_by.items()},
        "goal_glucose": Decimal(policy["goal_glucose_tenths"]) / 10,
        "readings_since": add_months(day, -12) + ONE_DAY,
        "week_end": day + WEEK,
        "long_overdue": day - timedelta(days=LONG_OVERDUE_DAYS),
    }
