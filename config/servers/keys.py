"""The secrets of a checkout that was given none: made on first start, kept in `home()`, never in the repository."""

import base64
import os
import secrets
from pathlib import Path

from config.servers import places

NAMES = ("SHOUYUE_SECRET_KEY", "SHOUYUE_IDENTITY_KEYS", "SHOUYUE_HASH_KEY")


def load_secrets(*, create: bool = False) -> None:
    """Put the secrets of `<home>/secrets.env` into the environment, where it does not name them yet.

    With `create`, a missing file is made first: `SHOUYUE_SECRET_KEY` for Django, `SHOUYUE_IDENTITY_KEYS` as
    `1:<base64 of 32 bytes>` and `SHOUYUE_HASH_KEY` as base64 of 32 bytes. Losing the file loses every ID number and
    phone stored under it.
    """
    path = places.home() / "secrets.env"
    if all(os.environ.get(name) for name in NAMES) or not (path.exists() or create):
        return
    if not path.exists():
        _create(path)
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name in NAMES and not os.environ.get(name):
            os.environ[name] = value


def _create(path: Path) -> None:
    """Write the file whole, mode 600; of two processes at once, the first one's keys stand."""
    values = (secrets.token_urlsafe(50), f"1:{_random_key()}", _random_key())
    places.make_home()
    partial = path.with_name(f"secrets.{os.getpid()}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in zip(NAMES, values, strict=True))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
