"""Money a second time, slowly: cent by cent, one after the other (docs/rules.md 8). Shares no line with the product."""

from collections.abc import Mapping
from fractions import Fraction


def split_cent_by_cent(amount: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Everybody gets the whole cents of their share, then those with the largest remainder one more each."""
    total = sum(weights.values())
    got: dict[str, int] = {}
    for code, weight in weights.items():
        share = amount * weight / total
        got[code] = 0
        while got[code] + 1 <= share:
            got[code] += 1
    while sum(got.values()) < amount:
        best = None
        for code in sorted(weights):
            rest = amount * weights[code] / total - got[code]
            if best is None or rest > best[0]:
                best = (rest, code)
        assert best is not None
        got[best[1]] += 1
    return got


def entitlements_by_hand(
    payers: Mapping[str, int], claims: Mapping[str, tuple[Fraction, Fraction]], *, is_rate: bool, withheld: str
) -> tuple[int, dict[str, int]]:
    """The pool in cents, and what each unit has earned; `claims`: code -> basis, coefficient."""
    people = sum((basis for basis, _quality in claims.values()), Fraction(0))
    money = Fraction(sum(payers.values()))
    exact = money * people / 12 if is_rate else money
    pool = _rounded(exact)
    weights = {code: basis * quality for code, (basis, quality) in claims.items()}
    if not sum(weights.values()):
        return pool, dict.fromkeys(claims, 0)
    if withheld == "redistributed":
        return pool, split_cent_by_cent(pool, weights)
    part = _rounded(exact * sum(weights.values()) / people)
    return pool, split_cent_by_cent(min(pool, part), weights)


def _rounded(amount: Fraction) -> int:
    below = amount.numerator // amount.denominator
    return below + 1 if amount - below >= Fraction(1, 2) else below
