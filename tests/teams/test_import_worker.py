"""A real worker, killed in the middle of an import, and the next one that goes on."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction

from config import servers
from config.celery import app
from config.servers.places import CHECKOUT
from residents.models import Resident
from teams import tasks
from teams.actions import import_work, imports
from teams.imports import find_kind
from teams.imports.kinds import BATCH_ROWS
from teams.models import Import, Role
from tests.factories import centre, make_id_number, make_resident, make_user

WORKER = ("-m", "celery", "-A", "config", "worker", "--pool", "solo", "--without-gossip", "--without-mingle")
PATIENCE_SECONDS = 120


@pytest.fixture
def queue() -> Iterator[None]:
    """This run's Redis database, empty before and after."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield
    app.close()
    client.flushdb()
    client.close()


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test database; it is killed in the end at the latest."""
    name = connection.settings_dict["NAME"]
    url = urlsplit(servers.database_url())._replace(path=f"/{name}").geturl()
    environment = os.environ | {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}
    process = subprocess.Popen([sys.executable, *WORKER, "--loglevel", "ERROR"], cwd=CHECKOUT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask again and again."""
    pause = threading.Event()
    for _attempt in range(PATIENCE_SECONDS * 20):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError("it never happened")


def is_somebody_waiting() -> bool:
    """Whether a connection to this database waits for another's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # or a transaction sees the same answer to its end
        cursor.execute(
            """
            select exists (
                select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
            )
            """
        )
        return cursor.fetchone()[0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("queue")
def test_import_of_a_killed_worker_is_gone_on_with_after_its_last_whole_batch() -> None:
    numbers = [make_id_number() for _row in range(2 * BATCH_ROWS + 10)]
    clerk = make_user(Role.CLERK, institution=centre())
    lines = ["id_number,name,institution_code", *(f"{number},张秀英,C" for number in numbers), "1,王芳,C"]
    content = "\n".join(lines).encode()
    imported = imports.request(kind=find_kind("residents"), content=content, filename="a.csv", by=clerk)
    Import.objects.update(status=Import.Status.CONFIRMED)  # its check is another test's

    with worker() as first, transaction.atomic():
        make_resident(number=numbers[-1])  # not committed: the third batch waits for it
        tasks.run_import.delay(imported.pk)
        wait_until(is_somebody_waiting)
        first.kill()
        first.wait()
        transaction.set_rollback(True)
    wait_until(lambda: import_work.waiting() == [imported.pk])
    imported.refresh_from_db()
    assert (imported.status, imported.rows, imported.created) == ("running", 2 * BATCH_ROWS, 2 * BATCH_ROWS)
    assert Resident.objects.count() == 2 * BATCH_ROWS

    with worker():
        tasks.resume_imports.delay()
        wait_until(lambda: Import.objects.get().status == Import.Status.DONE)
    imported.refresh_from_db()
    assert (imported.rows, imported.created, imported.rejected) == (len(numbers) + 1, len(numbers), 1)
    assert Resident.objects.count() == len(numbers)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("queue")
def test_check_of_a_killed_worker_begins_again_and_an_undo_is_whole_or_nothing() -> None:
    centre()
    numbers = [make_id_number() for _row in range(30)]
    clerk = make_user(Role.CLERK, institution=centre())
    lines = ["id_number,name,institution_code", *(f"{number},张秀英,C" for number in numbers), "1,王芳,C"]
    content = "\n".join(lines).encode()
    imported = imports.request(kind=find_kind("residents"), content=content, filename="a.csv", by=clerk)

    def killed_while(act: Callable[[], object]) -> None:
        """Let a worker begin with what waits; it is killed while it waits for `act`, which then never was."""
        with worker() as first, transaction.atomic():
            act()
            tasks.run_import.delay(imported.pk)
            wait_until(is_somebody_waiting)
            first.kill()
            first.wait()
            transaction.set_rollback(True)
        wait_until(lambda: import_work.waiting() == [imported.pk])

    killed_while(lambda: make_resident(number=numbers[-1]))
    assert not Resident.objects.exists()
    tasks.run_import(imported.pk)
    imported.refresh_from_db()
    assert (imported.status, imported.created, imported.rejected, imported.rejects.count()) == ("checked", 30, 1, 1)

    imports.confirm(imported=imported, by=clerk)
    tasks.run_import(imported.pk)
    imports.ask_to_undo(imported=imported, by=clerk)
    killed_while(lambda: Resident.objects.order_by("-pk").select_for_update().first())
    imported.refresh_from_db()
    assert (imported.status, Resident.objects.count()) == ("undoing", 30)
    tasks.run_import(imported.pk)
    imported.refresh_from_db()
    assert (imported.status, imported.notice, Resident.objects.count()) == ("undone", "", 0)
