"""Sums of money as Chinese receipts spell them out. Pure."""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


def in_capitals(amount: Decimal) -> str:
    """`壹拾元零伍分`: yuan from 0.01 to 999,999,999,999.99 in the capitals that can't be altered."""
    yuan, fen = divmod(int(amount * 100), 100)
    tenths, hundredths = divmod(fen, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if not fen:
        return f"{words or '零元'}整"
    if tenths:
        words += f"{DIGITS[tenths]}角"
    elif words:
        words += "零"
    return words + (f"{DIGITS[hundredths]}分" if hundredths else "整")


def _whole(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        # A gap is said once: before a group that begins with nothing, or is nothing.
        if words and group < 1000 and any(groups[: place + 1]) and not words.endswith("零"):
            words += "零"
        words += _thousands(group) + GROUPS[place] if group else ""
    return words


def _thousands(number: int) -> str:
    words = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += DIGITS[digit] + PLACES[place]
        elif words and number % 10**place and not words.endswith("零"):
            words += "零"
    return words
