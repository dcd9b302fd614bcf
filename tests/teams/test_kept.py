"""What is kept in Redis: counted once, under its sources, and without Redis as well."""

import pytest
import redis
from django.conf import settings

from teams import health
from teams.kept import kept


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter("kept:*"):
            client.delete(key)


def counted_for(asked: list[object], *sources: object) -> object:
    return kept("test", *sources, count=lambda: asked.append(sources) or [len(asked), "a"])


def test_is_counted_once_for_the_same_sources() -> None:
    asked: list[object] = []
    assert counted_for(asked, 1, "C") == counted_for(asked, 1, "C") == [1, "a"]
    assert len(asked) == 1


def test_is_counted_anew_for_every_other_source() -> None:
    asked: list[object] = []
    for sources in ((1, "C"), (2, "C"), (1, "D"), ("1", "C"), (1, "C", None)):
        counted_for(asked, *sources)
    assert len(asked) == 5


def test_key_tells_nothing_of_its_sources_and_is_forgotten_after_a_day() -> None:
    counted_for([], "王小明")
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        (key,) = client.scan_iter("kept:*")
        assert key.decode().startswith("kept:test:") and "王" not in key.decode()
        assert 0 < client.ttl(key) <= 24 * 3600


def test_is_counted_each_time_while_redis_is_away(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"  # type: ignore[attr-defined]
    for known in (float("-inf"), float("inf")):  # not asked for long; believed to be there
        monkeypatch.setattr(health, "_redis_answer", (known, True))
        asked: list[object] = []
        assert [counted_for(asked, 1), counted_for(asked, 1)] == [[1, "a"], [2, "a"]]
