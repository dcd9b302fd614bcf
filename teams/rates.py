"""The only place where numerators are divided by denominators, and the only rounding of rates (rules.md 3)."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

PERCENT, YUAN = "percent", "yuan"


# A page asks for the same rate to show it, to sort by it, to rank it and to hold it against its target.
@lru_cache(maxsize=16_384)
def rate(numerator: int, denominator: int, unit: str = PERCENT, places: int = 2) -> Decimal | None:
    """Per cent, or yuan for a cost kept in fen, rounded half up once; None is "no figure": no denominator."""
    if denominator == 0:
        return None
    scaled = Decimal(numerator) * 100 if unit == PERCENT else Decimal(numerator) / 100
    return (scaled / denominator).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
