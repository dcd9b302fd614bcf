"""Sharing out money: by hand, with hostile numbers, and against a slow second implementation (docs/rules.md 8)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.rules.allocation import (
    EXCELLENT,
    REDISTRIBUTED,
    RETURNED,
    Allocation,
    Claim,
    FundRule,
    allocate,
    cents,
    keep_surplus,
    prepay,
    settle,
    split,
    split_by_payer,
    staff_and_unit,
    yuan,
)
from tests.reference.money import entitlements_by_hand, split_cent_by_cent

CODES = st.text("ABC123", min_size=1, max_size=4)
WEIGHTS = st.one_of(st.integers(0, 10**9), st.decimals(0, 10**6, places=4, allow_nan=False))
SMALL = st.one_of(st.integers(0, 40), st.decimals(0, 9, places=2, allow_nan=False))
COEFFICIENTS = st.sampled_from([Decimal(text) for text in ("0", "0.5", "0.8", "0.8137", "0.95", "1", "1.2")])
CLAIMS = st.lists(
    st.builds(
        Claim,
        code=CODES,
        basis=st.decimals(0, 5000, places=2, allow_nan=False),
        coefficient=COEFFICIENTS,
        is_excellent=st.booleans(),
    ),
    max_size=9,
    unique_by=lambda claim: claim.code,
)
RULES = st.builds(
    FundRule,
    payers=st.dictionaries(st.sampled_from(["city", "district", "insurance"]), st.integers(1, 10**5), min_size=1),
    is_rate=st.booleans(),
    withheld=st.sampled_from([REDISTRIBUTED, RETURNED, EXCELLENT]),
    prepaid_share=st.sampled_from([Decimal(0), Decimal("33.33"), Decimal(70), Decimal(100)]),
)


def check_adds_up(done: Allocation, rule: FundRule) -> None:
    """Fund = payers = units + returned, by payer and by unit."""
    units = done.entitlements
    assert sum(done.payers.values()) == done.pool == done.total + sum(done.returned.values())
    assert all(sum(row.by_payer.values()) == row.total for row in units.values())
    for payer in rule.payers:
        assert done.payers[payer] == sum(row.by_payer[payer] for row in units.values()) + done.returned[payer]
    amounts = [value for row in units.values() for value in (row.full, row.earned, row.bonus, *row.by_payer.values())]
    assert all(value >= 0 for value in (*amounts, *done.returned.values()))


@given(st.integers(-(10**14), 10**14), st.dictionaries(CODES, WEIGHTS, min_size=1))
def test_split_of_any_amount_adds_up_to_the_cent(amount: int, weights: dict[str, Decimal]) -> None:
    if not any(weights.values()):
        weights["A"] = Decimal(1)
    parts = split(amount, weights)
    assert sum(parts.values()) == amount
    assert parts == {code: -part for code, part in split(-amount, weights).items()}
    assert not any(parts[code] for code, weight in weights.items() if not weight)


@given(st.integers(0, 3000), st.dictionaries(CODES, SMALL, min_size=1, max_size=7))
def test_split_equals_the_one_made_cent_by_cent(amount: int, weights: dict[str, Decimal]) -> None:
    exact = {code: Fraction(weight) for code, weight in weights.items()}
    if any(exact.values()):
        assert split(amount, weights) == split_cent_by_cent(amount, exact)


def test_split_of_one_cent_among_130_teams_gives_it_to_the_lowest_code() -> None:
    parts = split(1, {f"T{number:03}": 1 for number in range(130)})
    assert parts["T000"] == 1 and sum(parts.values()) == 1


def test_split_without_weights_is_refused_and_nothing_needs_none() -> None:
    assert split(0, {"A": 0}) == {"A": 0}
    for amount, weights in ((1, {}), (1, {"A": 0}), (1, {"A": -1, "B": 2})):
        with pytest.raises(ValueError):
            split(amount, weights)


@given(st.lists(st.integers(0, 10**7), max_size=12), st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
def test_split_by_payer_adds_up_in_both_directions(amounts: list[int], weights: list[int]) -> None:
    total = sum(amounts)
    payers = split(total, {f"P{place}": weight for place, weight in enumerate([*weights, 1])})
    rows = split_by_payer({f"T{place}": amount for place, amount in enumerate(amounts)}, payers)
    assert [sum(row.values()) for row in rows.values()] == [amounts[int(code[1:])] for code in rows]
    assert payers == {payer: sum(row[payer] for row in rows.values()) for payer in payers}
    assert all(part >= 0 for row in rows.values() for part in row.values())


def test_split_by_payer_of_other_sums_is_refused() -> None:
    with pytest.raises(ValueError):
        split_by_payer({"T": 2}, {"P": 1})


@given(RULES, CLAIMS)
def test_allocation_of_anything_adds_up_on_every_level(rule: FundRule, claims: list[Claim]) -> None:
    check_adds_up(allocate(rule, claims), rule)
    check_adds_up(prepay(rule, claims), rule)


@given(RULES, CLAIMS)
def test_allocation_equals_the_slow_second_implementation(rule: FundRule, claims: list[Claim]) -> None:
    small = FundRule({payer: 1 + part % 400 for payer, part in rule.payers.items()}, rule.is_rate, rule.withheld)
    claims = [Claim(claim.code, claim.basis % 20, claim.coefficient, claim.is_excellent) for claim in claims]
    done = allocate(small, claims)
    exact = {claim.code: (Fraction(claim.basis), Fraction(claim.coefficient)) for claim in claims}
    pool, earned = entitlements_by_hand(small.payers, exact, is_rate=small.is_rate, withheld=small.withheld)
    assert done.pool == pool
    assert {code: row.earned for code, row in done.entitlements.items()} == earned


def test_allocation_with_all_coefficients_zero_goes_back_to_the_payers() -> None:
    rule = FundRule({"city": 400, "district": 600})
    done = allocate(rule, [Claim("A", Decimal(12), Decimal(0)), Claim("B", Decimal(0))])
    assert done.total == 0 and done.returned == {"city": 400, "district": 600}
    assert allocate(rule, []).returned == done.returned


def test_allocation_of_a_huge_pool_loses_nothing() -> None:
    rule = FundRule({"city": 10**30 + 1, "district": 7})
    claims = [Claim(f"T{number}", Decimal(number + 1) / 3, Decimal("0.9")) for number in range(130)]
    check_adds_up(allocate(rule, claims), rule)


def test_what_quality_withholds_goes_back_or_to_the_excellent() -> None:
    claims = [Claim("A", Decimal(60), Decimal(1), is_excellent=True), Claim("B", Decimal(60), Decimal("0.8"))]
    payers = {"city": 4_00, "district": 6_00}
    back = allocate(FundRule(payers, is_rate=True, withheld=RETURNED), claims)
    assert {code: row.total for code, row in back.entitlements.items()} == {"A": 50_00, "B": 40_00}
    assert back.returned == {"city": 4_00, "district": 6_00}
    among = allocate(FundRule(payers, is_rate=True, withheld=EXCELLENT), claims)
    assert {code: row.total for code, row in among.entitlements.items()} == {"A": 60_00, "B": 40_00}
    assert among.entitlements["A"].bonus == 10_00


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(-(10**9), 0), st.booleans())
def test_settlement_pays_and_carries_on_exactly_the_rest(total: int, prepaid: int, carried: int, keeps: bool) -> None:
    balance = settle(total, prepaid, carried, keeps_clawback=keeps)
    assert balance.payable + balance.carried_on == total - prepaid + carried
    assert balance.carried_on <= 0 and (balance.payable >= 0 or not keeps)


def test_staff_never_gets_less_than_its_share_of_half_a_cent() -> None:
    assert staff_and_unit(1, Decimal(50)) == (1, 0)
    assert staff_and_unit(100_01, Decimal(70)) == (70_01, 30_00)
    assert staff_and_unit(0, Decimal(100)) == (0, 0)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 100))
def test_surplus_is_kept_and_given_back_to_the_cent(capitation: int, spent: int, passed: int, share: int) -> None:
    done = keep_surplus(capitation, spent, passed, Decimal(share))
    assert done.kept + done.given_back == max(0, capitation - done.passed_on - spent)
    assert 0 <= done.passed_on <= capitation


def test_yuan_and_cents_are_each_other_back() -> None:
    assert yuan(-1_05) == Decimal("-1.05") and cents(Decimal("-1.05")) == -1_05 and yuan(0) == Decimal("0.00")
    with pytest.raises(ValueError):
        cents(Decimal("0.001"))
