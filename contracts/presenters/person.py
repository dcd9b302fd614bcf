"""A resident's page in words: identity, household, registers, contracts, promises, readings."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from contracts.charts import Chart, Reading, Series, chart
from contracts.models import Coverage, Merge, Obligation, Service
from contracts.models.status import status_of
from contracts.presenters.contracts import status_chip
from contracts.presenters.fulfilment import WORDS, sentence, tally_of
from contracts.presenters.people import id_text, phone_text
from contracts.problems import all_rules
from contracts.queries.person import Person
from residents.categories import category_names
from residents.models import Register, Resident
from teams.actions.submissions import fresh_key
from teams.dates import ONE_DAY, age_on, birthday, last_born_with_age
from teams.lists import Cell
from teams.phones import PHONE_PROBLEMS
from teams.policy import policy_on


def page(person: Person) -> dict[str, Any]:
    """Context keys of `contracts/person.html`."""
    names, policy = category_names(), policy_on(person.day)
    resident = person.resident
    return {
        "resident": resident,
        "age": age_on(resident.birth_date, person.day),
        "standing": standing(person),
        "categories": [names.get(code, code) for code in categories_on(person, policy)],
        "id_masked": id_text(resident),
        "phone_masked": phone_text(resident),
        "phone_problem": PHONE_PROBLEMS.get(resident.phone_problem, resident.phone_problem),
        "members": [_member(member, person.day) for member in person.members],
        "registers": [_register(entry, names, person.day) for entry in person.registers],
        "coverages": [_coverage(coverage, resident, person.day) for coverage in person.coverages],
        "years": promises_by_year(person),
        "other_services": [_service(service) for service in unmatched(person)],
        "readings": readings(person, policy),
        "visits": person.visits,
        "problems": problems(person),
        "merges": [_merge(merge) for merge in person.merges],
    }


def standing(person: Person) -> Cell:
    """Whether the resident is signed, with whom, or why not."""
    resident, day = person.resident, person.day
    if resident.died_on and resident.died_on <= day:
        return Cell(_("died on %(day)s") % {"day": resident.died_on}, tone="grey")
    if resident.moved_out_on and resident.moved_out_on <= day:
        return Cell(_("moved out on %(day)s") % {"day": resident.moved_out_on}, tone="grey")
    current = next((each for each in person.coverages if each.start_on <= day <= each.last_on), None)
    if current is None:
        return Cell(_("not signed"), tone="warn")
    if current.suspended:
        return Cell(_("contract suspended"), tone="warn")
    team = current.contract.team.name
    return Cell(_("signed with %(team)s until %(day)s") % {"team": team, "day": current.last_on}, tone="good")


def categories_on(person: Person, policy: dict[str, int]) -> list[str]:
    """Codes of the key populations that the resident belongs to on the day."""
    born, day = person.resident.birth_date, person.day
    found = ["elderly"] if born <= last_born_with_age(policy["elderly_age"], day) else []
    found += ["child"] if born > last_born_with_age(policy["child_age"] + 1, day) else []
    on = {entry.category for entry in person.registers if _holds(entry, day)}
    return found + sorted(on)


def promises_by_year(person: Person) -> list[dict[str, Any]]:
    """Obligations by the year they are due in, the present one open: dicts year, is_open, summary, promises."""
    years = []
    for year, group in groupby(person.obligations, key=lambda each: each.due_on.year):
        found = [(each, state_of(each, person.resident, person.day)) for each in group]
        years.append(
            {
                "year": str(year),
                "is_open": year == person.day.year,
                "summary": sentence(tally_of(state for _each, state in found)),
                "promises": [_promise(each, state, person.day) for each, state in found],
            }
        )
    return years[::-1]


def state_of(obligation: Any, resident: Resident, day: date) -> str:
    """What became of a promise by the day (docs/rules.md 5), as `contracts.presenters.fulfilment.tally_of` counts it;
    "lapsed" where the contract isn't in force when it falls due. The obligation knows whether it `is_paused`."""
    coverage, due = obligation.coverage, obligation.due_on
    ended = [coverage.terminated_on, resident.moved_out_on, resident.died_on]
    begins = max(resident.birth_date, resident.registered_on or resident.birth_date)
    if obligation.is_paused or begins > due or any(end and end <= due for end in ended):
        return "lapsed"
    if obligation.waived_on and obligation.waived_on <= day:
        return "waived"
    is_met = bool(obligation.met_on and obligation.met_on <= day)
    if due > day:
        return "ahead" if is_met else "open"
    if not is_met:
        return "missed"
    return "on_time" if obligation.met_on <= due else "late"


def unmatched(person: Person) -> list[Service]:
    """Services that meet no promise: they count as services all the same."""
    matched = {obligation.met_by_id for obligation in person.obligations}
    return [service for service in person.services if service.pk not in matched]


def readings(person: Person, policy: dict[str, int]) -> list[dict[str, Any]]:
    """Blood pressure and glucose, each with chart and table behind: dicts title, finding, chart, heads, rows."""
    found = [_pressure(person, policy), _glucose(person, policy)]
    return [each for each in found if each["chart"]]


def problems(person: Person) -> list[dict[str, Any]]:
    """Data problems of the last check, with what to do: dicts title, said, remedy, other (the id of a twin whom the
    account sees)."""
    rules = all_rules()
    known = [(rules[problem.rule], problem) for problem in person.problems if problem.rule in rules]
    return [
        {
            "title": rule.title,
            "said": rule.said(row.detail),
            "remedy": rule.remedy,
            "other": row.detail["other"] if row.sees_other else None,
        }
        for rule, row in known
    ]


def _merge(merge: Merge) -> dict[str, Any]:
    """A record that was merged into this one: masked, with what stayed behind."""
    return {
        "merge": merge,
        "submission": fresh_key(),
        "name": merge.merged.name,
        "id_masked": id_text(merge.merged),
        "left": sum(map(len, merge.left.values())),
    }


def _member(member: Resident, day: date) -> dict[str, Any]:
    return {
        "name": member.name,
        "url": reverse("contracts:person", args=[member.pk]),
        "is_head": member.is_head,
        "about": f"{member.get_sex_display()} · {age_on(member.birth_date, day)}",
        "is_gone": bool(
            (member.died_on and member.died_on <= day) or (member.moved_out_on and member.moved_out_on <= day)
        ),
    }


def _register(entry: Register, names: dict[str, Any], day: date) -> dict[str, Any]:
    return {"entry": entry, "name": names.get(entry.category, entry.category), "holds": _holds(entry, day)}


def _holds(entry: Register, day: date) -> bool:
    return entry.from_on <= day and (entry.to_on is None or entry.to_on > day)


def _coverage(coverage: Any, resident: Resident, day: date) -> dict[str, Any]:
    coverage.resident = resident
    gone = [on - ONE_DAY for on in (resident.died_on, resident.moved_out_on) if on]
    return {
        "number": coverage.contract.number,
        "url": reverse("contracts:contract_detail", args=[coverage.contract_id]) if coverage.is_open else "",
        "team": coverage.contract.team,
        "start_on": coverage.start_on,
        "last_on": min([coverage.last_on, *gone]),
        "packages": _(", ").join(coverage.package_names),
        "state": status_chip(status_of(coverage, day, is_suspended=coverage.suspended)),
        "reason": _reason(coverage),
    }


def _reason(coverage: Coverage) -> str:
    known = dict(Coverage.Reason.choices)
    return str(known.get(coverage.termination_reason, coverage.termination_reason))


def _promise(obligation: Obligation, state: str, day: date) -> dict[str, Any]:
    return {
        "item": obligation.item.name,
        "package": obligation.held.version.name,
        "opens_on": obligation.opens_on,
        "due_on": obligation.due_on,
        "met_on": obligation.met_on,
        "state": _words_of(obligation, state, day),
        "note": obligation.get_waiver_display() if state == "waived" else "",
    }


def _words_of(obligation: Obligation, state: str, day: date) -> Cell:
    if state == "lapsed":
        return Cell(_("lapsed"), tone="grey")
    if state == "missed" and obligation.due_on == day:
        return Cell(_("due today"), tone="bad")
    if state == "open" and obligation.opens_on <= day:
        return Cell(_("due now"), tone="warn")
    word = next(word for word in WORDS if word.name == state)
    return Cell(str(word.label), tone=word.tone or "info")


def _service(service: Service) -> dict[str, Any]:
    values = []
    if service.systolic and service.diastolic:
        values.append(f"{service.systolic}/{service.diastolic} mmHg")
    if service.fasting_glucose:
        values.append(f"{service.fasting_glucose} mmol/L")
    return {
        "day": service.performed_on,
        "item": service.item.name,
        "staff": service.staff.name if service.staff else "",
        "readings": " · ".join(values),
        "note": service.note,
    }


def _pressure(person: Person, policy: dict[str, int]) -> dict[str, Any]:
    taken = [each for each in reversed(person.services) if each.systolic and each.diastolic]
    turns = _since_age(person.resident, policy["goal_age"])
    upper = [(date.min, policy["goal_systolic"]), (turns, policy["goal_systolic_elderly"])]
    lower = [(date.min, policy["goal_diastolic"]), (turns, policy["goal_diastolic_elderly"])]
    series = [
        Series(_("systolic"), "tone-blue", _values(taken, "systolic"), upper),
        Series(_("diastolic"), "tone-purple", _values(taken, "diastolic"), lower),
    ]
    drawn = chart(series, unit=20)
    return {
        "title": _("Blood pressure, mmHg"),
        "finding": _finding(drawn),
        "chart": drawn,
        "heads": [_("systolic"), _("diastolic")],
        "rows": [(each.performed_on, [each.systolic, each.diastolic]) for each in reversed(taken)],
    }


def _glucose(person: Person, policy: dict[str, int]) -> dict[str, Any]:
    taken = [each for each in reversed(person.services) if each.fasting_glucose]
    goal = Decimal(policy["goal_glucose_tenths"]) / 10
    drawn = chart(
        [Series(_("fasting glucose"), "tone-green", _values(taken, "fasting_glucose"), [(date.min, goal)])], unit=2
    )
    return {
        "title": _("Fasting glucose, mmol/L"),
        "finding": _finding(drawn),
        "chart": drawn,
        "heads": [_("fasting glucose")],
        "rows": [(each.performed_on, [each.fasting_glucose]) for each in reversed(taken)],
    }


def _values(taken: Iterable[Service], field: str) -> list[Reading]:
    """The readings in order of date; of one day, the last entered."""
    by_day = {each.performed_on: getattr(each, field) for each in taken}
    return [Reading(day, value, str(value)) for day, value in by_day.items()]


def _finding(drawn: Chart | None) -> str:
    """The last reading against the goal, in words."""
    if drawn is None:
        return ""
    met = all(line.dots[-1].is_met for line in drawn.lines)
    return _("the last reading is at goal") if met else _("the last reading is above the goal")


def _since_age(resident: Resident, age: int) -> date:
    return birthday(resident.birth_date, age)
