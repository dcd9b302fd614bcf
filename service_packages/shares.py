"""Splitting a price among payers to the cent (docs/rules.md 6, 8). Pure arithmetic on yuan with two places."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def raised(amount: Decimal, percent: Decimal) -> Decimal:
    """The amount with so many per cent more (or less, below 0), rounded half up to the cent."""
    return (amount * (100 + percent) / 100).quantize(CENT, ROUND_HALF_UP)


def share_out(total: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Split `total` in the proportion of the weights, by largest remainder (ties: the lower code first).

    The parts add up to `total` exactly. Without any weight everything falls to the lowest code.
    """
    whole = Fraction(sum(weights.values()))
    if not weights:
        return {}
    if not whole:
        return dict.fromkeys(weights, Decimal("0.00")) | {min(weights): total}
    cents = int(total / CENT)
    # Fractions: of decimals two equal remainders may differ in their last digit.
    exact = {code: cents * Fraction(weight) / whole for code, weight in weights.items()}
    parts = {code: int(share) for code, share in exact.items()}
    missing = cents - sum(parts.values())
    for code in sorted(weights, key=lambda code: (parts[code] - exact[code], code))[:missing]:
        parts[code] += 1
    return {code: part * CENT for code, part in parts.items()}
