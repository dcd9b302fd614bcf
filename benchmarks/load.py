"""`load`, `importing`, `signing`: real server processes as deploy/ starts them, asked by several clients at a steady
rate. They have served for a moment before it counts."""

import contextlib
import http.client
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import Count, Exists, OuterRef

from config.celery import app
from contracts.actions.drafts import document_of, keep, prepare
from contracts.desk import Sheet
from contracts.models import Coverage
from contracts.queries.desk import household_of, open_desk
from residents.models import Resident
from teams.actions import imports
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.imports import find_kind
from teams.models import Import, Institution, Team, User
from teams.tasks import run_import

SERVER = ("gunicorn", "--config", "python:config.gunicorn", "config.wsgi")
WORKER = ("celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle")
# Microseconds that the application had a request in hand: without the wait for a free thread, and without the client.
ACCESS_LOG = ("--access-logformat", "%(D)s", "--access-logfile")
CLIENTS = 8
A_SECOND = 20
PAGES_FOR = 30  # seconds
IMPORT_FOR = 600  # at most
SIGNINGS = 200
WARMING = 40  # signings that don't count: each of the server's threads has its own connection to the database
MEMBERS = 4
CSRF = "a" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}


@dataclass(frozen=True)
class Load:
    """Milliseconds from sending a request to its whole answer, and of the server itself; the rate that was kept;
    answers of the wrong kind."""

    seen: Sequence[float]
    served: Sequence[float]
    a_second: float
    errors: int

    def __str__(self) -> str:
        kept = f"{self.a_second:.1f} a second kept, {self.errors} errors"
        return f"server time {_spread(self.served)}; until the client has it {_spread(self.seen)}; {kept}"


@dataclass(frozen=True)
class Request:
    """What is sent, with whose session, and the status that is right."""

    method: str
    path: str
    session: str
    body: str = ""
    status: int = 200


def pages() -> Load:
    """The pages that people open all day, as officials and clerks of all centres ask for them."""
    asked = _pages()
    with _serving() as (port, served):
        return _sent(port, served, list(islice(cycle(asked), A_SECOND * PAGES_FOR)), warm=asked * 3)


def pages_while_importing(file: Path) -> tuple[Load, float]:
    """The same while the worker checks a file of residents and puts it in, as for somebody who sends it on the page;
    and the seconds that it took."""
    asked, account = _pages(), User.objects.filter(roles__contains=["administrator"]).first()
    assert account
    with _serving() as (port, served), _working(), ThreadPoolExecutor(1) as sender:
        importing = sender.submit(_import, file, account)
        load = _sent(
            port,
            served,
            list(islice(cycle(asked), A_SECOND * IMPORT_FOR)),
            warm=asked * 3,
            going=lambda: not importing.done(),
        )
        return load, importing.result()


def signings() -> Load:
    """Households of four whose agreements lie ready are signed. What lies ready is made before."""
    requests = list(islice(_to_sign(), WARMING + SIGNINGS))
    with _serving() as (port, served):
        return _sent(port, served, requests[WARMING:], warm=requests[:WARMING])


def _import(file: Path, account: User) -> float:
    """Have it checked, confirm it, have it put in; the seconds from sending to the end."""
    started = time.monotonic()
    imported = imports.request(kind=find_kind("residents"), content=file.read_bytes(), filename=file.name, by=account)
    for status in (Import.Status.CHECKED, Import.Status.DONE):
        run_import.delay(imported.pk)
        while imported.status != status:
            assert imported.status != Import.Status.FAILED, imported.error
            time.sleep(0.2)
            imported.refresh_from_db(fields=["status", "error"])
        if status == Import.Status.CHECKED:
            imports.confirm(imported=imported, by=account)
    connection.close()  # this thread's
    return time.monotonic() - started


def _pages() -> list[Request]:
    officials = User.objects.filter(roles__contains=["official"]).order_by("pk")
    clerks = User.objects.filter(roles__contains=["clerk"], institution__kind="township_center").order_by("pk")
    codes = Institution.objects.filter(kind="township_center").order_by("code").values_list("code", flat=True)
    team = Team.objects.order_by("code").first()
    assert team
    bureau, centres = _session(officials[0]), [_session(clerk) for clerk in clerks[:CLIENTS]]
    asked = [Request("GET", f"/overview/?month=2018-11&unit={code}", bureau) for code in codes[:4]]
    asked += [Request("GET", f"/overview/?month=2018-11&team={team.code}", bureau)]
    asked += [Request("GET", "/figures/coverage/?month=2018-11", bureau)]
    asked += [Request("GET", "/figures/coverage/people/?month=2018-11&part=gap", bureau)]
    for session in centres:
        asked += [
            Request("GET", path, session) for path in ("/today/", "/people/", "/contracts/", "/sign/", "/problems/")
        ]
    return asked


def _to_sign() -> Iterator[Request]:
    """An agreement for each household of four of whom nobody is signed."""
    clerks = User.objects.filter(roles__contains=["clerk"], institution__kind="township_center").order_by("pk")
    day = today()
    covered = Coverage.objects.filter(resident=OuterRef("pk"), end_on__gte=day)
    for clerk in clerks:
        sessions = cycle([_session(clerk) for _client in range(CLIENTS)])
        free = (
            Resident.objects.visible_to(clerk).in_population_on(day).filter(~Exists(covered), household__isnull=False)
        )
        homes = free.values("household").annotate(members=Count("pk")).filter(members=MEMBERS)
        for home in homes.values_list("household", flat=True):
            first = free.filter(household=home).order_by("pk")[0]
            ids = household_of(first, clerk)
            desk = open_desk(Sheet().with_people(ids), clerk)
            if len(desk.members) != MEMBERS or not desk.is_ready:
                continue
            draft = prepare(draft=keep(draft=None, sheet=desk.sheet, by=clerk), desk=desk, by=clerk)
            shown = sha256_of(document_of(draft)).hexdigest()
            body = urlencode({"sha256": shown, "submission": fresh_key(), "signed": "paper"})
            yield Request("POST", f"/sign/drafts/{draft.pk}/", next(sessions), body, status=302)


def _session(user: User) -> str:
    """The key of a session that is signed in."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session.create()
    assert session.session_key
    return session.session_key


@contextlib.contextmanager
def _serving() -> Iterator[tuple[int, Path]]:
    """The port of a web server over the present database, and its log: a line for each request."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = Path(tempfile.mkdtemp()) / "served"
    web = subprocess.Popen([sys.executable, "-m", *SERVER, "--bind", f"127.0.0.1:{port}", *ACCESS_LOG, str(log)])
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), contextlib.closing(_connection(port)) as connection:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    break
            if time.monotonic() > deadline:
                raise TimeoutError("the web server does not start")
            time.sleep(0.1)
        yield port, log
    finally:
        web.terminate()
        web.wait()
        shutil.rmtree(log.parent)


@contextlib.contextmanager
def _working() -> Iterator[None]:
    """A worker for what is asked for on pages. In one session with the web, so that its niceness counts."""
    worker = subprocess.Popen([sys.executable, "-m", *WORKER])
    try:
        while not app.control.ping(timeout=1):
            if worker.poll() is not None:
                raise RuntimeError("the worker does not start")
        yield
    finally:
        worker.terminate()
        worker.wait()


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=30)


def _sent(
    port: int,
    served: Path,
    requests: Sequence[Request],
    *,
    warm: Sequence[Request],
    going: Callable[[], bool] = lambda: True,
) -> Load:
    """Send them, while it is `going`, at a steady rate by CLIENTS clients, each of which waits for its answer."""

    def send(place: int) -> tuple[float, bool] | None:
        if not going():
            return None
        time.sleep(max(0.0, started + place / A_SECOND - time.monotonic()))
        begun = time.perf_counter()
        status = _answer(port, requests[place])
        return (time.perf_counter() - begun) * 1000, status == requests[place].status

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda request: _answer(port, request), warm))
        started = time.monotonic()
        answers = [answer for answer in clients.map(send, range(len(requests))) if answer]
    took = time.monotonic() - started
    seen = [milliseconds for milliseconds, _right in answers]
    own = [int(line) / 1000 for line in served.read_text().splitlines()[-len(answers) :]]
    return Load(seen, own, len(answers) / took, sum(not right for _time, right in answers))


def _spread(milliseconds: Sequence[float]) -> str:
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    return f"median {statistics.median(milliseconds):.0f} ms, p95 {p95:.0f} ms"


def _answer(port: int, request: Request) -> int:
    headers = {"Host": "localhost", "Cookie": f"sessionid={request.session}; csrftoken={CSRF}"}
    with contextlib.closing(_connection(port)) as connection:
        connection.request(request.method, request.path, request.body or None, headers | (FORM if request.body else {}))
        answer = connection.getresponse()
        answer.read()
        return answer.status
