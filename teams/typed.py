"""What people and spreadsheets type around a number: full-width characters, quotes, spaces, invisible marks."""

_HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_QUOTES = "'\"`\u00b4\u2018\u2019\u201a\u201c\u201d\u201e\u300c\u300d"
_SPACES = "".join(
    map(chr, (*range(0x21), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
FULL_WIDTH: dict[int, int] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DROPPED = dict.fromkeys(map(ord, _QUOTES + _SPACES + _INVISIBLE))
_TO_HYPHEN = {ord(hyphen): ord("-") for hyphen in _HYPHENS}
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F))
COMPACT: dict[int, int | None] = FULL_WIDTH | _TO_HYPHEN | _DROPPED | {ord("＇"): None, ord("＂"): None}


def line_of(text: str) -> str:
    """What was typed into one line, without what no key types (PostgreSQL refuses a NUL) and the spaces around it."""
    return text.translate(_CONTROLS).strip()
