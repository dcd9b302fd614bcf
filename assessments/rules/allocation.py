"""Sharing out money to the cent (docs/rules.md 8). Pure: whole cents and exact fractions, never a float.

A pool is full, then earned by quality, then what was withheld goes back or to the excellent; a unit's money has a payer
for each cent and is split between its staff and its institution. Each step adds up to what it was made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import lcm

Weight = int | Decimal | Fraction
HUNDRED, MONTHS = 100, 12
# Parts of a unit's money; of a cent that both have an equal right to, the staff gets it: theirs is a floor.
STAFF, UNIT = "1 staff", "2 unit"

# What becomes of what quality withholds.
REDISTRIBUTED, RETURNED, EXCELLENT = "redistributed", "returned", "excellent"


def split(amount: int, weights: Mapping[str, Weight]) -> dict[str, int]:
    """Split whole cents in the proportion of the weights, by largest remainder (ties: the lower code first).

    The parts add up to the amount exactly; a debt is split like the same amount owed. Raises ValueError for a weight
    below zero, and for an amount that nobody has a weight for.
    """
    exact = {code: Fraction(weight) for code, weight in weights.items()}
    scale = reduce(lcm, (weight.denominator for weight in exact.values()), 1)
    whole = {code: int(weight * scale) for code, weight in exact.items()}
    total = sum(whole.values())
    if any(weight < 0 for weight in whole.values()):
        raise ValueError("a weight is below zero")
    if not amount:
        return dict.fromkeys(whole, 0)
    if not total:
        raise ValueError("nobody has a weight")
    parts, rests = {}, {}
    for code, weight in whole.items():
        parts[code], rests[code] = divmod(abs(amount) * weight, total)
    missing = abs(amount) - sum(parts.values())
    for code in sorted(rests, key=lambda code: (-rests[code], code))[:missing]:
        parts[code] += 1
    return parts if amount > 0 else {code: -part for code, part in parts.items()}


def split_by_payer(amounts: Mapping[str, int], payers: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Which payer bears how much of each amount; both add up to the same, and so do rows and columns, exactly.

    In order of code each amount is split in the proportion of what every payer has left. Such a part is never above
    what is left, and the last amount takes all of it. Raises ValueError when the two sums differ.
    """
    left = dict(payers)
    if sum(amounts.values()) != sum(left.values()) or min((*amounts.values(), *left.values()), default=0) < 0:
        raise ValueError("amounts and payers don't add up to the same")
    borne = {}
    for code in sorted(amounts):
        borne[code] = split(amounts[code], left)
        left = {payer: rest - borne[code][payer] for payer, rest in left.items()}
    return borne


def half_up(amount: Fraction) -> int:
    """The nearest whole cent; half a cent goes up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def cents(yuan: Decimal) -> int:
    """Yuan with at most two places as cents. Raises ValueError for a fraction of a cent."""
    exact = Fraction(yuan) * HUNDRED
    if exact.denominator != 1:
        raise ValueError("a fraction of a cent")
    return exact.numerator


def yuan(amount: int) -> Decimal:
    """Cents as yuan with two places, exact whatever the size."""
    return Decimal(f"{'-' if amount < 0 else ''}{abs(amount) // HUNDRED}.{abs(amount) % HUNDRED:02}")


@dataclass(frozen=True)
class FundRule:
    """What a fund says. `payers`: cents for the whole period of a pool; of a rate, cents a person and year.

    `staff_share`, `prepaid_share` in per cent; `withheld` is REDISTRIBUTED, RETURNED or EXCELLENT.
    """

    payers: Mapping[str, int]
    is_rate: bool = False
    withheld: str = REDISTRIBUTED
    prepaid_share: Decimal = Decimal(0)
    staff_share: Decimal = Decimal(70)
    keeps_clawback: bool = False


@dataclass(frozen=True)
class Claim:
    """What a team or institution can show: covered person-months × package weight, and its quality."""

    code: str
    basis: Decimal
    coefficient: Decimal = Decimal(1)
    is_excellent: bool = False

    @property
    def weight(self) -> Fraction:
        """Basis × coefficient."""
        return Fraction(self.basis) * Fraction(self.coefficient)


@dataclass(frozen=True)
class Entitlement:
    """A unit's money in cents: at full quality, earned, given beside it as excellent, given back; and who bears it."""

    full: int
    earned: int
    bonus: int
    given_back: int = 0
    by_payer: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """What is left to the unit."""
        return self.earned + self.bonus - self.given_back


@dataclass(frozen=True)
class Allocation:
    """A whole pool: it is the sum of the entitlements and of what goes back to the payers."""

    pool: int
    payers: Mapping[str, int]
    entitlements: Mapping[str, Entitlement]
    returned: Mapping[str, int]

    @property
    def total(self) -> int:
        """What the units get."""
        return sum(entitlement.total for entitlement in self.entitlements.values())


def allocate(rule: FundRule, claims: Sequence[Claim]) -> Allocation:
    """Share out a fund by what the units can show; whatever nobody has a claim to goes back to the payers."""
    return _shared(rule, _pool(rule, claims), claims)


def prepay(rule: FundRule, claims: Sequence[Claim]) -> Allocation:
    """Share out the prepaid part of a fund by the basis expected; no quality is known yet."""
    part = Fraction(rule.prepaid_share) / HUNDRED
    plain = [Claim(claim.code, claim.basis) for claim in claims]
    return _shared(rule, _pool(rule, plain) * part, plain)


def _pool(rule: FundRule, claims: Sequence[Claim]) -> Fraction:
    amount = Fraction(sum(rule.payers.values()))
    return amount * sum(Fraction(claim.basis) for claim in claims) / MONTHS if rule.is_rate else amount


def _shared(rule: FundRule, exact: Fraction, claims: Sequence[Claim]) -> Allocation:
    pool = half_up(exact)
    basis = {claim.code: Fraction(claim.basis) for claim in claims}
    weights = {claim.code: claim.weight for claim in claims}
    full = split(pool, basis) if any(basis.values()) else dict.fromkeys(basis, 0)
    earned = _earned(rule, exact, basis, weights)
    rest = pool - sum(earned.values())
    excellent = {claim.code: claim.weight for claim in claims if claim.is_excellent and claim.weight}
    bonus = split(rest, excellent) if rule.withheld == EXCELLENT and excellent else {}
    payers = split(pool, rule.payers) if pool else dict.fromkeys(rule.payers, 0)
    return _borne(pool, payers, {code: Entitlement(full[code], earned[code], bonus.get(code, 0)) for code in basis})


def give_back(allocation: Allocation, amounts: Mapping[str, int]) -> Allocation:
    """The same with part of what units were entitled to given back to the payers."""
    rows = {code: replace(row, given_back=amounts.get(code, 0)) for code, row in allocation.entitlements.items()}
    return _borne(allocation.pool, allocation.payers, rows)


def _borne(pool: int, payers: Mapping[str, int], rows: Mapping[str, Entitlement]) -> Allocation:
    """Who bears how much of each amount, and what goes back to whom."""
    totals = {code: row.total for code, row in rows.items()}
    used = split(sum(totals.values()), payers)
    borne = split_by_payer(totals, used)
    return Allocation(
        pool,
        payers,
        {code: replace(row, by_payer=borne[code]) for code, row in rows.items()},
        {payer: amount - used[payer] for payer, amount in payers.items()},
    )


def _earned(
    rule: FundRule, exact: Fraction, basis: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> dict[str, int]:
    """By basis × coefficient: the whole pool, or the part of it that quality leaves, at most all."""
    pool = half_up(exact)
    if not any(weights.values()):
        return dict.fromkeys(weights, 0)
    if rule.withheld == REDISTRIBUTED:
        return split(pool, weights)
    return split(min(pool, half_up(exact * sum(weights.values()) / sum(basis.values()))), weights)


@dataclass(frozen=True)
class Balance:
    """What is settled with a unit: paid now (below zero: paid back), and what the next period deducts."""

    payable: int
    carried_on: int


def settle(entitled: int, prepaid: int, carried: int, *, keeps_clawback: bool) -> Balance:
    """What is left after the prepayment and a debt of the period before (`carried`, zero or below).

    A debt is paid back, or carried on to the next period where the fund says so.
    """
    rest = entitled - prepaid + carried
    return Balance(0, rest) if rest < 0 and keeps_clawback else Balance(rest, 0)


def staff_and_unit(amount: int, staff_share: Decimal) -> tuple[int, int]:
    """The part of an amount that goes to the staff, and the rest for the institution."""
    parts = split(amount, {STAFF: staff_share, UNIT: HUNDRED - staff_share})
    return parts[STAFF], parts[UNIT]


@dataclass(frozen=True)
class Surplus:
    """A capitation after its costs: what was spent and passed on for patients referred, kept, and given back.

    A deficit is the unit's own: nothing is given back then, and nothing added.
    """

    spent: int
    passed_on: int
    kept: int
    given_back: int


def keep_surplus(capitation: int, spent: int, passed_on: int, kept_share: Decimal) -> Surplus:
    """Split what a capitation leaves after visits and referrals by the share that the unit keeps, in per cent.

    Never more is passed on than the capitation holds.
    """
    passed_on = min(passed_on, capitation)
    over = max(0, capitation - passed_on - spent)
    parts = split(over, {"1 kept": kept_share, "2 back": HUNDRED - kept_share})
    return Surplus(spent, passed_on, parts["1 kept"], parts["2 back"])
