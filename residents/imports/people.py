"""Identity numbers in files, and the residents whom they name."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from residents.identity import IdentityError, IdNumber, check_not_a_number, mask_id_number, parse_id_number
from residents.models import Resident
from teams import cipher
from teams.cells import CellError, parse_code
from teams.clock import today
from teams.imports.columns import Column
from teams.imports.rows import Rejection, Row

ID_HEADINGS = (
    *("身份证", "身份证号码", "证件号", "证件号码", "居民身份证号", "居民身份证号码", "公民身份号码", "本人身份证号"),
    *("身份证件号码", "有效证件号码"),
)
SAMPLE_ID = "341204196005170029"

UNKNOWN_RESIDENT = _("There is no resident with this ID number. Import residents first.")
BEFORE_BIRTH = _("Lies before the day of birth.")
IN_FUTURE = _("Lies in the future.")


class Person(NamedTuple):
    """What other kinds of file need to know of a resident."""

    id: int
    birth_date: date
    died_on: date | None


def id_number(name: str = "id_number", label: str = "身份证号", **options: Any) -> Column:
    """An ID number as an `IdNumber`. A cell that holds a number instead of text is refused with the remedy."""
    headings = ID_HEADINGS if name == "id_number" else ()
    return Column(name, label, _parse, **{"mask": mask_id_number, "sample": SAMPLE_ID, "synonyms": headings, **options})


def find_people(numbers: Iterable[IdNumber | None], visible: QuerySet[Resident]) -> dict[str, Person]:
    """ID number -> resident, of those among the visible."""
    hashes = {id_hash(number): number.number for number in numbers if number}
    rows = visible.filter(id_hash__in=list(hashes)).values_list("id_hash", "id", "birth_date", "died_on")
    return {hashes[bytes(hashed)]: Person(key, born, died) for hashed, key, born, died in rows} if hashes else {}


def known_person(row: Row, column: str, people: Mapping[str, Person]) -> Person:
    """The resident whom the column names. Raises Rejection."""
    found = people.get(row[column].number)
    if found is None:
        raise Rejection(column, UNKNOWN_RESIDENT)
    return found


def id_hash(number: IdNumber) -> bytes:
    """What the number is found by."""
    return cipher.lookup_hash(number.number, field="id_number")


def _parse(cell: object) -> IdNumber:
    try:
        check_not_a_number(cell)
        return parse_id_number(cell if isinstance(cell, str) else parse_code(cell), today=today())
    except IdentityError as error:
        raise CellError("blank" if error.code == "empty" else error.code, error.message) from None
