"""Texts of imports: in each language or both at once, and without numbers that identify a person."""

import re

from django.utils import translation
from django.utils.functional import Promise

from teams.imports.kinds import Kind
from teams.imports.rows import Row
from teams.logs import without_identities

# Files of refused rows from earlier versions say 轮, and come back mended.
_PLACE = re.compile(r"\s*(?:第\s*(\d+)\s*(?:个文件|轮)\s*)?第\s*(\d+)\s*行")


def both(message: str | Promise) -> str:
    """A message as `中文 / English`; once when it is the same in both. Long numbers in it are hidden."""
    chinese, english = in_chinese(message), in_english(message)
    return chinese if chinese == english else f"{chinese} / {english}"


def kept(message: str | Promise) -> str:
    """A message to keep for readers of either language: a line in Chinese, a line in English."""
    return f"{in_chinese(message)}\n{in_english(message)}"


def shown(text: str, language: str) -> str:
    """What `kept` made, in one language."""
    chinese, _end, english = text.partition("\n")
    return english if language == "en" and english else chinese


def in_chinese(message: str | Promise) -> str:
    """A message in Chinese, without long numbers."""
    with translation.override("zh-hans"):
        return without_identities(str(message))


def in_english(message: str | Promise) -> str:
    """A message in English, without long numbers."""
    with translation.override("en"):
        return without_identities(str(message))


def full_reason(row: Row, kind: Kind) -> str:
    """Why a row was refused, for the column that the file of refused rows has: row, column, reason."""
    return worded_reason(row.number, kind, row.column, both(row.message))


def worded_reason(number: int, kind: Kind, column: str, reason: str, round_number: int = 1) -> str:
    """`第 7 行 身份证号 (id_number)：中文 / English`; of a later file `第 2 个文件第 7 行 …`."""
    known = kind.column(column)
    named = f"{known.label} ({known.name})" if known else column
    place = f"第 {number} 行" if round_number == 1 else f"第 {round_number} 个文件第 {number} 行"
    return f"{place} {named}：{reason}" if named else f"{place}：{reason}"


def place_named(cell: object) -> tuple[int, int] | None:
    """File and row that a cell of reasons names, as `worded_reason` put them: (1, 7). None when it names none."""
    found = _PLACE.match(str(cell or ""))
    return (int(found[1] or 1), int(found[2])) if found else None
