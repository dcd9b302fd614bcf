"""The audit trail: append-only, chained, in the same transaction as what it tells."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from teams.actions.audit import record, verify_chain
from teams.models import AuditEvent
from teams.models.accounts import SYSTEM
from tests.accounts import make_account

Kind = AuditEvent.Kind
pytestmark = pytest.mark.django_db


def three_lines() -> list[AuditEvent]:
    return [record(kind=Kind.EXPORT, by=SYSTEM, what=f"figures {number}") for number in range(3)]


def tamper(statement: str, *parameters: object) -> None:
    """What only the owner of the tables could do: past the trigger."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE teams_auditevent DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        cursor.execute("ALTER TABLE teams_auditevent ENABLE TRIGGER USER")


def test_line_holds_who_what_why_and_from_where() -> None:
    user = make_account("zhou")
    record(kind=Kind.REVEAL, by=user, what="resident 7: phone", reason="called back", address="10.1.2.3")
    event = AuditEvent.objects.get()
    assert (event.user_id, event.username, event.address) == (user.pk, "zhou", "10.1.2.3")
    assert (event.kind, event.what, event.reason) == ("reveal", "resident 7: phone", "called back")


def test_reason_with_an_id_number_is_blotted_out() -> None:
    assert record(kind=Kind.REVEAL, by=SYSTEM, reason="为34120419600517002X核对").reason == "为***核对"


@pytest.mark.parametrize("statement", ["UPDATE teams_auditevent SET what = 'x'", "DELETE FROM teams_auditevent"])
def test_line_that_stands_cannot_be_changed_or_removed(statement: str) -> None:
    three_lines()
    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_chain_of_untouched_lines_is_whole() -> None:
    record(kind=Kind.LOG_IN, by=None, address="2001:db8::1")
    three_lines()
    assert verify_chain() is None


def test_chain_shows_a_changed_line() -> None:
    _first, second, _third = three_lines()
    tamper("UPDATE teams_auditevent SET what = 'nothing' WHERE id = %s", second.pk)
    assert verify_chain() == second.pk


def test_chain_shows_a_removed_line() -> None:
    _first, second, third = three_lines()
    tamper("DELETE FROM teams_auditevent WHERE id = %s", second.pk)
    assert verify_chain() == third.pk


def test_command_tells_the_head_and_misses_it_when_the_end_was_cut_off() -> None:
    *_others, last = three_lines()
    output = StringIO()
    call_command("verify_audit", stdout=output)
    assert last.sha256 in output.getvalue()
    tamper("DELETE FROM teams_auditevent WHERE id = %s", last.pk)
    call_command("verify_audit", stdout=output)
    with pytest.raises(CommandError):
        call_command("verify_audit", head=last.sha256)


def test_command_names_the_broken_line() -> None:
    first, *_others = three_lines()
    tamper("UPDATE teams_auditevent SET username = 'x' WHERE id = %s", first.pk)
    with pytest.raises(CommandError, match=str(first.pk)):
        call_command("verify_audit")


def test_line_and_change_vanish_together_when_the_transaction_rolls_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        make_account("zhou")
        record(kind=Kind.ACCOUNT, by=SYSTEM, what="zhou")
        raise RuntimeError
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_lines_written_at_the_same_time_make_one_chain() -> None:
    both = threading.Barrier(2)

    def write() -> None:
        try:
            for _number in range(5):
                both.wait(30)
                with transaction.atomic():
                    record(kind=Kind.EXPORT, by=SYSTEM)
                    record(kind=Kind.EXPORT, by=SYSTEM)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert AuditEvent.objects.count() == 20
    assert verify_chain() is None
