"""`pages`, `search`: server time of the pages of figures, request after request, as the application spends it."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from residents.models import Resident
from residents.queries.search import find_residents
from teams.cipher import decrypt
from teams.models import Institution, Team, User

REQUESTS = 60


@dataclass(frozen=True)
class Page:
    """A page's median and 95th percentile in milliseconds, and its queries (transaction statements left out)."""

    name: str
    median: float
    p95: float
    queries: int


def measure() -> list[Page]:
    """Ask for each page as an official of the bureau."""
    client = Client()
    client.force_login(_official())
    centre = Institution.objects.filter(kind="township_center").earliest("code")
    team = Team.objects.earliest("code")
    addresses = {
        "overview of the district": "/overview/?month=2018-11",
        "overview of a centre": f"/overview/?month=2018-11&unit={centre.code}",
        "overview of a team": f"/overview/?month=2018-11&team={team.code}",
        "figure: coverage": "/figures/coverage/?month=2018-11",
        "figure: managed": "/figures/managed/?month=2018-11&category=hypertension",
        "figure by sex and age, once it is kept": "/figures/coverage/ages/?month=2018-11",
        "people of the district, first page": "/figures/coverage/people/?month=2018-11&part=gap",
        "people of a centre, first page": f"/figures/coverage/people/?month=2018-11&unit={centre.code}&part=numerator",
        "people behind items not done": "/figures/item_completion/people/?month=2018-11&part=gap",
        "people by name": "/figures/coverage/people/?month=2018-11&q=zw",
    }
    return [_page(client, name, address) for name, address in addresses.items()]


def searches() -> list[Page]:
    """Look for a resident of the middle by ID number, phone, name and initials, over the whole district."""
    official = _official()
    person = Resident.objects.exclude(phone_cipher=None).order_by("pk")[1000]
    assert person.phone_cipher is not None
    texts = {
        "ID number": decrypt(person.id_cipher, field="id_number"),
        "phone": decrypt(person.phone_cipher, field="phone"),
        "name": person.name,
        "surname": person.name[0],
        "initials": person.initials,
    }
    found = []
    for name, text in texts.items():
        with CaptureQueriesContext(connection) as captured:
            assert find_residents(user=official, text=text), name
        found.append(_timed(f"a resident by {name}", partial(find_residents, user=official, text=text), len(captured)))
    return found


def _official() -> User:
    return User.objects.filter(roles__contains=["official"]).earliest("pk")


def _page(client: Client, name: str, address: str) -> Page:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, headers={"host": "localhost"})
    assert answer.status_code == 200, (address, answer.status_code)
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    queries = sum(not query["sql"].startswith(control) for query in captured.captured_queries)
    return _timed(name, lambda: client.get(address, headers={"host": "localhost"}), queries)


def _timed(name: str, work: Callable[[], object], queries: int) -> Page:
    seconds = []
    for _request in range(REQUESTS):
        started = time.perf_counter()
        work()
        seconds.append((time.perf_counter() - started) * 1000)
    return Page(name, statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1], queries)
