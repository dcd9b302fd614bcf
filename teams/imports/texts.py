"""Texts of imports: in both languages at once, and without numbers that identify a person."""

from django.utils import translation
from django.utils.functional import Promise

from teams.imports.kinds import Kind
from teams.imports.rows import Row
from teams.logs import without_identities


def both(message: str | Promise) -> str:
    """A message as `中文 / English`; once when it is the same in both. Long numbers in it are hidden."""
    with translation.override("zh-hans"):
        chinese = str(message)
    with translation.override("en"):
        english = str(message)
    return without_identities(chinese if chinese == english else f"{chinese} / {english}")


def full_reason(row: Row, kind: Kind) -> str:
    """Why a row was refused, for the column that the file of refused rows has: row, column, reason."""
    return worded_reason(row.number, kind, row.column, both(row.message))


def worded_reason(number: int, kind: Kind, column: str, reason: str) -> str:
    """`第 7 行 身份证号 (id_number)：中文 / English`."""
    known = kind.column(column)
    named = f"{known.label} ({known.name})" if known else column
    return f"第 {number} 行 {named}：{reason}" if named else f"第 {number} 行：{reason}"
