"""What the signing form holds: ids and what was typed, as it is sent, kept in a draft, and read again."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.http import QueryDict

LONGEST_ID = 18  # digits that a bigint surely holds


@dataclass(frozen=True)
class Choice:
    """One line of the household: whether the resident signs, for which package versions.

    None: not chosen yet; the desk proposes.
    """

    resident: int
    is_ticked: bool | None = None
    versions: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Sheet:
    """The whole form. `start_on` and `number` are as typed; empty: today, and the next number of the series."""

    members: tuple[Choice, ...] = ()
    team: int | None = None
    start_on: str = ""
    years: int | None = None
    number: str = ""
    representative: int | None = None

    @property
    def residents(self) -> list[int]:
        """Ids of everybody on the sheet, ticked or not."""
        return [choice.resident for choice in self.members]

    def with_people(self, ids: Iterable[int]) -> "Sheet":
        """With lines for these residents behind the others; who is there already stays as they are."""
        present = set(self.residents)
        added = tuple(Choice(key) for key in dict.fromkeys(ids) if key not in present)
        return replace(self, members=self.members + added)

    def without(self, resident: int) -> "Sheet":
        """Without the line of that resident."""
        return replace(self, members=tuple(choice for choice in self.members if choice.resident != resident))

    def payload(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


def sheet_of_payload(payload: Mapping[str, Any]) -> Sheet:
    """The sheet that `Sheet.payload` told."""
    members = tuple(
        Choice(row["resident"], row["is_ticked"], None if row["versions"] is None else tuple(row["versions"]))
        for row in payload["members"]
    )
    return Sheet(**{**payload, "members": members})


def sheet_of_form(sent: QueryDict) -> Sheet:
    """The sheet that a form holds: `member` and `ticked` are resident ids, `package` is `<resident>-<version>`.

    What is no number is left out: nobody types these.
    """
    ticked = set(_numbers(sent.getlist("ticked")))
    chosen: dict[int, list[int]] = {}
    for text in sent.getlist("package"):
        resident, _dash, version = text.partition("-")
        for key, held in zip(_numbers([resident]), _numbers([version]), strict=False):
            chosen.setdefault(key, []).append(held)
    return Sheet(
        members=tuple(
            Choice(key, key in ticked, tuple(chosen.get(key, ())))
            for key in dict.fromkeys(_numbers(sent.getlist("member")))
        ),
        team=_number(sent.get("team")),
        start_on=(sent.get("start_on") or "").strip(),
        years=_number(sent.get("years")),
        number=(sent.get("number") or "").strip(),
        representative=_number(sent.get("representative")),
    )


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and len(text) <= LONGEST_ID]


def _number(text: str | None) -> int | None:
    return next(iter(_numbers([text or ""])), None)
