"""Identity numbers in files, and the residents whom they name."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.text import format_lazy
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
_MERGED = _("The record with this ID number was merged into that of {name}, {number}. Use that number.")


class Person(NamedTuple):
    """What other kinds of file need to know of a resident. `merged_into`: the record that theirs was merged into."""

    id: int
    birth_date: date
    died_on: date | None
    merged_into: Resident | None = None


def id_number(name: str = "id_number", label: str = "身份证号", **options: Any) -> Column:
    """An ID number as an `IdNumber`. A cell that holds a number instead of text is refused with the remedy."""
    headings = ID_HEADINGS if name == "id_number" else ()
    return Column(name, label, _parse, **{"mask": mask_id_number, "sample": SAMPLE_ID, "synonyms": headings, **options})


def find_people(numbers: Iterable[IdNumber | None], visible: QuerySet[Resident]) -> dict[str, Person]:
    """ID number -> resident, of those among the visible, and of records that were merged into one of them."""
    hashes = {id_hash(number): number.number for number in numbers if number}
    if not hashes:
        return {}
    rows = visible.filter(id_hash__in=list(hashes)).values_list("id_hash", "id", "birth_date", "died_on")
    found = {hashes[bytes(hashed)]: Person(key, born, died) for hashed, key, born, died in rows}
    for merged in merged_records(hashes.keys(), visible):
        number = hashes[bytes(merged.id_hash)]
        found[number] = Person(merged.pk, merged.birth_date, merged.died_on, merged.merged_into)
    return found


def merged_records(hashes: Collection[bytes], visible: QuerySet[Resident]) -> QuerySet[Resident]:
    """Records with these numbers that were merged into one of the visible residents."""
    merged = Resident.objects.filter(id_hash__in=list(hashes), merged_into__isnull=False)
    return merged.filter(merged_into__in=visible.values("pk")).select_related("merged_into")


def known_person(row: Row, column: str, people: Mapping[str, Person]) -> Person:
    """The resident whom the column names. Raises Rejection."""
    found = people.get(row[column].number)
    if found is None:
        raise Rejection(column, UNKNOWN_RESIDENT)
    if found.merged_into:
        raise Rejection(column, merged_words(found.merged_into))
    return found


def merged_words(into: Resident) -> Promise:
    """Where to look for somebody whose record was merged."""
    masked = mask_id_number(cipher.decrypt(into.id_cipher, field="id_number"))
    return format_lazy(_MERGED, name=into.name, number=masked)


def id_hash(number: IdNumber) -> bytes:
    """What the number is found by."""
    return cipher.lookup_hash(number.number, field="id_number")


def _parse(cell: object) -> IdNumber:
    try:
        check_not_a_number(cell)
        return parse_id_number(cell if isinstance(cell, str) else parse_code(cell), today=today())
    except IdentityError as error:
        raise CellError("blank" if error.code == "empty" else error.code, error.message) from None
