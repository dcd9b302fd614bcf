"""ID numbers: how they are read, what is refused, what a mask shows."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from residents.identity import (
    IdentityError,
    IdNumber,
    check_digit,
    check_not_a_number,
    mask_id_number,
    parse_id_number,
    upgrade_15,
)

TODAY = date(2018, 12, 31)
# The example printed in GB 11643-1999 itself, in its new and its old form.
STANDARD = "11010519491231002X"
STANDARD_15 = "110105491231002"


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
    assert check_not_a_number(cell) is None


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


@given(id_numbers())
def test_any_valid_id_number_reads_back_as_itself(number: str) -> None:
    parsed = parse_id_number(number, today=TODAY)
    assert parsed.number == number
    assert f"{parsed.birth_date:%Y%m%d}" == number[6:14]
    assert (parsed.kind == "hmt_permit") == number.startswith("8")


@given(id_numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_wrong_character_is_refused(number: str, place: int, character: str) -> None:
    wrong = number[:place] + character + number[place + 1 :]
    if wrong != number:
        assert code_of(wrong)


@given(id_numbers(), st.integers(0, 15))
def test_any_two_swapped_digits_are_refused(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert code_of(swapped)


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_old_and_new_form_of_one_person_are_one_number(born: date, sequence: int) -> None:
    first17 = f"341204{born:%Y%m%d}{sequence:03d}"
    old = first17[:6] + first17[8:]
    assert parse_id_number(old, today=TODAY).number == first17 + check_digit(first17)


@given(st.text(max_size=40))
def test_id_number_from_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(IdentityError):
        assert len(parse_id_number(text, today=TODAY).number) == 18


def test_mask_of_an_id_number_keeps_region_and_last_four() -> None:
    assert mask_id_number("341204198506151234") == "341204********1234"


@pytest.mark.parametrize("text", ["", "110105491231002", "34120419850615123", "3412041985061512345"])
def test_mask_of_anything_but_18_characters_shows_nothing(text: str) -> None:
    assert mask_id_number(text) == "*" * len(text)


@given(id_numbers())
def test_mask_never_shows_the_birth_date(number: str) -> None:
    assert mask_id_number(number) == number[:6] + "*" * 8 + number[-4:]
