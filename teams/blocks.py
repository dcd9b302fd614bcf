"""Ids lie in a block per county, so that rows of several districts never collide (docs/scale.md)."""

from django.db import connection, models

from teams.models import Institution, InstitutionParent

BLOCK = 10**8


def county() -> int:
    """The first six digits of the root bureau's division code, filled with zeros (3412 is 341200); 0 if unknown."""
    below = InstitutionParent.objects.values("institution")
    root = (
        Institution.objects.filter(kind=Institution.Kind.BUREAU, division__isnull=False)
        .exclude(id__in=below)
        .select_related("division")
        .first()
    )
    code = root.division.code if root and root.division else ""
    return int(code[:6].ljust(6, "0")) if code else 0


def claim_block(*tables: type[models.Model]) -> int:
    """Let new rows of the tables get ids of the county's block; returns the id before its first.

    Call it before a load. It changes nothing where ids have reached the block already, or where the county is unknown.
    """
    start = county() * BLOCK
    with connection.cursor() as cursor:
        for table in tables if start else ():
            meta = table._meta
            cursor.execute("select pg_get_serial_sequence(%s, %s)", [meta.db_table, meta.pk.column])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"select setval(%s, %s) from {sequence} where last_value < %s", [sequence, start, start])
    return start
