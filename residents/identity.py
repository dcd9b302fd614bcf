"""Read, check and mask ID numbers as they come from people, card readers and spreadsheets.

Pure functions: no database, no clock (the day is passed in). Encryption and look-up hashes are in `teams.cipher`.
Texts of errors never repeat the number itself, so that they may be logged and shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import mul
from typing import Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.errors import CodedError
from teams.typed import COMPACT

Sex = Literal["male", "female"]
IdKind = Literal["resident", "hmt_permit"]

MAX_AGE_YEARS = 130
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

# GB/T 2260. 81, 82 and 83 stand only in the residence permits of Hong Kong, Macao and Taiwan, four zeros after them.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})

_CLEAN = re.compile(r"[0-9]{17}[0-9X]")
_NUMBER_LOOK = re.compile(r"[0-9]+(?:\.[0-9]*)?E[+-]?[0-9]+|[0-9]+\.[0-9]*|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_BAD_CHARACTER = re.compile(r"[^0-9X]|X(?!\Z)")


class IdentityError(CodedError, ValueError):
    """An ID number that cannot be true. `code` is stable; `message` says what is wrong and what to do about it."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A checked ID number: 18 characters with an upper-case X, and what it says about its holder (GB 11643-1999)."""

    number: str
    kind: IdKind
    birth_date: date
    sex: Sex


def parse_id_number(text: str, *, today: date) -> IdNumber:
    """Read an ID number in any form people type it: 18 characters, or 15 digits of before 1999 (made 18).

    Spaces, hyphens, quotes, full-width and invisible characters are dropped. Raises IdentityError with code
    empty, typed_as_number, length, characters, region, birth_date or checksum.
    """
    number = _normalised(text)
    region = number[:6]
    if not _PROVINCE.match(region):
        raise IdentityError(
            "region", _("The first two digits are not those of a province. Compare the number with the card.")
        )
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
    compact = text.translate(COMPACT).upper().lstrip("=")
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
                _("An ID number has 18 characters, this one has {length}. Compare it with the card."),
                length=len(number),
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
            "birth_date", _("Digits 7 to 14 are not a real date of birth. Compare the number with the card.")
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
