"""Months by the real worker and beat: asked for on a page, on schedule, after a kill, after the queue was away."""

import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments import tasks
from assessments.actions.months import LOCK_CLASS
from assessments.models import Month, Revision
from config.celery import app
from teams.models import Role, User
from tests.accounts import make_account
from tests.processes import Program, environment, free_port, held, program, wait_until, waiting
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

NOBODY_LISTENS = "redis://127.0.0.1:1/0"
WORKER = ("-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle")

pytestmark = pytest.mark.slow


@pytest.fixture
def district(transactional_db: None) -> Iterator[SmallDistrict]:
    """The small district where the worker sees it, and an empty queue."""
    with redis.Redis.from_url(settings.REDIS_URL) as queue:
        queue.flushdb()
        yield make_small_district()
        queue.flushdb()
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where tablename ~ '^assessments_.*_[0-9]+$'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"drop table {name}")


@pytest.fixture
def official(district: SmallDistrict) -> User:
    return make_account("official", Role.OFFICIAL, institution=district.bureau)


def worker() -> AbstractContextManager[Program]:
    return program(*WORKER, env=environment(SHOUYUE_TODAY="2018-12-20"))


def shown() -> dict[str, str]:
    return {str(month): f"{month.current.as_of}" for month in Month.objects.exclude(current=None)}


def test_month_asked_for_on_the_page_is_computed_by_the_worker(official: User) -> None:
    client = Client()
    client.force_login(official)
    client.post(reverse("assessments:month_compute"), {"month": "2018-10"})
    assert "2018年10月等待后台计算" in client.get(reverse("assessments:overview")).content.decode()
    with worker() as at_work:
        at_work.wait_for("month 2018-10 r1 as of 2018-10-31 computed")
    assert "3 / 5 名常住居民已签约" in client.get(reverse("assessments:overview")).content.decode()


def test_beat_that_comes_back_makes_up_for_the_nights_that_it_missed(district: SmallDistrict, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule"
    scheduler = PersistentScheduler(app, schedule_filename=str(schedule))
    for entry in scheduler.schedule.values():
        entry.last_run_at -= timedelta(days=40)
    scheduler.sync()
    scheduler.close()
    beat = ("-m", "celery", "-A", "config", "beat", "--pidfile=", f"--schedule={schedule}")
    with worker() as at_work, program(*beat):
        for _ in range(2):
            at_work.wait_for(" computed in ")
    assert shown() == {"2018-11": "2018-11-30", "2018-12": "2018-12-20"}


def test_month_whose_worker_was_killed_is_taken_up_by_the_next_one(official: User) -> None:
    client = Client()
    client.force_login(official)
    with held("contracts_obligation") as release:
        client.post(reverse("assessments:month_compute"), {"month": "2018-10"})
        with worker() as at_work:
            wait_until(lambda: waiting("relation"), "the worker is in the middle of the month")
            at_work.kill()
        assert Revision.objects.get().status == Revision.Status.RUNNING
        release()
    with connection.cursor() as cursor:  # until the session of the killed worker has ended
        cursor.execute("select pg_advisory_lock(%s, %s)", [LOCK_CLASS, OCTOBER.toordinal()])
        cursor.execute("select pg_advisory_unlock(%s, %s)", [LOCK_CLASS, OCTOBER.toordinal()])
    tasks.resume_months.delay()
    with worker() as next_one:
        next_one.wait_for("month 2018-10 r1 as of 2018-10-31 computed")
    assert shown() == {"2018-10": "2018-10-31"}


def test_without_the_queue_pages_work_and_the_month_is_computed_later(official: User) -> None:
    client = Client()
    client.force_login(official)
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": "x" * 32}
    port = free_port()
    web = ("-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "info")
    with program(*web, env=environment(REDIS_URL=NOBODY_LISTENS)) as server:
        server.wait_for("Listening at")
        page = ask(port, "/months/compute/", cookies, data=b"month=2018-10")
    assert "暂时连接不上任务服务器" in page
    assert "2018年10月等待后台计算" in page
    assert Revision.objects.get().status == Revision.Status.QUEUED
    tasks.resume_months.delay()
    with worker() as at_work:
        at_work.wait_for("month 2018-10 r1 as of 2018-10-31 computed")
    assert shown() == {"2018-10": "2018-10-31"}


def ask(port: int, path: str, cookies: dict[str, str], data: bytes) -> str:
    """The page that a form leads to."""
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
    }
    url = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as response:
        return response.read().decode()
