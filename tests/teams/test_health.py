"""What the health endpoints and the pages say while a server is away."""

import logging
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connections
from django.test import Client

from teams import health
from teams.models import Role
from teams.views import errors
from tests.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def database_away() -> Iterator[None]:
    """The connection leads to a socket that nobody listens on."""
    present = connections["default"]
    nowhere = {**present.settings_dict, "HOST": "/nowhere", "OPTIONS": {}}
    connections["default"] = type(present)(nowhere, "default")
    yield
    connections["default"].close()
    connections["default"] = present


@pytest.fixture
def redis_away(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"  # type: ignore[attr-defined]
    monkeypatch.setattr(health, "_redis_answer", (float("-inf"), True))


@pytest.fixture
def patient() -> Client:
    """A client that takes the error page, as a browser does."""
    return Client(raise_request_exception=False)


def test_ready_when_every_part_is_up(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "up", "migrations": "applied", "redis": "up"}


@pytest.mark.usefixtures("redis_away")
def test_ready_without_redis_names_it(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()["redis"]) == (200, "down")


@pytest.mark.usefixtures("database_away")
def test_not_ready_without_the_database(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": "down", "migrations": "unknown", "redis": "up"}


def test_not_ready_with_migrations_to_run(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrations_applied", False)
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: ["one"])
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "pending")


@pytest.mark.usefixtures("database_away", "redis_away")
def test_process_lives_without_any_server_even_for_a_signed_in_browser(client: Client) -> None:
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.usefixtures("database_away")
@pytest.mark.parametrize("address", ["/", "/sign-in/", "/admin/"])
def test_page_without_the_database_is_a_plain_503(
    patient: Client, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    patient.cookies["sessionid"] = "a" * 32
    response = patient.get(address)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "503.html" in [template.name for template in response.templates]


def test_failed_statement_is_no_missing_database() -> None:
    lost, deadlock = OperationalError("server closed the connection"), OperationalError("deadlock")
    deadlock.__cause__ = type("DeadlockDetected", (Exception,), {"pgcode": "40P01"})()
    assert errors.is_database_away(lost)
    assert not errors.is_database_away(deadlock)
    assert not errors.is_database_away(ValueError())


@pytest.mark.usefixtures("redis_away")
def test_page_without_redis_works_and_says_that_work_is_waiting(client: Client) -> None:
    client.force_login(make_account("nobody"))
    response = client.get("/")
    assert response.status_code == 200
    assert response.context["warnings"]


def test_page_with_redis_warns_of_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_redis_answer", (float("-inf"), True))
    client.force_login(make_account("clerk", Role.CLERK))
    assert client.get("/", follow=True).context["warnings"] == []


def test_redis_is_asked_once_in_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(health, "_redis_answer", (float("-inf"), True))
    monkeypatch.setattr(health, "redis_answers", lambda: asked.append(1.0) or False)
    assert health.is_work_waiting()
    assert health.is_work_waiting()
    assert len(asked) == 1
