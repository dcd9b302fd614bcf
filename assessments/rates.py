"""The only place where numerators are divided by denominators, and the only rounding of rates (rules.md 3)."""

from decimal import ROUND_HALF_UP, Decimal

PERCENT, YUAN = "percent", "yuan"


def rate(numerator: int, denominator: int, unit: str = PERCENT, places: int = 2) -> Decimal | None:
    """Per cent, or yuan for a cost kept in fen, rounded half up once; None is "no figure": no denominator."""
    if denominator == 0:
        return None
    scaled = Decimal(numerator) * 100 if unit == PERCENT else Decimal(numerator) / 100
    return (scaled / denominator).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
