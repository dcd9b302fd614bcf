"""The history that triggers keep."""

import pytest
from django.db import connection

from teams.history import made_by
from teams.models import Division
from teams.models.accounts import SYSTEM
from tests.factories import make_village


@pytest.mark.django_db
def test_setting_that_history_asks_for_at_each_row_is_defined() -> None:
    """Where it is not, each row aborts a subtransaction, and each of those looks through all deferred checks."""
    villages = [make_village().pk for _ in range(3)]
    with made_by(SYSTEM, "test.delete"), connection.cursor() as cursor:
        cursor.execute("select current_setting('pgtrigger.ignore')")
        assert cursor.fetchone()[0] == "{}"
        cursor.execute("delete from teams_division where id = any(%s)", [villages])
    assert not Division.objects.filter(pk__in=villages).exists()
