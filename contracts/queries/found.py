"""What the desk's search box finds: people, or a new ID number, or what is wrong with it."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage
from residents.identity import IdentityError, IdNumber, mask_id_number, parse_id_number
from residents.models import Resident
from residents.queries.identities import resident_with
from residents.queries.search import find_residents
from teams import cipher
from teams.clock import today
from teams.dates import age_on
from teams.models import User
from teams.typed import COMPACT, FULL_WIDTH

# Mobiles have 11 digits; what is longer is going to be an ID number.
_ID_LIKE = re.compile(r"[0-9]{12,}[0-9Xx]?")
_ID_AMONG_WORDS = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
FOUND_AT_MOST = 12


@dataclass(frozen=True)
class Person:
    """Someone found, as the list shows them."""

    resident: Resident
    age: int
    id_number: str
    coverage: Coverage | None


@dataclass(frozen=True)
class Found:
    """`new`: a valid ID number of nobody in the registry. `message`: what is wrong with what was typed."""

    people: list[Person] = field(default_factory=list)
    new: IdNumber | None = None
    message: str | Promise = ""
    is_unfinished: bool = False

    @property
    def new_age(self) -> int | None:
        """Age of the unknown person."""
        return age_on(self.new.birth_date, today()) if self.new else None


def look_for(text: str, user: User) -> Found:
    """Whom the text names among those the account sees; an ID number is checked, and may be a new one."""
    compact = _pasted(text) or text.translate(COMPACT)
    if not _ID_LIKE.fullmatch(compact.replace("-", "")):
        return Found(_people(find_residents(user=user, text=text, limit=FOUND_AT_MOST)))
    try:
        number = parse_id_number(compact, today=today())
    except IdentityError as error:
        if error.code == "length" and len(compact) < 18:
            return Found(message=_unfinished(len(compact)), is_unfinished=True)
        return Found(message=error.message)
    resident = resident_with(number)
    if resident is None:
        return Found(new=number)
    visible = Resident.objects.visible_to(user).filter(pk=resident.pk)
    people = _people(list(visible.select_related("household", "village", "institution")))
    return Found(people) if people else Found(message=_ELSEWHERE)


def _pasted(text: str) -> str:
    """The one ID number among other words, when a line of a sheet or a message was pasted whole."""
    found = set(_ID_AMONG_WORDS.findall(text.translate(FULL_WIDTH)))
    return found.pop() if len(found) == 1 else ""


_ELSEWHERE = _("This ID number is registered at another institution. Ask the bureau to transfer the resident.")


def _unfinished(length: int) -> Promise:
    return format_lazy(_("{length} of 18 characters"), length=length)


def _people(residents: list[Resident]) -> list[Person]:
    rows = Coverage.objects.filter(resident__in=residents).overlapping(today(), date.max)
    running: dict[int, Coverage] = {}
    for coverage in rows.select_related("contract__team").order_by("start_on"):
        running.setdefault(coverage.resident_id, coverage)
    return [
        Person(
            resident,
            age_on(resident.birth_date, today()),
            mask_id_number(cipher.decrypt(resident.id_cipher, field="id_number")),
            running.get(resident.pk),
        )
        for resident in residents
    ]
