"""Giving contracts and receipts their numbers."""

from django.db import connection

from contracts.models import Contract, NumberSeries
from teams.models import Institution

NEXT = """
    insert into contracts_numberseries (institution_id, kind, year, last) values (%s, %s, %s, 1)
    on conflict (institution_id, kind, year) do update set last = contracts_numberseries.last + 1
    returning last
"""


def next_number(*, institution: Institution, year: int) -> str:
    """`<institution's code>-<year>-<00001 …>`: the institution's next one of the year that no contract bears yet.

    Two at once get two numbers: the second waits for the first one's transaction. A number once given is never given
    again, also when its contract was not signed in the end.
    """
    while True:
        last = _next(institution, NumberSeries.Kind.CONTRACT, year)
        number = f"{institution.code}-{year}-{last:05}"
        if not Contract.objects.filter(number=number).exists():
            return number


def next_receipt_number(*, institution: Institution, year: int) -> str:
    """`<institution's code>-R<year>-<00001 …>`; receipts are numbered here only, so that none is taken."""
    return f"{institution.code}-R{year}-{_next(institution, NumberSeries.Kind.RECEIPT, year):05}"


def _next(institution: Institution, kind: str, year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [institution.pk, kind, year])
        (last,) = cursor.fetchone()
    return int(last)
