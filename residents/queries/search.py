"""Finding residents by whatever a clerk has at hand: one text, read by what it looks like (docs/residents.md)."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, ExpressionWrapper, Q, QuerySet, When

from residents.identity import IdentityError, IdNumber, parse_id_number
from residents.models import Characters, Resident
from residents.pinyin import initials
from residents.queries.identities import resident_with
from teams import cipher
from teams.clock import today
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.phones import parse_phone
from teams.typed import COMPACT

# So many of those who fit are looked at to show the likeliest first: the time doesn't grow with a common surname.
CANDIDATES = 300
SHORTEST_PHONE = 7
SHORTEST_ADDRESS = 3
_INITIALS = re.compile(r"[a-z]+")
_PHONE = re.compile(r"[0-9()+-]+")


def find_residents(*, user: User | SystemAccount, text: str, limit: int = 20) -> list[Resident]:
    """Those whom the account sees and the text names, the likeliest first; household, village, institution loaded.

    The text is an ID number (15 or 18 digits), a phone number or a household number, each whole; the beginning of a
    name's pinyin initials; the beginning of a name or a part of it; or three characters or more of an address. The
    number of a record that was merged into another finds the other.
    """
    compact = text.translate(COMPACT)
    found: list[Resident] = []
    for rows, exact in _ways(user, compact):
        known = [resident.pk for resident in found]
        found += _likeliest(rows.exclude(pk__in=known) if known else rows, exact, limit - len(found))
        if len(found) >= limit or (found and exact is None):
            break
    return found


def _ways(user: User | SystemAccount, compact: str) -> Iterator[tuple[QuerySet[Resident], Q | None]]:
    """Rows to look for, the surest first, and what makes one of them fit wholly (None: each does)."""
    if compact:
        visible = Resident.objects.visible_to(user)
        yield from _by_number(visible, compact)
        if not compact.isdigit():
            yield from _by_words(visible, compact)


def _by_number(visible: QuerySet[Resident], compact: str) -> Iterator[tuple[QuerySet[Resident], None]]:
    if number := _id_number(compact):
        resident = resident_with(number)
        yield visible.filter(pk=resident.pk if resident else 0), None
    if _PHONE.fullmatch(compact) and len(compact) >= SHORTEST_PHONE:
        called = cipher.lookup_hash(parse_phone(compact).number, field="phone")
        yield visible.filter(phone_hash=called), None
    if any(character.isdigit() for character in compact):
        yield visible.filter(household__number__in=[compact, compact.upper()]), None


def _by_words(visible: QuerySet[Resident], compact: str) -> Iterator[tuple[QuerySet[Resident], Q]]:
    lower = compact.lower()
    if _INITIALS.fullmatch(lower):
        yield visible.filter(initials__startswith=lower), Q(initials=lower)
    else:
        yield visible.filter(name__startswith=compact), Q(name=compact)
        if len(compact) > 1:
            yield containing(visible, compact), Q(name=compact)
    if len(compact) >= SHORTEST_ADDRESS:
        yield visible.filter(address__contains=compact), Q(address=compact)


def matching(rows: QuerySet[Resident], text: str) -> QuerySet[Resident]:
    """Those of the rows whom words name: initials, name or a part of it, address. For lists, which order themselves."""
    compact = text.translate(COMPACT)
    if not compact or compact.isdigit():
        return rows.none() if compact else rows
    lower = compact.lower()
    if _INITIALS.fullmatch(lower):
        # Said twice: where an ordered list begins, too.
        return rows.filter(initials__startswith=lower, initials__gte=lower)
    if len(compact) == 1:
        return rows.filter(name__startswith=compact, initials__gte=initials(compact))
    fits = Q(characters__contains=list(compact), name__contains=compact)
    if len(compact) >= SHORTEST_ADDRESS:
        fits |= Q(address__contains=compact)
    return rows.alias(characters=Characters("name")).filter(fits)


def containing(rows: QuerySet[Resident], part: str) -> QuerySet[Resident]:
    """Those whose name holds the part, through the index on a name's characters."""
    return rows.alias(characters=Characters("name")).filter(Q(characters__contains=list(part), name__contains=part))


def _likeliest(rows: QuerySet[Resident], exact: Q | None, limit: int) -> list[Resident]:
    """Of the candidates those that fit wholly and still live here, by name."""
    candidates = rows.order_by().values("pk")[:CANDIDATES]
    fits = Case(When(exact, then=0), default=1) if exact else None
    gone = ExpressionWrapper(_gone(today()), BooleanField())
    order: list[Any] = [fits, gone, "name", "pk"] if fits else [gone, "name", "pk"]
    chosen = Resident.objects.filter(pk__in=candidates).order_by(*order)
    return list(chosen.select_related("household", "village", "institution")[:limit])


def _gone(day: date) -> Q:
    return Q(moved_out_on__lte=day, moved_out_on__isnull=False) | Q(died_on__lte=day, died_on__isnull=False)


def _id_number(compact: str) -> IdNumber | None:
    try:
        return parse_id_number(compact, today=today())
    except IdentityError:
        return None
