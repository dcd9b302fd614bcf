"""Why a line stands in its figure's numerator or not: in words, and with the facts that the words rest on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import PhoneCheck, SurveyAnswer
from assessments.presenters import facts
from assessments.presenters.facts import Facts
from assessments.presenters.parts import part_names
from assessments.queries.evidence import Evidence
from assessments.queries.people import Part
from contracts.models import Coverage, Status


@dataclass(frozen=True)
class Told:
    """Sentences, tables, and what the facts of today say: whether it counts, or the two sums; None: no opinion."""

    words: Sequence[str]
    tables: Sequence[Facts]
    now: bool | tuple[int, int] | None = None


def page(evidence: Evidence) -> dict[str, Any]:
    """Context keys verdict, counted, words, tables, has_changed of `assessments/evidence.html`."""
    told = TELLERS[evidence.indicator.code](evidence)
    names = part_names(evidence.indicator)
    sums = bool(evidence.indicator.numerator.column)
    then: bool | tuple[int, int] = (evidence.above, evidence.below) if sums else evidence.is_counted
    return {
        "verdict": names.get(Part.NUMERATOR if evidence.is_counted else Part.GAP, ""),
        "counted": evidence.is_counted,
        "words": told.words,
        "tables": told.tables,
        "has_changed": told.now is not None and told.now != then,
    }


def _coverage(evidence: Evidence) -> Told:
    return Told(
        [_standing(evidence)], [facts.contracts(evidence, evidence.coverages)], _is_covered(evidence, evidence.in_force)
    )


def _paid(evidence: Evidence) -> Told:
    coverage = evidence.in_force
    words = [_standing(evidence)]
    is_paid = bool(coverage and any(row.price for row in coverage.packages.all()))
    if coverage:
        priced, free = _("It holds a package with a price: %(packages)s."), _("No package has a price: %(packages)s.")
        words.append((priced if is_paid else free) % {"packages": facts.packages_text(coverage)})
    now = is_paid and _is_covered(evidence, coverage)
    return Told(words, [facts.contracts(evidence, evidence.coverages)], now)


def _household(evidence: Evidence) -> Told:
    covered = [row.resident.name for row in evidence.members if evidence.is_signed(row)]
    values = {"members": len(evidence.members), "covered": len(covered), "names": _(", ").join(covered)}
    if covered:
        words = _("Members: %(members)s. Signed: %(covered)s (%(names)s).")
    else:
        words = _("Members: %(members)s. None of them is signed.")
    return Told([words % values], [facts.members(evidence)])


def _renewal(evidence: Evidence) -> Told:
    words = [
        _("The contract with %(team)s ran out on %(day)s.") % {"team": row.contract.team.name, "day": row.end_on}
        for row in evidence.run_out
    ]
    now = _is_covered(evidence, evidence.in_force)
    return Told([*words, _standing(evidence)], [facts.contracts(evidence, evidence.coverages)], now)


def _items(evidence: Evidence) -> Told:
    owed = [row for row in evidence.obligations if facts.is_owed(evidence, row)]
    met = [row for row in owed if facts.is_met(evidence, row)]
    values = {"due": evidence.below, "met": evidence.above}
    words = [_("Due this year up to the report date: %(due)s. Given: %(met)s.") % values, *_waived(evidence)]
    return Told(words, [facts.promises(evidence), *_own_contract(evidence)], (len(met), len(owed)))


def _items_on_time(evidence: Evidence) -> Told:
    owed = [row for row in evidence.obligations if facts.is_owed(evidence, row)]
    on_time = [row for row in owed if facts.is_met(evidence, row) and row.met_on and row.met_on <= row.due_on]
    values = {"due": evidence.below, "met": evidence.above}
    words = [_("Due this year up to the report date: %(due)s. Given in time: %(met)s.") % values, *_waived(evidence)]
    return Told(words, [facts.promises(evidence), *_own_contract(evidence)], (len(on_time), len(owed)))


def _packages(evidence: Evidence) -> Told:
    outcomes: dict[int, list[bool]] = {}
    for row in evidence.obligations:
        if facts.is_owed(evidence, row):
            outcomes.setdefault(row.held_id, []).append(facts.is_met(evidence, row))
    values = {"due": evidence.below, "met": evidence.above}
    words = [_("Packages with something due this year: %(due)s. Given in full: %(met)s.") % values, *_waived(evidence)]
    now = (sum(all(met) for met in outcomes.values()), len(outcomes))
    return Told(words, [facts.promises(evidence), *_own_contract(evidence)], now)


def _unserved(evidence: Evidence) -> Told:
    since, day = evidence.served_since, evidence.day
    rows = [row for row in evidence.services if row.performed_on >= since]
    values = {"since": since, "day": day, "services": len(rows)}
    if rows:
        values |= {"last": rows[0].performed_on, "item": rows[0].item.name}
        words = _("Services from %(since)s to %(day)s: %(services)s, the last on %(last)s (%(item)s).")
    else:
        words = _("No service from %(since)s to %(day)s, while the contract was in force.")
    title = _("Services since %(day)s") % {"day": since}
    tables = [*_own_contract(evidence), facts.services(evidence, rows, title)]
    return Told([words % values], tables, not rows)


def _managed(evidence: Evidence) -> Told:
    given = evidence.standard_services
    category = evidence.selection.category
    values = {
        "standard": evidence.policy[f"standard_{category}"],
        "months": evidence.months,
        "required": evidence.required,
        "given": len(given),
        "days": facts.days(row.performed_on for row in given),
    }
    words = [
        _("Required: %(standard)s a year; for the whole months on the register (%(months)s): %(required)s.") % values,
        _("Given in the 12 months: %(given)s (%(days)s).") % values if given else _("None was given in the 12 months."),
    ]
    title = _("Standard services in the 12 months")
    entries = [] if category == "elderly" else [facts.registers(evidence)]
    return Told(words, [facts.services(evidence, given, title), *entries], len(given) >= evidence.required > 0)


def _controlled(evidence: Evidence) -> Told:
    reading = evidence.reading
    said = facts.glucose_text if evidence.selection.category == "diabetes" else facts.pressure_text
    measured = [row for row in evidence.services if said(row)]
    tables = [facts.services(evidence, measured, _("Readings in the 12 months")), facts.registers(evidence)]
    if reading is None:
        return Told([_("No reading in the 12 months is on file any more.")], tables, False)
    policy = evidence.policy
    if evidence.selection.category == "diabetes":
        goal = Decimal(policy["goal_glucose_tenths"]) / 10
        at_goal, goal_text = (reading.fasting_glucose or 0) < goal, f"{goal} mmol/L"
    else:
        suffix = "_elderly" if evidence.row.age >= policy["goal_age"] else ""
        highest = policy[f"goal_systolic{suffix}"], policy[f"goal_diastolic{suffix}"]
        at_goal = (reading.systolic or 0) < highest[0] and (reading.diastolic or 0) < highest[1]
        goal_text = f"{highest[0]}/{highest[1]} mmHg"
    values = {
        "day": reading.performed_on,
        "reading": said(reading),
        "goal": goal_text,
        "age": evidence.row.age,
    }
    words = _("The latest reading is %(reading)s, on %(day)s. The goal at the age of %(age)s is below %(goal)s.")
    return Told([words % values], tables, at_goal)


def _primary(evidence: Evidence) -> Told:
    primary = [row for row in evidence.visits if facts.is_primary(row.institution)]
    words = _("Visits of the year: %(below)s, at the primary level %(above)s.")
    said = words % {"above": evidence.above, "below": evidence.below}
    now = (len(primary), len(evidence.visits))
    return Told([said], [facts.visits(evidence), *_own_contract(evidence)], now)


def _cost(evidence: Evidence) -> Told:
    words = _("Visits of the year: %(visits)s, which cost ¥%(cost).2f.")
    said = words % {"visits": evidence.below, "cost": Decimal(evidence.above) / 100}
    fen = sum(int(row.cost * 100) for row in evidence.visits)
    return Told([said], [facts.visits(evidence), *_own_contract(evidence)], (fen, len(evidence.visits)))


def _satisfaction(evidence: Evidence) -> Told:
    said = _("The answer: %(rating)s of 5 steps; 4 and 5 count as satisfied.") % {"rating": evidence.row.rating}
    now = any(row.rating >= SurveyAnswer.SATISFIED_FROM for row in evidence.answers)
    return Told([said], [facts.answers(evidence)], now)


def _awareness(evidence: Evidence) -> Told:
    knows = _("Reached, and knows that they are signed and with whom.")
    said = knows if evidence.row.knows_team else _("Reached, but does not know that they are signed and with whom.")
    return Told([said], [facts.calls(evidence)], any(row.knows_team for row in evidence.calls))


def _phone(evidence: Evidence) -> Told:
    reached = _("The number reached the resident or the family.")
    said = reached if evidence.row.reached else _("The number reached neither the resident nor the family.")
    return Told([said], [facts.calls(evidence)], any(row.outcome in PhoneCheck.REACHED for row in evidence.calls))


TELLERS: Mapping[str, Callable[[Evidence], Told]] = {
    "coverage": _coverage,
    "paid_coverage": _paid,
    "household_coverage": _household,
    "renewal": _renewal,
    "item_completion": _items,
    "item_on_time": _items_on_time,
    "package_completion": _packages,
    "unserved": _unserved,
    "managed": _managed,
    "controlled": _controlled,
    "primary_share": _primary,
    "visit_cost": _cost,
    "satisfaction": _satisfaction,
    "awareness": _awareness,
    "phone_valid": _phone,
}


def _standing(evidence: Evidence) -> str:
    """How the resident is covered on the report date, or how the last contract ended."""
    day, coverage = evidence.day, evidence.in_force
    if coverage:
        values = {"team": coverage.contract.team.name, "start": coverage.start_on, "end": coverage.end_on, "day": day}
        if not _is_covered(evidence, coverage):
            words = _("On %(day)s the contract in force is with %(team)s, not with this team.")
        else:
            words = _("On %(day)s the contract with %(team)s is in force, from %(start)s to %(end)s.")
        return words % values
    if not evidence.coverages:
        return _("No contract had begun by %(day)s.") % {"day": day}
    last = evidence.coverages[0]
    status = last.status_on(day)
    values = {"day": day, "team": last.contract.team.name, "state": status.label, "end": last.last_on}
    if status is Status.IN_FORCE:
        return _("On %(day)s the contract with %(team)s does not count: the resident's share was not paid.") % values
    if status is Status.SUSPENDED:
        return _("On %(day)s the contract with %(team)s is suspended.") % values
    return _("On %(day)s no contract is in force; the last, with %(team)s, lasted until %(end)s (%(state)s).") % values


def _is_covered(evidence: Evidence, coverage: Coverage | None) -> bool:
    """In force, and for the figure of a team's villages with that team."""
    team = evidence.selection.unit.team
    return coverage is not None and (team is None or coverage.contract.team_id == team.pk)


def _own_contract(evidence: Evidence) -> list[Facts]:
    return [facts.contracts(evidence, [evidence.coverage])] if evidence.coverage else []


def _waived(evidence: Evidence) -> list[str]:
    waived = evidence.row.obligations_waived
    return [_("Waived, and not counted: %(count)s.") % {"count": waived}] if waived else []
