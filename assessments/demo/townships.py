"""Townships and villages for counties whose real ones are not kept here, with names that nobody takes for real.

Those of 华容县 are 华容甲镇 with 华容甲1村, 华容甲2村 …, then 华容乙镇 and so on; those of a city's district 云溪区 are
云溪甲街道 with its communities. Each village has one team, so that their number follows from the teams of the scale.
"""

from random import Random

from assessments.demo.figures import split
from teams.models import Division

Row = dict[str, str]  # a division's code, name, level and parent_code
# Told apart as a contract tells its parties apart: 甲, 乙, 丙 …
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
VILLAGES = 10  # of a township, more only where a county has more townships than letters
FIRST = 900  # no real township has a number from here on
_KINDS = ("自治县", "管理区", "林区", "县", "区", "市")


def invent(counties: list[Row], teams: int, rng: Random) -> list[Row]:
    """Rows beneath the counties, `teams` villages in all, some counties much larger than others. A county for which
    none is left at a small scale stays empty."""
    shares = split(teams, {row["code"]: rng.lognormvariate(0, 0.4) for row in counties})
    return [made for row in counties for made in _townships(row, shares[row["code"]])]


def _townships(county: Row, villages: int) -> list[Row]:
    count = min(len(LETTERS), -(-villages // VILLAGES))
    is_urban = county["name"].endswith("区")
    kind = next((kind for kind in _KINDS if county["name"].endswith(kind)), "")
    rows = []
    for place, letter in enumerate(LETTERS[:count]):
        code, name = f"{county['code']}{FIRST + place}", f"{county['name'].removesuffix(kind)}{letter}"
        rows.append(_row(code, f"{name}{'街道' if is_urban else '镇'}", Division.Level.TOWNSHIP, county["code"]))
        for number in range(1, villages // count + (place < villages % count) + 1):
            village = f"{name}{number}{'社区居委会' if is_urban else '村委会'}"
            rows.append(_row(f"{code}{number:03}", village, Division.Level.VILLAGE, code))
    return rows


def _row(code: str, name: str, level: str, parent: str) -> Row:
    return {"code": code, "name": name, "level": level, "parent_code": parent}
