"""Which of the servers answer."""

import time

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

TIMEOUT_SECONDS = 0.5
REMEMBERED_SECONDS = 10.0

_migrations_applied = False
_redis_answer = (float("-inf"), True)


def database_answers() -> bool:
    """Whether the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def migrations_are_applied() -> bool:
    """Whether the database has every migration of this version; once it has, it is not asked again."""
    global _migrations_applied
    if not _migrations_applied:
        executor = MigrationExecutor(connection)
        _migrations_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrations_applied


def redis_answers() -> bool:
    """Whether Redis, which background work needs, answers."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def is_work_waiting() -> bool:
    """Whether background work waits because Redis is away; asked at most every ten seconds."""
    global _redis_answer
    asked, answer = _redis_answer
    if time.monotonic() - asked > REMEMBERED_SECONDS:
        answer = redis_answers()
        _redis_answer = (time.monotonic(), answer)
    return not answer
