"""Readers of one spreadsheet cell: what a clerk typed becomes a value of the domain, or an error with its remedy.

Pure: no models, no database. A cell is what `teams.sheets` hands over: str, int, float, bool, a date or time, or
'' / None when blank; the cells of a CSV file are always str. See docs/formats.md.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.errors import CodedError

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# What copying from web pages and chat programs leaves in a cell, and nobody sees; C0 controls cannot be stored at all.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_SPACES = re.compile(r"\s+")
_LINE_SPACES = re.compile(r"[ \u3000]*[\t\r\n\v\f\x85\u2028\u2029]\s*")
_DATE = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})", re.ASCII
)
_TIME_AFTER_DATE = re.compile(r"(?:\s+|T)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|[+-]?\.\d+", re.ASCII)
_WHOLE_AS_DECIMAL = re.compile(r"(\d{6,})\.0+", re.ASCII)  # what a program makes of a code when it writes CSV
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.ASCII | re.IGNORECASE)

_SERIAL_EPOCH = datetime.date(1899, 12, 30)
_SERIAL_DAYS = range(20_000, 80_001)
_EARLIEST_YEAR = 1900
_LARGEST_EXACT_FLOAT = 2**53
_CODE_DIGITS = 15
_LARGEST_INTEGER = 2_147_483_647  # PostgreSQL's integer

_TRUE = frozenset({"1", "y", "yes", "t", "true", "是", "√", "✓", "✔"})
_FALSE = frozenset({"0", "n", "no", "f", "false", "否", "\u00d7"})


class CellError(CodedError):
    """A cell that cannot be read. `code` is stable; `message` is a lazy sentence that tells the remedy."""


def normalise(text: str) -> str:
    """Full-width digits, letters and signs as half-width; invisible characters and surrounding spaces gone."""
    return _INVISIBLE.sub("", text).translate(_FULL_WIDTH).strip()


def is_blank(cell: object) -> bool:
    """True for None and for text of nothing but spaces and invisible characters."""
    if isinstance(cell, str):
        return not (cell[:1].isalnum() or normalise(cell))  # most cells begin with a letter or digit
    return cell is None


def parse_text(cell: object, max_length: int) -> str:
    """Text of at most `max_length` characters on one line; '' for a blank cell. Inner spaces are kept.

    Numbers and dates become what the spreadsheet program shows. Raises CellError: too_long.
    """
    text = _INVISIBLE.sub("", _shown(cell)).strip()
    text = _LINE_SPACES.sub(" ", text)
    if len(text) > max_length:
        message = _("{length} characters long, but at most {limit} fit. Shorten it.")
        raise CellError("too_long", format_lazy(message, length=len(text), limit=max_length))
    return text


def parse_code(cell: object) -> str:
    """A code, identity number or phone number: half-width, without any space; '' for a blank cell.

    A number is taken when it is certain that no digit was lost: whole, not negative, at most 15 digits.
    Raises CellError: typed_as_number, typed_as_date.
    """
    if isinstance(cell, bool):
        raise _typed_as_number()
    if isinstance(cell, int | float):
        return _code_from_number(cell)
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        message = _("Turned into a date by the spreadsheet program. Format the column as text and type it again.")
        raise CellError("typed_as_date", message)
    code = _SPACES.sub("", normalise(_shown(cell)))
    if _SCIENTIFIC.fullmatch(code):
        raise _typed_as_number()
    whole = _WHOLE_AS_DECIMAL.fullmatch(code)
    return whole[1] if whole else code


def parse_date(cell: object) -> datetime.date:
    """The date of a cell; a time of day after it is dropped.

    Read are 2018-10-31, 2018/10/31, 2018.10.31, 20181031 and 2018年10月31日 (months and days also with one digit), a
    spreadsheet date, and a plain number that is one in disguise: 20181031, or a day's serial number in the 1900 system.
    Raises CellError: blank, not_date, impossible_date (no such day, or before 1900).
    """
    _refuse_blank(cell)
    if isinstance(cell, datetime.datetime):
        return _checked_year(cell.date())
    if isinstance(cell, datetime.date):
        return _checked_year(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _date_from_number(cell)
    if not isinstance(cell, str):
        raise _not_a_date(cell)
    text = normalise(cell)
    found = _DATE.fullmatch(_SPACES.sub("", _TIME_AFTER_DATE.sub("", text)))
    if found is None:
        raise _not_a_date(text)
    year, month, day = (int(part) for part in found.groups() if part is not None and part.isdigit())
    return _date(year, month, day, text)


def parse_integer(cell: object, minimum: int = -_LARGEST_INTEGER, maximum: int = _LARGEST_INTEGER) -> int:
    """A whole number from `minimum` to `maximum`; thousands separators are allowed.

    Raises CellError: blank, not_number, not_whole, too_small, too_large.
    """
    number = _number(cell)
    if number != number.to_integral_value():
        raise CellError("not_whole", format_lazy(_("“{value}” is not a whole number."), value=_cut(_shown(cell))))
    _check_range(number, Decimal(minimum), Decimal(maximum))
    return int(number)


def parse_decimal(cell: object, places: int = 2, *, negative: bool = False, digits: int = 12) -> Decimal:
    """An exact decimal with `places` places and at most `digits` digits in all; never rounded.

    A float is taken with the 15 digits that spreadsheet programs show, so 12.1 is 12.10 and 0.1 + 0.2 is 0.30.
    Raises CellError: blank, not_number, too_many_places, too_small (below 0 unless `negative`), too_large.
    """
    number = _number(cell)
    largest = Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places)
    _check_range(number, -largest if negative else Decimal(0), largest)
    exact = number.quantize(Decimal(1).scaleb(-places))
    if exact != number:
        message = _("“{value}” has too many decimal places: at most {places}. Round it.")
        raise CellError("too_many_places", format_lazy(message, value=_shown(cell), places=places))
    return abs(exact) if exact == 0 else exact


def parse_boolean(cell: object) -> bool:
    """是/否, yes/no, y/n, true/false, 1/0, √, or a spreadsheet's TRUE/FALSE. Raises CellError: blank, not_boolean."""
    _refuse_blank(cell)
    text = _folded(_shown(cell))
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    message = _("“{value}” is neither yes (是, 1) nor no (否, 0).")
    raise CellError("not_boolean", format_lazy(message, value=_cut(_shown(cell))))


def parse_list(cell: object) -> list[str]:
    """The codes of a cell, separated by ; of either width: each as by `parse_code`, once, in order; [] when blank.

    Raises CellError: typed_as_number, typed_as_date.
    """
    if not isinstance(cell, str):
        return [] if is_blank(cell) else [parse_code(cell)]
    codes = (parse_code(part) for part in normalise(cell).split(";"))
    return list(dict.fromkeys(code for code in codes if code))


def parse_choice(cell: object, choices: Mapping[str, str]) -> str:
    """The value for what was typed. `choices` maps each accepted text (code, label, other spelling) to its value.

    Case, width and spaces make no difference; a number 1 reads as "1". Raises CellError: blank, not_a_choice.
    """
    _refuse_blank(cell)
    shown = _shown(cell)
    if shown in choices:
        return choices[shown]
    text = _folded(shown)
    for accepted, value in choices.items():
        if _folded(accepted) == text:
            return value
    message = _("“{value}” is not one of: {choices}.")
    raise CellError("not_a_choice", format_lazy(message, value=_cut(shown), choices=", ".join(choices)))


def accepted_texts(labels: Mapping[str, str]) -> dict[str, str]:
    """`choices` for `parse_choice` out of {code: Chinese label}: both the codes and the labels are accepted."""
    return {label: code for code, label in labels.items()} | {code: code for code in labels}


def _shown(cell: object) -> str:
    """A cell as the spreadsheet program shows it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _digits_of(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(cell)


def _digits_of(number: float) -> str:
    """A float with the 15 significant digits of spreadsheet programs, without an exponent where that is readable."""
    if math.isfinite(number) and number.is_integer() and abs(number) < 10**_CODE_DIGITS:
        return str(int(number))
    return format(number, ".15g")


def _folded(text: str) -> str:
    return _SPACES.sub("", normalise(text)).casefold()


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _refuse_blank(cell: object) -> None:
    if is_blank(cell):
        raise CellError("blank", _("Empty. Fill it in."))


def _typed_as_number() -> CellError:
    message = _("Typed as a number, so digits may be lost. Format the column as text and type it again.")
    return CellError("typed_as_number", message)


def _code_from_number(number: float) -> str:
    whole = math.isfinite(number) and number == int(number)
    if not whole or not 0 <= number < _LARGEST_EXACT_FLOAT or len(str(int(number))) > _CODE_DIGITS:
        raise _typed_as_number()
    return str(int(number))


def _date_from_number(number: float) -> datetime.date:
    if not math.isfinite(number):
        raise _not_a_date(number)
    if int(number) in _SERIAL_DAYS:
        return _SERIAL_EPOCH + datetime.timedelta(days=int(number))
    digits = str(int(number))
    if number != int(number) or number < 0 or len(digits) != 8:
        raise _not_a_date(number)
    return _date(int(digits[:4]), int(digits[4:6]), int(digits[6:]), digits)


def _date(year: int, month: int, day: int, shown: str) -> datetime.date:
    try:
        return _checked_year(datetime.date(year, month, day))
    except ValueError:
        raise _impossible_date(shown) from None


def _checked_year(date: datetime.date) -> datetime.date:
    if date.year < _EARLIEST_YEAR:
        raise _impossible_date(date.isoformat())
    return date


def _impossible_date(shown: str) -> CellError:
    message = _("“{value}” is not a possible date. Correct it.")
    return CellError("impossible_date", format_lazy(message, value=_cut(shown)))


def _not_a_date(cell: object) -> CellError:
    message = _("“{value}” is not a date. Write it like 2018-10-31.")
    return CellError("not_date", format_lazy(message, value=_cut(_shown(cell))))


def _number(cell: object) -> Decimal:
    _refuse_blank(cell)
    if isinstance(cell, str):
        text = normalise(cell)
        if _NUMBER.fullmatch(text):
            return Decimal(text.replace(",", ""))
    elif isinstance(cell, float) and math.isfinite(cell):
        return Decimal(format(cell, ".15g"))
    elif isinstance(cell, int | Decimal) and not isinstance(cell, bool) and Decimal(cell).is_finite():
        return Decimal(cell)
    raise CellError("not_number", format_lazy(_("“{value}” is not a number."), value=_cut(_shown(cell))))


def _check_range(number: Decimal, minimum: Decimal, maximum: Decimal) -> None:
    if number < minimum:
        raise CellError("too_small", format_lazy(_("Must be at least {limit}."), limit=f"{minimum:f}"))
    if number > maximum:
        raise CellError("too_large", format_lazy(_("Must be at most {limit}."), limit=f"{maximum:f}"))
