"""Read, judge and mask phone numbers as they come from people and spreadsheets. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from teams.typed import COMPACT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_ALL_DIGITS = re.compile(r"[0-9]+")

# --- Phones ---------------------------------------------------------------------------------------------------------

PHONE_PROBLEMS: dict[str, StrOrPromise] = {
    "empty": _("No phone number"),
    "malformed": _("Digits missing or too many"),
    "unknown_segment": _("Number segment not in use"),
    "not_a_person": _("Data card or satellite segment, not a person's"),
    "dummy": _("Made-up number"),
    # Not seen on the number itself: somebody called it.
    "wrong_number": _("Belongs to somebody else"),
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
# An institution's, as people write it: digits, spaces, hyphens, brackets, an extension behind 转.
PUBLIC_PHONE = re.compile(r"[0-9(][0-9 ()-]{3,20}(?:转 ?[0-9]{1,6})?")
DUMMY_NUMBERS = frozenset({"13800138000"})


@dataclass(frozen=True, slots=True)
class Phone:
    """A normalised phone number and what is wrong with it: '' or a key of PHONE_PROBLEMS."""

    number: str
    problem: str


def parse_phone(text: str) -> Phone:
    """Normalise a phone number and name its problem. Never raises: a wrong number is a data problem, not an error.

    Mobiles become 11 digits, fixed lines area code and number without a hyphen, `-` before an extension
    (`05581234567-802`). What is neither is kept as typed, without spaces, and is `malformed`.
    """
    if _MOBILE.fullmatch(text):
        return Phone(text, _phone_problem(text))
    compact = text.translate(COMPACT).upper().lstrip("=").replace("(", "").replace(")", "")
    compact = re.sub(r"\.0*$", "", compact)
    if compact.replace("-", "") in NO_PHONE_WORDS:
        return Phone("", "empty")
    number = _normal_phone(compact)
    return Phone(number, _phone_problem(number))


def tidy_public_phone(text: str) -> str:
    """As typed, but half-width."""
    return unicodedata.normalize("NFKC", text).strip()


def tel(public_phone: str) -> str:
    """What a telephone dials: the digits before an extension."""
    return "".join(character for character in public_phone.partition("转")[0] if character.isdigit())


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
