"""Windows as an administrator types them."""

import pytest

from service_packages.windows import (
    YEARLY,
    Anchor,
    Span,
    Windows,
    check_windows,
    parse_spans,
    parse_windows,
    spans_text,
)
from teams.rules import RuleViolation


def test_spans_are_read_with_chinese_and_western_marks() -> None:
    assert parse_spans("1、3，6-8; 12 ~ 18") == (Span(1, 1), Span(3, 3), Span(6, 8), Span(12, 18))


def test_spans_read_back_as_they_are_shown() -> None:
    spans = (Span(0, 7), Span(28, 30), Span(36, 36))
    assert spans_text(spans) == "0-7, 28-30, 36"
    assert parse_spans(spans_text(spans)) == spans


@pytest.mark.parametrize("typed", ["age_months 1, 3, 6-8", "月龄 1,3,6-8"])
def test_windows_in_one_cell_name_what_they_are_counted_from(typed: str) -> None:
    windows = parse_windows(typed)
    assert windows == Windows(Anchor.AGE_MONTHS, (Span(1, 1), Span(3, 3), Span(6, 8)))
    assert parse_windows(str(windows)) == windows


def test_empty_cell_is_the_contract_year() -> None:
    assert parse_windows("") == YEARLY
    assert str(YEARLY) == ""


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("moon 1", "package.anchor"),
        ("月龄", "package.spans"),
        ("月龄 three", "package.spans"),
        ("月龄 8-6", "package.spans"),
        ("月龄 3, 3", "package.spans"),
        ("月龄 1-6, 6", "package.spans"),
        ("contract_year 1", "package.spans"),
    ],
)
def test_windows_that_make_no_sense_are_refused(typed: str, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        parse_windows(typed)
    assert refused.value.code == code


def test_windows_without_spans_need_the_contract_year() -> None:
    check_windows(YEARLY)
    with pytest.raises(RuleViolation):
        check_windows(Windows(Anchor.AGE_DAYS))
