"""ID numbers and phone numbers: how they are read, what is refused, what a mask shows."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from residents.identity import (
    PHONE_PROBLEMS,
    IdentityError,
    IdNumber,
    check_digit,
    check_not_a_number,
    mask_id_number,
    mask_phone,
    parse_id_number,
    parse_phone,
    upgrade_15,
)

TODAY = date(2018, 12, 31)
# The example printed in GB 11643-1999 itself, in its new and its old form.
STANDARD = "11010519491231002X"
STANDARD_15 = "110105491231002"

unhurried = hypothesis_settings(deadline=None)


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["341204", "110105", "540102", "710000", "810000", "820000", "830000"]))
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    first17 = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + check_digit(first17)


def code_of(text: str) -> str:
    with pytest.raises(IdentityError) as caught:
        parse_id_number(text, today=TODAY)
    return caught.value.code


@pytest.mark.parametrize(
    ("first17", "last"),
    [("36042619910101007", "1"), ("12010319880601824", "1"), ("11010519491231002", "X"), ("34052419800101001", "X")],
)
def test_check_digit_of_public_examples_is_the_printed_one(first17: str, last: str) -> None:
    assert check_digit(first17) == last


def test_check_digit_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="17 digits"):
        check_digit("1101051949123100")


def test_id_number_tells_birth_date_and_sex() -> None:
    assert parse_id_number(STANDARD, today=TODAY) == IdNumber(STANDARD, "resident", date(1949, 12, 31), "female")
    assert parse_id_number("360426199101010071", today=TODAY).sex == "male"


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",
        " 110105 19491231 002X\t\r\n",
        "110105-19491231-002X",
        "110105—19491231–002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５　１９４９１２３１　００２ｘ",
        "'11010519491231002X",
        "’11010519491231002X",
        '="11010519491231002X"',
        "\ufeff11010519491231002X\u200b",
        "\u202d11010519491231002X\u202c",
        STANDARD_15,
        "１１０１０５ 491231 ００２",
    ],
)
def test_id_number_in_any_usual_writing_is_the_same_number(text: str) -> None:
    assert parse_id_number(text, today=TODAY).number == STANDARD


def test_upgrade_15_puts_in_the_century_and_the_check_digit() -> None:
    assert upgrade_15(STANDARD_15) == STANDARD


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permit_is_read_like_an_id_card(region: str) -> None:
    first17 = f"{region}19940823002"
    parsed = parse_id_number(first17 + check_digit(first17), today=TODAY)
    assert (parsed.kind, parsed.birth_date, parsed.sex) == ("hmt_permit", date(1994, 8, 23), "female")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u3000", "empty"),
        ("--", "empty"),
        ("4.117E+17", "typed_as_number"),
        ("4.12722195003126e+17", "typed_as_number"),
        ("412722195003126000.0", "typed_as_number"),
        ("412,722,195,003,126,000", "typed_as_number"),
        ("412722195003126000", "typed_as_number"),
        ("1101051949123100", "length"),
        ("11010519491231002XX", "length"),
        ("110105194912310021234", "length"),
        ("11010519491231OO2X", "characters"),
        ("1101051949123100X2", "characters"),
        ("11010549123100X", "characters"),
        ("张秀英", "characters"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢٥", "characters"),
        ("160105194912310021", "region"),
        ("000000000000000000", "region"),
        ("990105194912310021", "region"),
        ("810101199408230021", "region"),
        ("110105194902290021", "birth_date"),
        ("110105194913310021", "birth_date"),
        ("110105201901010021", "birth_date"),
        ("110105188812300021", "birth_date"),
        ("110105194912310021", "checksum"),
    ],
)
def test_impossible_id_number_is_refused_for_its_reason(text: str, code: str) -> None:
    assert code_of(text) == code


def test_id_number_born_today_or_exactly_130_years_ago_is_read() -> None:
    for born in ("20181231", "18881231"):
        first17 = f"110105{born}002"
        assert parse_id_number(first17 + check_digit(first17), today=TODAY).birth_date.month == 12


@pytest.mark.parametrize(
    "cell", [4.12722195003126e17, 412722195003126000, Decimal("412722195003126017"), 110105491231002]
)
def test_cell_that_is_a_number_is_refused(cell: object) -> None:
    with pytest.raises(IdentityError) as caught:
        check_not_a_number(cell)
    assert caught.value.code == "typed_as_number"


@pytest.mark.parametrize("cell", ["412722195003126000", "", None, date(2018, 1, 1)])
def test_cell_that_is_no_number_passes(cell: object) -> None:
    check_not_a_number(cell)


@pytest.mark.parametrize("text", ["110105194912310021", "1101051949123100", "11010519491231OO2X", "110105194913310021"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_error_never_repeats_the_number(text: str, language: str) -> None:
    with pytest.raises(IdentityError) as caught, translation.override(language):
        parse_id_number(text, today=TODAY)
    with translation.override(language):
        assert text[:6] not in str(caught.value)
        assert str(caught.value.message) == str(caught.value)


def test_error_names_what_is_wrong_in_the_reader_s_language() -> None:
    with pytest.raises(IdentityError) as caught:
        parse_id_number("110105194912310", today=date(1900, 1, 1))
    with translation.override("en"):
        assert "Compare the number with the card" in str(caught.value)


@unhurried
@given(id_numbers())
def test_any_valid_id_number_reads_back_as_itself(number: str) -> None:
    parsed = parse_id_number(number, today=TODAY)
    assert parsed.number == number
    assert f"{parsed.birth_date:%Y%m%d}" == number[6:14]
    assert (parsed.kind == "hmt_permit") == number.startswith("8")


@unhurried
@given(id_numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_wrong_character_is_refused(number: str, place: int, character: str) -> None:
    wrong = number[:place] + character + number[place + 1 :]
    if wrong != number:
        assert code_of(wrong)


@unhurried
@given(id_numbers(), st.integers(0, 15))
def test_any_two_swapped_digits_are_refused(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert code_of(swapped)


@unhurried
@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_old_and_new_form_of_one_person_are_one_number(born: date, sequence: int) -> None:
    first17 = f"341204{born:%Y%m%d}{sequence:03d}"
    old = first17[:6] + first17[8:]
    assert parse_id_number(old, today=TODAY).number == first17 + check_digit(first17)


@unhurried
@given(st.text(max_size=40))
def test_id_number_from_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(IdentityError):
        assert len(parse_id_number(text, today=TODAY).number) == 18


def test_mask_of_an_id_number_keeps_region_and_last_four() -> None:
    assert mask_id_number("341204198506151234") == "341204********1234"


@pytest.mark.parametrize("text", ["", "110105491231002", "34120419850615123", "3412041985061512345"])
def test_mask_of_anything_but_18_characters_shows_nothing(text: str) -> None:
    assert mask_id_number(text) == "*" * len(text)


@unhurried
@given(id_numbers())
def test_mask_never_shows_the_birth_date(number: str) -> None:
    assert mask_id_number(number) == number[:6] + "*" * 8 + number[-4:]


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


@unhurried
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


@unhurried
@given(st.text("0123456789", min_size=1, max_size=25))
def test_mask_of_a_phone_hides_at_least_four_digits_or_all(number: str) -> None:
    masked = mask_phone(number)
    assert masked.count("*") >= min(4, len(number))
    assert len(masked) == len(number)
