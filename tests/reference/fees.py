"""What coverages owe and what was paid of it (rules.md 6), month by month and cent by cent."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.reference.days import ONE_DAY, add_months
from tests.reference.facts import Coverage, Facts
from tests.reference.settings import policy_on

REST_OF_A_TERM = ("team_change", "package_change", "handover")
CENT = Decimal("0.01")
COLUMNS = ("opening", "due", "received", "waived", "refunded", "carried", "closing")
ENTERED = {"receipt": "received", "waiver": "waived", "refund": "refunded"}
Shares = dict[str, Decimal]


@dataclass(frozen=True)
class Due:
    """What a payer owes for a coverage from a day on; below zero what is owed no longer."""

    coverage: int
    payer: str
    on: date
    is_released: bool
    amount: Decimal


def dues(facts: Facts) -> list[Due]:
    """Every due of every coverage, whatever its day."""
    shares = _yearly(facts)
    found = []
    for coverage in facts.coverages:
        for on, months, is_released in _months(facts, coverage):
            for payer, amount in split(shares[coverage.key], months).items():
                found.append(Due(coverage.key, payer, on, is_released, -amount if is_released else amount))
    return found


def split(yearly: Shares, months: int) -> Shares:
    """The shares of so many months of a year: the whole rounded half up, then by largest remainder."""
    if not yearly or months >= 12:
        return yearly
    total = sum(yearly.values(), Decimal(0))
    cents = int(Fraction(total) * 100 * months / 12 + Fraction(1, 2))
    exact = {payer: cents * Fraction(amount) / Fraction(total) for payer, amount in yearly.items()}
    given = {payer: int(amount) for payer, amount in exact.items()}
    while sum(given.values()) < cents:
        payer = min(given, key=lambda payer: (given[payer] - exact[payer], payer))
        given[payer] += 1
    return {payer: amount * CENT for payer, amount in given.items()}


def unpaid_days(facts: Facts, payer: str) -> dict[int, list[tuple[date, date | None]]]:
    """Coverage -> days on which what a contract year owes was not paid; the second is the day of payment."""
    paid = defaultdict(list)
    for entry in facts.fee_entries:
        if entry.payer == payer and entry.kind in ("receipt", "waiver", "carried_in"):
            paid[entry.coverage].append((entry.on, entry.amount))
    found = defaultdict(list)
    owed: dict[int, Decimal] = defaultdict(Decimal)
    for due in sorted(dues(facts), key=lambda due: due.on):
        if due.payer != payer or due.is_released or not due.amount:
            continue
        owed[due.coverage] += due.amount
        settled = _settled_on(paid[due.coverage], owed[due.coverage])
        if settled is None or settled > due.on:
            found[due.coverage].append((due.on, settled))
    return dict(found)


def _settled_on(paid: list[tuple[date, Decimal]], owed: Decimal) -> date | None:
    sums = {day: sum(amount for on, amount in paid if on <= day) for day, _amount in paid}
    return min((day for day, total in sums.items() if total >= owed), default=None)


def _yearly(facts: Facts) -> dict[int, Shares]:
    coverages = {held.key: held.coverage for held in facts.held}
    found: dict[int, Shares] = defaultdict(dict)
    for charge in facts.charges:
        own = found[coverages[charge.held]]
        if charge.amount:
            own[charge.payer] = own.get(charge.payer, Decimal(0)) + charge.amount
    return found


def _months(facts: Facts, coverage: Coverage) -> list[tuple[date, int, bool]]:
    """The day, the months charged or released, and which of the two."""
    (resident,) = (row for row in facts.residents if row.key == coverage.resident)
    ends = [day for day in (coverage.terminated_on, resident.moved_out_on, resident.died_on) if day]
    gone = min(ends, default=None)
    rows = [(on, months, False) for on, months in _years(facts, coverage) if gone is None or on < gone]
    if gone and rows and gone <= coverage.end_on:
        unused = sum(months for _on, months, _released in rows) - _kept(facts, coverage, gone, rows)
        rows += [(gone, unused, True)] if unused > 0 else []
    return rows


def _kept(facts: Facts, coverage: Coverage, gone: date, rows: list[tuple[date, int, bool]]) -> int:
    """How many months are owed of a coverage that ended early."""
    if coverage.reason == "changed" and coverage.terminated_on == gone:
        return _begun(coverage.start_on, coverage.end_on) - _begun(gone, coverage.end_on)
    if policy_on(facts, coverage.start_on)["refund_unused_months"] == 1:
        return _begun(coverage.start_on, gone - ONE_DAY)
    return sum(months for _on, months, _released in rows)


def _years(facts: Facts, coverage: Coverage) -> list[tuple[date, int]]:
    """First day and months of each contract year; what takes up the rest of a term has a short year first."""
    since = _first_day(facts, coverage)
    in_all, left = _begun(since, coverage.end_on), _begun(coverage.start_on, coverage.end_on)
    over = (_begun(since, coverage.start_on) - 1) // 12
    numbers = range(over + 1, -(-in_all // 12))
    later = [(add_months(since, 12 * number), min(12, in_all - 12 * number)) for number in numbers]
    first = left - sum(months for _on, months in later)
    return [(coverage.start_on, first), *later] if first else later


def _first_day(facts: Facts, coverage: Coverage) -> date:
    """From which day the contract years are counted: the first of what was signed for the term."""
    if coverage.origin not in REST_OF_A_TERM:
        return coverage.start_on
    signed = [
        row.start_on
        for row in facts.coverages
        if row.resident == coverage.resident and row.start_on <= coverage.start_on and row.origin not in REST_OF_A_TERM
        if row.terminated_on != row.start_on or row.reason == "changed"
    ]
    return max(signed, default=coverage.start_on)


def _begun(first: date, last: date) -> int:
    months = 0
    while add_months(first, months) <= last:
        months += 1
    return months


def statement(facts: Facts, first: date, last: date, key: Callable[[int, str, date], str]) -> dict[str, list[Decimal]]:
    """Opening, due, received, waived, refunded, carried, closing; `key` is given coverage, payer and day."""
    found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 7)
    for coverage, payer, on, column, amount in _movements(facts):
        if on <= last:
            line = found[key(coverage, payer, on)]
            owed = -amount if column in ("received", "waived") else amount
            line[0 if on < first else COLUMNS.index(column)] += owed if on < first else amount
            line[6] += owed
    return dict(found)


def _movements(facts: Facts) -> Iterator[tuple[int, str, date, str, Decimal]]:
    for due in (due for due in dues(facts) if due.payer != "institution_discount"):
        yield due.coverage, due.payer, due.on, "due", due.amount
    for entry in facts.fee_entries:
        column = ENTERED.get(entry.kind, "carried")
        amount = -entry.amount if entry.kind == "carried_in" else entry.amount
        yield entry.coverage, entry.payer, entry.on, column, amount
