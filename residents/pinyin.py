"""Pinyin initials of names, so that a clerk finds 张秀英 by typing `zxy`."""

from __future__ import annotations

import os
from functools import lru_cache

# Characters are looked up one by one: the dictionary of phrases would cost each process 46 MB and a fifth of a second.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, lazy_pinyin  # reads the line above

# Characters that are read otherwise as a surname than as a word. Where districts differ (覃, 乐, 隗, 郇), the
# reading of the larger number of bearers.
SURNAMES = {
    "单": "shan", "單": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "區": "ou",
    "盖": "ge", "翟": "zhai", "朴": "piao", "洗": "xian", "员": "yun", "員": "yun", "折": "she", "牟": "mu",
    "黑": "he", "种": "chong", "召": "shao", "覃": "qin", "乐": "yue", "樂": "yue", "繁": "po", "秘": "bi",
    "祭": "zhai", "么": "yao", "佴": "nai", "逄": "pang", "隗": "wei", "郇": "xun", "缪": "miao", "都": "du",
    "卜": "bu", "薄": "bo", "句": "gou", "角": "jue", "阚": "kan", "适": "kuo", "能": "nai", "粘": "nian",
    "乜": "nie", "贲": "ben", "重": "chong", "长": "chang",
}  # fmt: skip

# Compound surnames whose characters are read otherwise than alone.
COMPOUND_SURNAMES = {
    "尉迟": "yu chi", "尉遲": "yu chi", "万俟": "mo qi", "令狐": "ling hu", "长孙": "zhang sun", "長孫": "zhang sun",
    "澹台": "tan tai", "乐正": "yue zheng", "子车": "zi ju",
}  # fmt: skip

# The usual reading in given names, where a dictionary's first one is another.
GIVEN_NAMES = {"长": "chang", "長": "chang", "晟": "sheng", "曾": "zeng", "重": "chong", "莘": "xin", "伽": "jia"}

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def initials(name: str) -> str:
    """Lower-case first letters of a name's syllables: `欧阳娜` → `oyn`, `单雄信` → `sxx`.

    Letters and digits of other scripts stay as they are, in lower case; spaces, dots and characters without a reading
    are left out.
    """
    text = "".join(name.split())
    if len(text) > 2 and text[:2] in COMPOUND_SURNAMES:
        surname = COMPOUND_SURNAMES[text[:2]].split()
    else:
        surname = [SURNAMES.get(character) or _initial(character) for character in text[:1]]
    given = (GIVEN_NAMES.get(character) or _initial(character) for character in text[len(surname) :])
    return "".join(syllable[:1] for syllable in (*surname, *given))


@lru_cache(maxsize=16384)
def _initial(character: str) -> str:
    """The first letter of the usual reading; a letter or digit of another script itself; else nothing."""
    reading = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    if reading:
        return reading[0]
    if _is_ideograph(character):
        return ""
    folded = character.translate(_FULL_WIDTH).lower()
    return folded if folded.isalnum() else ""


def _is_ideograph(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"
