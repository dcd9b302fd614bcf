"""The ground that every test stands on: own servers, fixed keys, a database of its own for each run, a browser.

The settings read the environment once, so everything they read is set here, before pytest-django loads them.
"""

import base64
import fcntl
import os
import shutil
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SHOUYUE_HOME": os.environ.get("SHOUYUE_TEST_HOME", str(CHECKOUT / "var/test")),
    "SHOUYUE_PG_FSYNC": "off",  # nobody mourns a test database
    "SHOUYUE_SECRET_KEY": "a-key-for-tests-only-which-is-long-enough-and-no-secret",
    "SHOUYUE_IDENTITY_KEYS": "1:" + base64.b64encode(bytes(range(32))).decode(),
    "SHOUYUE_HASH_KEY": base64.b64encode(bytes(range(32, 64))).decode(),
}
FOREIGN = ("SHOUYUE_TODAY", "SHOUYUE_DEMO", "SHOUYUE_DEBUG", "SHOUYUE_HOSTS")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# How long an example takes says something about the machine, nothing about the rule.
hypothesis.settings.register_profile(
    "unhurried",
    parent=hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unhurried")

if "DJANGO_SETTINGS_MODULE" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
    raise pytest.UsageError(
        "Unset DJANGO_SETTINGS_MODULE: with it the settings are read before the tests' servers exist."
    )

os.environ.update(ENVIRONMENT)
for _name in FOREIGN:
    os.environ.pop(_name, None)


def _take_slot(folder: Path) -> tuple[int, int]:
    """The first number that no other test run of this checkout holds, and the lock that holds it."""
    for slot in range(16):
        lock = os.open(folder / f"slot-{slot}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return slot, lock
    raise pytest.UsageError("Sixteen test runs at once are enough.")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the servers and give this run a database name and a Redis database that no parallel run uses."""
    from config import servers

    held = servers.hold()
    if held:
        config.add_cleanup(held.release)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        servers.home().mkdir(parents=True, exist_ok=True)
        slot, lock = _take_slot(servers.home())
        config.add_cleanup(lambda: os.close(lock))
        os.environ["SHOUYUE_TEST_SLOT"] = str(slot)
        os.environ["SHOUYUE_REDIS_DATABASE"] = str(16 * slot)
    # pytest-django looked for settings before this file named them; its own hook, which follows, then blocks queries.
    django.setup()
    from django.conf import settings

    # A hash that is slow on purpose would be most of the time of the tests that sign in.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from tests import emptying

    emptying.install()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Give each parallel test process a Redis database of its own."""
    for number, spec in enumerate(specs, start=1 + int(os.environ["SHOUYUE_REDIS_DATABASE"])):
        spec.env["SHOUYUE_REDIS_DATABASE"] = str(number)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Name the test database after this run's slot: two runs in one checkout do not drop each other's."""
    from django.conf import settings

    from tests import template_database

    for database in settings.DATABASES.values():
        test = database.setdefault("TEST", {})
        test["NAME"] = f"{test.get('NAME') or 'test_' + database['NAME']}_run{os.environ['SHOUYUE_TEST_SLOT']}"
        if "DATABASE_URL" not in os.environ:
            test["TEMPLATE"] = template_database.ensure()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a page as `browser`, and run it last.

    Playwright leaves an event loop behind in the process, in which Django refuses to query: no other test may follow.
    """
    for item in items:
        if {"page", "context", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Allow queries beside Playwright's event loop, and skip browser tests where there is no browser."""
    if item.get_closest_marker("browser") is None:
        return
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if _browser() is None:
        reason = f"none of {', '.join(BROWSERS)} is installed"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The installed Chromium, kept from talking to anybody but the test server."""
    return {**browser_type_launch_args, "executable_path": _browser(), "args": BROWSER_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A clerk's screen in China."""
    screen = {"width": 1366, "height": 768}
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": screen}


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)
