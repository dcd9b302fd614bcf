"""A stamp changes with every write to its tables, also when two write at once."""

import pytest
from django.db import connections

from assessments.queries.stamps import stamp
from teams.models import Division


def _add(code: str, *, using: str = "default") -> Division:
    return Division.objects.using(using).create(code=code, name=code, level="county")


@pytest.mark.django_db
def test_stamp_changes_when_a_row_is_added_and_when_one_is_changed() -> None:
    stamps = [stamp([Division])]
    division = _add("341204")
    stamps.append(stamp([Division]))
    Division.objects.filter(pk=division.pk).update(name="颍泉区")
    stamps.append(stamp([Division]))
    assert stamps[0] != stamps[1] != stamps[2]


@pytest.mark.django_db
def test_stamp_of_corrections_passes_over_rows_that_are_added() -> None:
    before = stamp([], corrections=[Division])
    division = _add("341204")
    added = stamp([], corrections=[Division])
    division.delete()
    assert before == added != stamp([], corrections=[Division])


@pytest.mark.django_db(transaction=True)
def test_stamp_changes_when_the_earlier_of_two_writers_is_done_later() -> None:
    slow = connections.create_connection("default")
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute("insert into teams_division (code, name, level) values ('341201', '341201', 'county')")
            _add("341204")  # has the higher number, and is done first
            between = stamp([Division])
        slow.commit()
        assert stamp([Division]) != between
    finally:
        slow.close()
