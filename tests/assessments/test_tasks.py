"""What the worker does when it is told, and what it is told by the clock."""

from datetime import date

import pytest
from celery.schedules import crontab
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from assessments import tasks
from assessments.actions.months import compute, request
from assessments.models import Month, Revision, Tally
from config.celery import app
from teams import queue
from teams.models import Role
from tests.accounts import make_account
from tests.small_district import OCTOBER, make_small_district


@pytest.fixture
def december(db: None, settings: Settings) -> None:
    make_small_district()
    settings.TODAY = date(2018, 12, 20)


def shown() -> dict[str, date]:
    return {str(month): month.current.as_of for month in Month.objects.exclude(current=None)}


# --- The schedule ---------------------------------------------------------------------------------------------------


def test_every_scheduled_task_is_there() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks)


def test_month_past_is_computed_on_the_first_and_the_running_one_every_night() -> None:
    schedule = {entry["task"]: entry["schedule"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
    past, running = (schedule[f"assessments.tasks.compute_{name}_month"] for name in ("last", "running"))
    assert (past, running) == (crontab(minute=0, hour=2, day_of_month=1), crontab(minute=0, hour=3))
    assert configured.CELERY_TIMEZONE == "Asia/Shanghai"


def test_task_that_a_killed_worker_held_is_given_again() -> None:
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)


# --- The tasks ------------------------------------------------------------------------------------------------------


def test_month_past_is_computed_as_of_its_last_day(december: None) -> None:
    tasks.compute_last_month()
    assert shown() == {"2018-11": date(2018, 11, 30)}


def test_what_pages_of_a_computed_month_count_is_counted_ahead(december: None) -> None:
    tasks.compute_last_month()
    client = Client()
    client.force_login(make_account("o", Role.OFFICIAL))
    addresses = [
        reverse("assessments:return"),
        reverse("assessments:month_detail", args=["2018-11"]),
        *(reverse("assessments:ages", args=[code]) for code in ("coverage", "managed", "unserved")),
    ]
    with CaptureQueriesContext(connection) as captured:
        assert [client.get(address).status_code for address in addresses] == [200] * 5
    counted = [row["sql"] for row in captured if "sum(" in row["sql"]]
    assert counted == []


def test_night_counts_for_months_over_what_nobody_counted_when_they_were_computed(december: None) -> None:
    compute(month=OCTOBER)
    tasks.compute_running_month()
    assert set(Tally.objects.values_list("revision__as_of", flat=True)) == {date(2018, 10, 31), date(2018, 12, 20)}


def test_running_month_is_computed_as_of_today(december: None) -> None:
    tasks.compute_running_month()
    assert shown() == {"2018-12": date(2018, 12, 20)}


def test_first_of_january_closes_december(december: None, settings: Settings) -> None:
    settings.TODAY = date(2019, 1, 1)
    tasks.compute_last_month()
    assert shown() == {"2018-12": date(2018, 12, 31)}


def test_requested_month_is_computed_and_a_second_delivery_changes_nothing(december: None) -> None:
    revision = request(month=OCTOBER)
    for _ in range(2):
        tasks.compute_month(revision.pk)
    assert list(Revision.objects.values_list("number", "status")) == [(1, Revision.Status.DONE)]


def test_months_that_wait_are_sent_again_and_others_left(december: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.compute_month(request(month=OCTOBER).pk)
    queued, cut_off = request(month=date(2018, 9, 1)), request(month=date(2018, 8, 1))
    Revision.objects.filter(pk=cut_off.pk).update(status=Revision.Status.RUNNING)
    sent: list[int] = []
    monkeypatch.setattr(tasks.compute_month, "delay", sent.append)
    tasks.resume_months()
    assert sent == [queued.pk, cut_off.pk]


# --- The queue ------------------------------------------------------------------------------------------------------


def test_work_is_sent_when_the_transaction_has_ended(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks.compute_month, "delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        queue.enqueue(tasks.compute_month, 7)
        assert sent == []
    assert sent == [7]
