"""Giving contracts their numbers."""

from django.db import connection

from contracts.models import Contract
from teams.models import Institution

NEXT = """
    insert into contracts_numberseries (institution_id, year, last) values (%s, %s, 1)
    on conflict (institution_id, year) do update set last = contracts_numberseries.last + 1
    returning last
"""


def next_number(*, institution: Institution, year: int) -> str:
    """`<institution's code>-<year>-<00001 …>`: the institution's next one of the year that no contract bears yet.

    Two at once get two numbers: the second waits for the first one's transaction. A number once given is never given
    again, also when its contract was not signed in the end.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEXT, [institution.pk, year])
            (last,) = cursor.fetchone()
        number = f"{institution.code}-{year}-{last:05}"
        if not Contract.objects.filter(number=number).exists():
            return number
