"""The headings of every kind are told apart, whatever a list calls them."""

from collections import Counter

import pytest

from teams.imports import Kind, all_kinds, find_kind
from teams.imports.engine import REASON, SERIAL
from teams.sheets import _aliases, _heading_key


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.code)
def test_no_heading_names_two_columns(kind: Kind) -> None:
    names = Counter(alias for column in (*kind.columns, REASON, SERIAL) for alias in set(_aliases(column)))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("kind", "heading", "column"),
    [
        ("residents", "居民姓名", "name"),
        ("residents", "证件号码", "id_number"),
        ("residents", "联系方式", "phone"),
        ("residents", "家庭住址", "address"),
        ("staff", "手机号码", "phone"),
        ("services", "随访日期", "performed_on"),
        ("contracts", "协议号", "contract_no"),
        ("visits", "就诊机构代码", "institution_code"),
    ],
)
def test_heading_of_real_lists_is_known(kind: str, heading: str, column: str) -> None:
    known = {alias: each.name for each in find_kind(kind).columns for alias in _aliases(each)}
    assert known[_heading_key(heading)] == column
