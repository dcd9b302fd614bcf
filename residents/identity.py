"""Read, check and mask ID numbers and phone numbers as they come from people, card readers and spreadsheets.

Pure functions: no database, no clock (the day is passed in). Encryption and look-up hashes are in `cipher`.
Texts of errors never repeat the number itself, so that they may be logged and shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import mul
from typing import TYPE_CHECKING, Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Sex = Literal["male", "female"]
IdKind = Literal["resident", "hmt_permit"]

MAX_AGE_YEARS = 130
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

# GB/T 2260. 81, 82 and 83 stand only in the residence permits of Hong Kong, Macao and Taiwan, four zeros after them.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})

_HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_QUOTES = "'\"`\u00b4\u2018\u2019\u201a\u201c\u201d\u201e\u300c\u300d"
_SPACES = "".join(
    map(chr, (*range(0x21), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DROPPED = dict.fromkeys(map(ord, _QUOTES + _SPACES + _INVISIBLE))
_TO_HYPHEN = {ord(hyphen): ord("-") for hyphen in _HYPHENS}
_COMPACT: dict[int, int | None] = _FULL_WIDTH | _TO_HYPHEN | _DROPPED | {ord("＇"): None, ord("＂"): None}

_CLEAN = re.compile(r"[0-9]{17}[0-9X]")
_ALL_DIGITS = re.compile(r"[0-9]+")
_NUMBER_LOOK = re.compile(r"[0-9]+(?:\.[0-9]*)?E[+-]?[0-9]+|[0-9]+\.[0-9]*|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_BAD_CHARACTER = re.compile(r"[^0-9X]|X(?!\Z)")


class IdentityError(ValueError):
    """An ID number that cannot be true. `code` is stable; `message` says what is wrong and what to do about it."""

    def __init__(self, code: str, message: StrOrPromise) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked ID number: 18 characters with an upper-case X, and what it says about its holder (GB 11643-1999)."""

    number: str
    kind: IdKind
    birth_date: date
    sex: Sex


@dataclass(frozen=True, slots=True)
class Phone:
    """A normalised phone number and what is wrong with it: '' or a key of PHONE_PROBLEMS."""

    number: str
    problem: str


def parse_id_number(text: str, *, today: date) -> IdNumber:
    """Read an ID number in any form people type it: 18 characters, or 15 digits of before 1999 (made 18).

    Spaces, hyphens, quotes, full-width and invisible characters are dropped. Raises IdentityError with code
    empty, typed_as_number, length, characters, region, birth_date or checksum.
    """
    number = _normalised(text)
    region = number[:6]
    if not _PROVINCE.match(region):
        raise IdentityError("region", _("The first two digits are no province's. Compare the number with the card."))
    if region[0] == "8" and region not in PERMIT_REGIONS:
        raise IdentityError(
            "region",
            _("A residence permit begins with 810000, 820000 or 830000. Compare the number with the card."),
        )
    birth_date = _birth_date(number, today)
    if check_digit(number[:17]) != number[17]:
        _refuse_checksum(number)
    return IdNumber(
        number=number,
        kind="hmt_permit" if region in PERMIT_REGIONS else "resident",
        birth_date=birth_date,
        sex="male" if int(number[16]) % 2 else "female",
    )


def check_not_a_number(cell: object) -> None:
    """Refuse a spreadsheet cell that holds an ID number as a number: past 15 digits it is no longer the one typed.

    Takes the cell's value as the file's reader gives it; raises IdentityError with code typed_as_number.
    """
    if isinstance(cell, (int, float, Decimal)):
        raise _typed_as_number()


def check_digit(first17: str) -> str:
    """The 18th character for the first 17 digits of an ID number (GB 11643-1999: ISO 7064 mod 11-2)."""
    if len(first17) != len(CHECK_WEIGHTS):
        raise ValueError("the check digit is made from 17 digits")
    return CHECK_CHARACTERS[sum(map(mul, CHECK_WEIGHTS, map(int, first17))) % 11]


def upgrade_15(number: str) -> str:
    """The 18-character form of an old 15-digit number: the century 19 put in, the check digit added."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_digit(first17)


def mask_id_number(number: str) -> str:
    """`341204********1234`: region and last four. Anything that is not 18 characters long is hidden whole."""
    if len(number) != 18:
        return "*" * len(number)
    return f"{number[:6]}********{number[14:]}"


def _normalised(text: str) -> str:
    """The 18 characters meant by the text; not yet whether they can be true."""
    if _CLEAN.fullmatch(text):
        return text
    compact = text.translate(_COMPACT).upper().lstrip("=")
    if not compact.strip("-"):
        raise IdentityError("empty", _("The ID number is missing. Enter the number on the card."))
    if _NUMBER_LOOK.fullmatch(compact):
        raise _typed_as_number()
    return _completed(compact.replace("-", ""))


def _completed(number: str) -> str:
    bad = _BAD_CHARACTER.search(number)
    if len(number) not in (15, 18) and not (bad and bad[0] != "X"):
        raise IdentityError(
            "length",
            format_lazy(
                _("The ID number has {length} characters instead of 18. Compare it with the card."), length=len(number)
            ),
        )
    if bad or (len(number) == 15 and number.endswith("X")):
        raise IdentityError(
            "characters",
            format_lazy(
                _("“{character}” does not belong there: an ID number has digits only, and an X only at the end."),
                character=bad[0] if bad else "X",
            ),
        )
    return number if len(number) == 18 else upgrade_15(number)


def _birth_date(number: str, today: date) -> date:
    try:
        birth_date = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdentityError(
            "birth_date", _("Digits 7 to 14 are no real date of birth. Compare the number with the card.")
        ) from None
    if birth_date > today:
        raise IdentityError(
            "birth_date", _("The date of birth in the ID number lies in the future. Compare the number with the card.")
        )
    if (birth_date.year + MAX_AGE_YEARS, birth_date.month, birth_date.day) < (today.year, today.month, today.day):
        raise IdentityError(
            "birth_date",
            format_lazy(
                _("By the ID number the person is older than {years} years. Compare the number with the card."),
                years=MAX_AGE_YEARS,
            ),
        )
    return birth_date


def _refuse_checksum(number: str) -> None:
    """Three zeros at the end of a wrong number are what a spreadsheet makes of the last three digits."""
    if number.endswith("000"):
        raise _typed_as_number()
    raise IdentityError(
        "checksum", _("The check digit does not fit: a digit is wrong or two are swapped. Compare with the card.")
    )


def _typed_as_number() -> IdentityError:
    return IdentityError(
        "typed_as_number",
        _(
            "The ID number was entered as a number, so its last digits may be lost. "
            "Set the column's format to text and enter the number again."
        ),
    )


# --- Phones ---------------------------------------------------------------------------------------------------------

PHONE_PROBLEMS: dict[str, StrOrPromise] = {
    "empty": _("No phone number"),
    "malformed": _("Digits missing or too many"),
    "unknown_segment": _("Number segment not in use"),
    "not_a_person": _("Data card or satellite segment, not a person's"),
    "dummy": _("Made-up number"),
}

NO_PHONE_WORDS = frozenset({"", "0", "无", "没有", "暂无", "无电话", "不详", "未知", "NONE", "NULL", "NAN", "N/A"})

# The numbering plan at the end of 2019. Data cards, things and satellites come first: they lie inside wider segments.
_MOBILE = re.compile(r"1[0-9]{10}")
_NOT_A_PERSON = re.compile(r"14[014689]|1349|174[01]")
_PERSON = re.compile(r"13[0-9]|14[57]|15[0-35-9]|16[2567]|17[0-8]|18[0-9]|19[0-35-9]")
_COUNTRY = re.compile(r"(?:\+|00)86-?(.+)|86(1[0-9-]{10,})")
_TRUNK_MOBILE = re.compile(r"0(1[3-9][0-9]{9})")
_FIXED = re.compile(
    r"(0(?:10|2[0-9]|[3-9][0-9]{2}))-?([0-9]{7,8})(?:(?:转|分机|EXT\.?|[-X#*,;])+([0-9]{1,6}))?",
)
_FIXED_START = re.compile(r"10|2[0-9]|[3-9][0-9]{2}")
_SAME_DIGIT_RUN = re.compile(r"([0-9])\1{6}")
_COUNTING_RUNS = tuple(
    run[start : start + 8] for run in ("0123456789", "9876543210") for start in range(len("0123456789") - 7)
)
DUMMY_NUMBERS = frozenset({"13800138000"})


def parse_phone(text: str) -> Phone:
    """Normalise a phone number and name its problem. Never raises: a wrong number is a data problem, not an error.

    Mobiles become 11 digits, fixed lines area code and number without a hyphen, `-` before an extension
    (`05581234567-802`). What is neither is kept as typed, without spaces, and is `malformed`.
    """
    if _MOBILE.fullmatch(text):
        return Phone(text, _phone_problem(text))
    compact = text.translate(_COMPACT).upper().lstrip("=").replace("(", "").replace(")", "")
    compact = re.sub(r"\.0*$", "", compact)
    if compact.replace("-", "") in NO_PHONE_WORDS:
        return Phone("", "empty")
    number = _normal_phone(compact)
    return Phone(number, _phone_problem(number))


def mask_phone(number: str) -> str:
    """`138****5678`; a fixed line keeps its area code and the last 3 or 4 digits: `0558****567`, `010****5678`.

    Of anything else that is long enough the first three characters stay, so that a missing digit can be seen.
    """
    fixed = _FIXED.fullmatch(number)
    if fixed:
        area, local, extension = fixed.groups()
        return f"{area}****{local[4:]}" + (f"-{'*' * len(extension)}" if extension else "")
    if len(number) < 7 or not _ALL_DIGITS.fullmatch(number):
        return "*" * len(number)
    hidden = max(4, len(number) - 7)
    return number[:3] + "*" * hidden + number[3 + hidden :]


def _normal_phone(compact: str) -> str:
    rest = _without_country(compact)
    for candidate in (rest, rest.replace("-", "")):
        trunk = _TRUNK_MOBILE.fullmatch(candidate)
        if trunk:
            return trunk[1]
        fixed = _FIXED.fullmatch(candidate)
        if fixed:
            return fixed[1] + fixed[2] + (f"-{fixed[3]}" if fixed[3] else "")
    digits = rest.replace("-", "")
    return digits if _ALL_DIGITS.fullmatch(digits) else compact


def _without_country(compact: str) -> str:
    """Drop +86, 0086 or 86, and put back the 0 that a fixed line loses behind it."""
    country = _COUNTRY.fullmatch(compact)
    if not country:
        return compact
    rest = country[1] or country[2]
    digits = rest.replace("-", "")
    if not _MOBILE.fullmatch(digits) and _FIXED_START.match(rest):
        return f"0{rest}"
    return rest


def _phone_problem(number: str) -> str:
    local = number.partition("-")[0]
    if _is_dummy(local):
        return "dummy"
    if not _MOBILE.fullmatch(number):
        return "" if _FIXED.fullmatch(number) else "malformed"
    if _NOT_A_PERSON.match(number):
        return "not_a_person"
    return "" if _PERSON.match(number) else "unknown_segment"


def _is_dummy(digits: str) -> bool:
    """Placeholders that people type to get past a required field; also when digits are missing."""
    return (
        digits in DUMMY_NUMBERS
        or _SAME_DIGIT_RUN.search(digits) is not None
        or any(run in digits for run in _COUNTING_RUNS)
    )
