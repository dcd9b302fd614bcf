"""What a clerk types becomes a value, or a message with the remedy."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from teams import cells
from teams.cells import CellError

OCTOBER_31 = datetime.date(2018, 10, 31)
NOON = datetime.datetime.fromisoformat("2018-10-31T12:00:00")
SEX = {"male": "male", "男": "male", "1": "male", "female": "female", "女": "female", "2": "female"}


def refusal(parse: Callable[..., object], *arguments: object, **options: object) -> str:
    with pytest.raises(CellError) as caught:
        parse(*arguments, **options)
    return caught.value.code


@pytest.mark.parametrize("cell", [None, "", " ", "\u3000", "\u200b\ufeff", "\n"])
def test_cell_of_spaces_is_blank(cell: object) -> None:
    assert cells.is_blank(cell)


@pytest.mark.parametrize("cell", [0, 0.0, False, "0", "-"])
def test_cell_with_zero_is_not_blank(cell: object) -> None:
    assert not cells.is_blank(cell)


def test_normalise_makes_full_width_half_width_and_keeps_chinese() -> None:
    assert cells.normalise("\ufeff　３４Ｘ（甲）\u200b 乙 ") == "34X(甲) 乙"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  王 芳\u200b ", "王 芳"),
        ("颍泉区（东）", "颍泉区（东）"),
        ("一行\r\n 两行", "一行 两行"),
        ("a\x00b", "ab"),
        (12.0, "12"),
        (12.5, "12.5"),
        (True, "TRUE"),
        (OCTOBER_31, "2018-10-31"),
        (datetime.datetime.fromisoformat("2018-10-31"), "2018-10-31"),
    ],
)
def test_text_is_what_the_spreadsheet_shows(cell: object, text: str) -> None:
    assert cells.parse_text(cell, 20) == text


def test_text_longer_than_its_field_is_refused_with_both_lengths() -> None:
    with pytest.raises(CellError, match=r"4 .* 3 ") as caught, translation.override("en"):
        cells.parse_text("甲乙丙丁", 3)
        str(caught.value)
    assert caught.value.code == "too_long"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("３４１２０４１９９００１０１１２３ｘ", "34120419900101123x"),
        (" 138 0000\u00a01234\u200b", "13800001234"),
        (341204.0, "341204"),
        (341204, "341204"),
        (341204900101123.0, "341204900101123"),
        (None, ""),
        ("0558", "0558"),
        ("3E5", "3E5"),
    ],
)
def test_code_is_read_without_spaces_in_half_width(cell: object, code: str) -> None:
    assert cells.parse_code(cell) == code


@pytest.mark.parametrize(
    "cell", [3.412041990010112e17, 341204199001011234, 1e15, 12.5, -1.0, float("nan"), float("inf"), True, "3.41E+17"]
)
def test_code_that_may_have_lost_digits_is_refused(cell: object) -> None:
    assert refusal(cells.parse_code, cell) == "typed_as_number"


def test_code_turned_into_a_date_is_refused() -> None:
    assert refusal(cells.parse_code, OCTOBER_31) == "typed_as_date"


def test_code_typed_as_number_tells_the_remedy_but_not_the_number() -> None:
    with pytest.raises(CellError) as caught:
        cells.parse_code(3.412041990010112e17)
    with translation.override("en"):
        message = str(caught.value.message)
    assert "Format the column as text" in message
    assert "341204" not in message


@pytest.mark.parametrize(
    "cell",
    [
        "2018-10-31",
        "2018/10/31",
        "2018.10.31",
        "20181031",
        "2018年10月31日",
        "２０１８年１０月３１日",
        "２０１８－１０－３１",
        " 2018 - 10 - 31 ",
        "2018-10-31 00:00:00",
        "2018/10/31 8:05",
        "2018-10-31T08:05:00.000Z",
        20181031,
        20181031.0,
        43404,
        43404.0,
        43404.5,
        OCTOBER_31,
        NOON,
    ],
)
def test_date_is_read_in_each_way_of_writing_it(cell: object) -> None:
    assert cells.parse_date(cell) == OCTOBER_31


@pytest.mark.parametrize("cell", ["2018-3-5", "2018/03/5", "2018年3月5日", "2018.3.05", "2018年3月5号"])
def test_date_is_read_with_one_digit_of_month_and_day(cell: str) -> None:
    assert cells.parse_date(cell) == datetime.date(2018, 3, 5)


@pytest.mark.parametrize("cell", ["2018-02-29", "2018-13-01", "20180231", 20180231.0, "1018-10-31", "2018年0月1日"])
def test_date_that_cannot_be_is_named(cell: object) -> None:
    with pytest.raises(CellError) as caught:
        cells.parse_date(cell)
    assert caught.value.code == "impossible_date"
    assert str(cell).removesuffix(".0") in str(caught.value)


@pytest.mark.parametrize(
    "cell",
    [
        "18-10-31",
        "31/10/2018",
        "2018-10/31",
        "2018-10",
        "43404",
        "不详",
        True,
        19999.0,
        80001.0,
        -5.0,
        float("nan"),
        datetime.time(12),
        datetime.timedelta(1),
    ],
)
def test_date_in_another_shape_is_refused(cell: object) -> None:
    assert refusal(cells.parse_date, cell) == "not_date"


@given(st.dates(min_value=datetime.date(1955, 1, 1), max_value=datetime.date(2118, 12, 31)))
def test_date_and_its_serial_number_agree(date: datetime.date) -> None:
    serial = (date - datetime.date(1899, 12, 30)).days
    assert cells.parse_date(float(serial)) == cells.parse_date(date.isoformat()) == date


@pytest.mark.parametrize(("cell", "number"), [("1,234", 1234), ("１２", 12), (12.0, 12), ("12.00", 12), ("-3", -3)])
def test_integer_is_read_with_separators_and_full_width(cell: object, number: int) -> None:
    assert cells.parse_integer(cell) == number


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.5", "not_whole"),
        (1.5, "not_whole"),
        ("1,23", "not_number"),
        ("1e3", "not_number"),
        (True, "not_number"),
        ("", "blank"),
        (None, "blank"),
        (float("inf"), "not_number"),
        (3000000000.0, "too_large"),
        ("两个", "not_number"),
        (OCTOBER_31, "not_number"),
        (Decimal("NaN"), "not_number"),
    ],
)
def test_integer_that_is_none_is_refused(cell: object, code: str) -> None:
    assert refusal(cells.parse_integer, cell) == code


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (12.1, "12.10"),
        ("12.1", "12.10"),
        ("1,234.50", "1234.50"),
        (0.1 + 0.2, "0.30"),
        (5, "5.00"),
        ("１２．５", "12.50"),
        ("12.500", "12.50"),
        (".5", "0.50"),
        (Decimal("7.25"), "7.25"),
        ("-0", "0.00"),
        (9999999999.99, "9999999999.99"),
    ],
)
def test_decimal_is_exact_without_float_noise(cell: object, amount: str) -> None:
    assert str(cells.parse_decimal(cell)) == amount


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (12.345, "too_many_places"),
        ("12.345", "too_many_places"),
        (-1, "too_small"),
        (1e10, "too_large"),
        ("￥5", "not_number"),
    ],
)
def test_decimal_that_would_be_rounded_or_negative_is_refused(cell: object, code: str) -> None:
    assert refusal(cells.parse_decimal, cell) == code


def test_decimal_below_zero_is_read_where_allowed() -> None:
    assert cells.parse_decimal("-1.5", negative=True) == Decimal("-1.50")


def test_decimal_has_the_places_asked_for() -> None:
    assert str(cells.parse_decimal(6.1, places=1)) == "6.1"
    assert refusal(cells.parse_decimal, 6.11, places=1) == "too_many_places"


@given(st.decimals(min_value=0, max_value=9_999_999, places=2))
def test_decimal_survives_its_way_through_a_float(amount: Decimal) -> None:
    assert cells.parse_decimal(float(amount)) == amount


@pytest.mark.parametrize("cell", ["是", "1", 1, 1.0, "Y", "yes", "TRUE", True, "√", "ｙ", " 是 "])
def test_boolean_is_true(cell: object) -> None:
    assert cells.parse_boolean(cell) is True


@pytest.mark.parametrize("cell", ["否", "0", 0, 0.0, "n", "No", "false", False])
def test_boolean_is_false(cell: object) -> None:
    assert cells.parse_boolean(cell) is False


@pytest.mark.parametrize(("cell", "code"), [("2", "not_boolean"), ("可能", "not_boolean"), ("", "blank")])
def test_boolean_that_is_neither_is_refused(cell: object, code: str) -> None:
    assert refusal(cells.parse_boolean, cell) == code


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("A01;A02", ["A01", "A02"]),
        ("A01； A02 ;", ["A01", "A02"]),
        ("B;A;B", ["B", "A"]),
        (1001.0, ["1001"]),
        (" ", []),
        (None, []),
        ("a,b、c", ["a,b、c"]),
    ],
)
def test_list_is_split_at_semicolons_only(cell: object, codes: list[str]) -> None:
    assert cells.parse_list(cell) == codes


@pytest.mark.parametrize("cell", ["男", " 男 ", "male", "MALE", "1", 1.0, "１"])
def test_choice_is_read_from_code_label_and_other_spelling(cell: object) -> None:
    assert cells.parse_choice(cell, SEX) == "male"


def test_choice_that_is_none_names_those_that_are() -> None:
    with pytest.raises(CellError, match="男, 1, female") as caught:
        cells.parse_choice("公", SEX)
    assert caught.value.code == "not_a_choice"


def test_accepted_texts_are_codes_and_labels() -> None:
    assert cells.accepted_texts({"urban": "城市"}) == {"城市": "urban", "urban": "urban"}


@given(
    st.one_of(
        st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.dates(), st.datetimes(), st.times(),
        st.timedeltas(),
    )
)  # fmt: skip
def test_any_cell_gives_a_value_or_a_message(cell: object) -> None:
    for parse in (
        cells.parse_code,
        cells.parse_date,
        cells.parse_integer,
        cells.parse_decimal,
        cells.parse_boolean,
        cells.parse_list,
        lambda value: cells.parse_text(value, 5),
        lambda value: cells.parse_choice(value, SEX),
    ):
        try:
            parse(cell)
        except CellError as error:
            assert str(error)


def test_code_that_a_program_wrote_as_a_decimal_is_whole_again() -> None:
    assert [cells.parse_code(cell) for cell in ("34120401.0", "341204196005170029.00", "1.0")] == [
        "34120401",
        "341204196005170029",
        "1.0",
    ]
