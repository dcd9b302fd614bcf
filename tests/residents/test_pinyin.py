"""Pinyin initials: what a clerk types to find a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.pinyin import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [("张秀英", "zxy"), ("王五", "ww"), ("欧阳娜", "oyn"), ("吕不韦", "lbw"), ("石磊", "sl"), ("", "")],
)
def test_initials_are_the_first_letters_of_the_syllables(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("surname", "letter"),
    list(
        zip(
            "单曾解仇查区任华盖翟朴冼员晁折牟黑种召覃乐繁秘祭么佴阚句适隗郇石沈盛",
            "szxqzorhgzpxycsmhcsqypbzynkgkwxsss",
            strict=True,
        )
    ),
)
def test_surname_with_two_readings_takes_the_one_of_names(surname: str, letter: str) -> None:
    assert initials(f"{surname}平") == f"{letter}p"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("尉迟恭", "ycg"),
        ("万俟卨", "mqx"),
        ("令狐冲", "lhc"),
        ("长孙无忌", "zswj"),
        ("澹台灭明", "ttmm"),
        ("尉平", "wp"),
    ],
)
def test_compound_surname_is_read_as_one(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"), [("王单", "wd"), ("李长生", "lcs"), ("莘晟", "ss"), ("赵晟", "zs"), ("孙乐乐", "sll")]
)
def test_given_name_takes_the_reading_of_given_names(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张 三", "zs"),
        ("张　三 ", "zs"),
        ("阿依古丽·买买提", "ayglmmt"),
        ("John Smith", "johnsmith"),
        ("ＡＢ王１", "abw1"),
        ("王O", "wo"),
        ("王\U00030000", "w"),
    ],
)
def test_other_letters_stay_and_signs_go(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4))
def test_initials_of_a_chinese_name_are_one_small_letter_each(name: str) -> None:
    letters = initials(name)
    assert len(letters) == len(name)
    assert letters.isascii()
    assert letters.islower()
