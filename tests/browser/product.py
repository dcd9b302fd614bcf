"""The product as `make demo` runs it, on a small made district: web server and worker on a database of their own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2
import redis
from playwright.sync_api import Browser, StorageState

from config import servers
from config.demo import DEMO_DAY
from config.servers.places import CHECKOUT
from tests import template_database
from tests.processes import database_url, free_port, program

SCALE = "0.005"
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Product:
    """The running product: where it is open, and the cookies of a signed-in account for each role."""

    url: str
    states: dict[str, StorageState]


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """An empty database with every migration applied; its URL."""
    template = "" if "DATABASE_URL" in os.environ else f'template "{template_database.ensure()}"'
    url = database_url(name)
    execute(f'drop database if exists "{name}" with (force)', f'create database "{name}" {template}')
    try:
        if not template:
            manage("migrate", "--no-input", "--verbosity", "0", env=os.environ | {"DATABASE_URL": url})
        yield url
    finally:
        execute(f'drop database if exists "{name}" with (force)')


def execute(*statements: str) -> None:
    with contextlib.closing(psycopg2.connect(servers.database_url())) as connection:
        connection.autocommit = True
        for statement in statements:
            with connection.cursor() as cursor:
                cursor.execute(statement)


def manage(*arguments: str, env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=CHECKOUT, env=env, check=True, stdout=subprocess.DEVNULL
    )


@contextlib.contextmanager
def running_product(browser: Browser) -> Iterator[Product]:
    """Load the district, start web and worker, sign everybody in; all of it is gone afterwards."""
    worker_name = os.environ.get("PYTEST_XDIST_WORKER", "")
    with database(f"test_browser_run{os.environ['SHOUYUE_TEST_SLOT']}{worker_name}") as url:
        env = os.environ | {"DATABASE_URL": url, "REDIS_URL": servers.redis_url()}
        env |= {"SHOUYUE_DEMO": "1", "SHOUYUE_TODAY": DEMO_DAY, "SHOUYUE_APP_LOG_LEVEL": "WARNING"}
        manage("load_demo", "yingquan", "--scale", SCALE, env=env)
        with redis.Redis.from_url(servers.redis_url()) as queue:
            queue.flushdb()
        port = free_port()
        web = ("-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "info")
        worker = (
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--concurrency",
            "1",
            "--without-gossip",
            "--without-mingle",
        )
        with program(*web, env=env) as server, program(*worker, env=env):
            server.wait_for("Listening at")
            root = f"http://127.0.0.1:{port}"
            yield Product(
                root,
                {
                    name: sign_in(browser, root, name)
                    for name in ("official", "second", "clerk", "doctor", "admin", "auditor")
                },
            )


def sign_in(browser: Browser, root: str, username: str) -> StorageState:
    from teams.demo_accounts import DEMO_PASSWORD

    context = browser.new_context(base_url=root, locale="zh-CN")
    page = context.new_page()
    page.goto("/sign-in/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(DEMO_PASSWORD.format(username=username))
    page.locator("#id_password").press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    state = context.storage_state()
    context.close()
    return state
