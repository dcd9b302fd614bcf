"""Phone numbers: how they are read, what is a problem, what a mask shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teams.phones import PHONE_PROBLEMS, mask_phone, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "13955810472",
        " 139 5581 0472 ",
        "139-5581-0472",
        "+86 13955810472",
        "+86-139-5581-0472",
        "008613955810472",
        "8613955810472",
        "013955810472",
        "13955810472.0",
        "１３９５５８１０４７２",
        "'13955810472",
        "\u202d13955810472\u202c",
    ],
)
def test_mobile_in_any_usual_writing_is_the_same_number(text: str) -> None:
    phone = parse_phone(text)
    assert (phone.number, phone.problem) == ("13955810472", "")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0558-2262310", "05582262310"),
        ("(0558) 2262310", "05582262310"),
        ("（0558）226-2310", "05582262310"),
        ("05582262310", "05582262310"),
        ("+86 558 2262310", "05582262310"),
        ("+86-0558-2262310", "05582262310"),
        ("010-62261234", "01062261234"),
        ("+86 10 62261234", "01062261234"),
        ("021 62261234", "02162261234"),
        ("0558-2262310-802", "05582262310-802"),
        ("0558-2262310转802", "05582262310-802"),
        ("0558-2262310 分机 802", "05582262310-802"),
        ("0558-2262310 ext. 802", "05582262310-802"),
        ("05582262310#802", "05582262310-802"),
    ],
)
def test_fixed_line_is_read_with_its_area_code(text: str, number: str) -> None:
    phone = parse_phone(text)
    assert (phone.number, phone.problem) == (number, "")
    assert parse_phone(number) == phone


@pytest.mark.parametrize("text", ["", " ", "-", "—", "0", "无", "暂无", "不详", "None", "n/a"])
def test_phone_that_says_nothing_is_empty(text: str) -> None:
    phone = parse_phone(text)
    assert (phone.number, phone.problem) == ("", "empty")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1395581047", "1395581047"),
        ("139 5581 04722", "139558104722"),
        ("2262310", "2262310"),
        ("0558-226231", "0558226231"),
        ("05582262310802", "05582262310802"),
        ("110", "110"),
        ("13955810472/13955810473", "13955810472/13955810473"),
        ("张三 13955810472", "张三13955810472"),
        ("1.39558E+10", "1.39558E+10"),
    ],
)
def test_phone_with_digits_missing_or_too_many_is_kept_as_typed(text: str, number: str) -> None:
    phone = parse_phone(text)
    assert (phone.number, phone.problem) == (number, "malformed")


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        *((f"{prefix}55810472"[:11], "") for prefix in ("130", "139", "145", "147", "150", "159", "162", "165", "167")),
        *((f"{prefix}55810472"[:11], "") for prefix in ("170", "171", "178", "180", "189", "190", "192", "199")),
        ("17425581047", ""),
        *((f"{prefix}55810472", "not_a_person") for prefix in ("140", "141", "144", "146", "148", "149")),
        ("13495581047", "not_a_person"),
        ("17405581047", "not_a_person"),
        ("17415581047", "not_a_person"),
        *((f"{prefix}55810472", "unknown_segment") for prefix in ("100", "120", "142", "154", "161", "179", "194")),
    ],
)
def test_mobile_is_judged_by_its_segment(number: str, problem: str) -> None:
    assert parse_phone(number).problem == problem


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "13888888812",
        "13912345678",
        "13987654321",
        "11111111111",
        "00000000000",
        "0558-1111111",
        "12345678",
        "1388888888",
    ],
)
def test_phone_typed_to_fill_the_field_is_a_dummy(number: str) -> None:
    assert parse_phone(number).problem == "dummy"


@pytest.mark.parametrize("number", ["13966666612", "13951234567", "13987654390"])
def test_phone_with_a_shorter_run_is_no_dummy(number: str) -> None:
    assert parse_phone(number).problem == ""


@given(st.one_of(st.text(max_size=30), st.text("0123456789-+ 转#.", max_size=20)))
def test_phone_from_any_text_has_a_known_problem_and_reads_back(text: str) -> None:
    phone = parse_phone(text)
    assert phone.problem == "" or phone.problem in PHONE_PROBLEMS
    if phone.problem == "":
        assert parse_phone(phone.number) == phone


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("05582262310", "0558****310"),
        ("0558-2262310", "0558****310"),
        ("01062261234", "010****1234"),
        ("05582262310-802", "0558****310-***"),
        ("1395581047", "139****047"),
        ("139558104722", "139*****4722"),
        ("2262310", "226****"),
        ("110", "***"),
        ("张三13955810472", "*************"),
        ("", ""),
    ],
)
def test_mask_of_a_phone_hides_its_middle(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@given(st.text("0123456789", min_size=1, max_size=25))
def test_mask_of_a_phone_hides_at_least_four_digits_or_all(number: str) -> None:
    masked = mask_phone(number)
    assert masked.count("*") >= min(4, len(number))
    assert len(masked) == len(number)
