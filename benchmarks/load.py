"""`load`, `signing`: real server processes as deploy/ starts them, asked by several clients at a steady rate."""

import contextlib
import http.client
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count, Exists, OuterRef

from contracts.actions.drafts import document_of, keep, prepare
from contracts.desk import Sheet
from contracts.models import Coverage
from contracts.queries.desk import household_of, open_desk
from residents.models import Resident
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.models import Institution, Team, User

SERVER = ("gunicorn", "--config", "python:config.gunicorn", "config.wsgi")
# Microseconds that the application had a request in hand: without the wait for a free thread, and without the client.
ACCESS_LOG = ("--access-logformat", "%(D)s", "--access-logfile")
CLIENTS = 8
A_SECOND = 20
PAGES_FOR = 30  # seconds
SIGNINGS = 200
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
    with _serving() as (port, served):
        return _sent(port, served, list(islice(cycle(_pages()), A_SECOND * PAGES_FOR)))


def signings() -> Load:
    """Households of four whose agreements lie ready are signed. What lies ready is made before."""
    requests = list(islice(_to_sign(), SIGNINGS))
    with _serving() as (port, served):
        return _sent(port, served, requests)


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
        asked += [Request("GET", path, session) for path in ("/people/", "/contracts/", "/sign/", "/problems/")]
    return asked


def _to_sign() -> Iterator[Request]:
    """An agreement for each household of four of whom nobody is signed."""
    clerks = User.objects.filter(roles__contains=["clerk"], institution__kind="township_center").order_by("pk")
    day = today()
    covered = Coverage.objects.filter(resident=OuterRef("pk"), end_on__gte=day)
    for clerk in clerks:
        session = _session(clerk)
        free = (
            Resident.objects.visible_to(clerk).in_population_on(day).filter(~Exists(covered), household__isnull=False)
        )
        homes = free.values("household").annotate(members=Count("pk")).filter(members=MEMBERS)
        for home in homes.values_list("household", flat=True)[:SIGNINGS]:
            first = free.filter(household=home).order_by("pk")[0]
            ids = household_of(first, clerk)
            desk = open_desk(Sheet().with_people(ids), clerk)
            if len(desk.members) != MEMBERS or not desk.is_ready:
                continue
            draft = prepare(draft=keep(draft=None, sheet=desk.sheet, by=clerk), desk=desk, by=clerk)
            shown = sha256_of(document_of(draft)).hexdigest()
            body = urlencode({"sha256": shown, "submission": fresh_key(), "signed": "paper"})
            yield Request("POST", f"/sign/drafts/{draft.pk}/", session, body, status=302)


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


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=30)


def _sent(port: int, served: Path, requests: Sequence[Request]) -> Load:
    """Send them at a steady rate by CLIENTS clients, each of which waits for its answer."""
    warm = [*dict.fromkeys(requests if requests[0].method == "GET" else [])]
    for request in (*warm, *warm, *warm):
        _answer(port, request)
    started = time.monotonic()

    def send(place: int) -> tuple[float, bool]:
        time.sleep(max(0.0, started + place / A_SECOND - time.monotonic()))
        begun = time.perf_counter()
        status = _answer(port, requests[place])
        return (time.perf_counter() - begun) * 1000, status == requests[place].status

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(send, range(len(requests))))
    took = time.monotonic() - started
    seen = [milliseconds for milliseconds, _right in answers]
    own = [int(line) / 1000 for line in served.read_text().splitlines()[-len(requests) :]]
    return Load(seen, own, len(requests) / took, sum(not right for _time, right in answers))


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
