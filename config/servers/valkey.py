"""The project's own Valkey, which speaks the Redis protocol: Celery's broker and the cache."""

import os
import signal
import time
from pathlib import Path
from urllib.parse import quote

from config.servers import places, processes
from config.servers.places import ServersError

START_SECONDS = 60


def url(database: int = 0) -> str:
    """The URL for redis-py, whether the server runs or not."""
    return f"unix://{quote(str(_socket()))}?db={database}"


def start() -> None:
    """Start Valkey unless it runs. Raises ServersError with the end of its log."""
    places.prepare()
    log = places.base() / "logs/valkey.log"
    process = processes.running(_data() / "valkey.pid", _data())
    pid = process.pid if process else _launch(log)
    deadline = time.monotonic() + START_SECONDS
    while not _answers():
        if not processes.is_alive(pid) or time.monotonic() > deadline:
            raise ServersError(f"Valkey does not start. {log} ends:\n{processes.last_lines(log)}")
        time.sleep(0.02)


def stop() -> None:
    """Stop Valkey if it runs; what it holds is on disk by then."""
    if process := processes.running(_data() / "valkey.pid", _data()):
        processes.end(process, "Valkey", signal.SIGTERM)


def _data() -> Path:
    return places.base() / "valkey"


def _socket() -> Path:
    return places.sockets() / "valkey.sock"


def _launch(log: Path) -> int:
    owner, data = places.account(), _data()
    _, program = places.binaries(owner)
    for folder in (places.sockets(), data):
        places.make_private(folder, owner)
    _socket().unlink(missing_ok=True)
    return processes.spawn([str(program), *_options(data)], log, owner, data)


def _options(data: Path) -> list[str]:
    # Appended to disk every second: a queued task outlives a crash. Tests need no such promise.
    is_durable = os.environ.get("SHOUYUE_PG_FSYNC") != "off"
    settings = {
        "port": "0",  # no TCP port: the socket only
        "unixsocket": str(_socket()),
        "unixsocketperm": "700",
        "dir": str(data),
        "pidfile": str(data / "valkey.pid"),
        "databases": "256",  # test runs side by side take one each
        "save": "",
        "appendonly": "yes" if is_durable else "no",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _answers() -> bool:
    import redis

    client = redis.Redis(unix_socket_path=str(_socket()))
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError):  # a busy machine: asked again
        return False
    finally:
        client.close()
