"""`pages`, `search`: server time of the pages that people open all day, request after request, as a web process
spends it."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.gunicorn import load_pages
from contracts.models import Coverage
from residents.models import Resident
from residents.queries.search import find_residents
from teams.cipher import decrypt
from teams.models import Institution, Team, User

REQUESTS = 60

# Pages by role. {centre} and {team} are codes; {contract} and {person} are the newest that the account may see.
PAGES: Mapping[str, Mapping[str, str]] = {
    "official": {
        "overview of the district": "/overview/?month=2018-11",
        "overview of a centre": "/overview/?month=2018-11&unit={centre}",
        "overview of a team": "/overview/?month=2018-11&team={team}",
        "figure: coverage": "/figures/coverage/?month=2018-11",
        "figure: managed": "/figures/managed/?month=2018-11&category=hypertension",
        "figure by sex and age": "/figures/coverage/ages/?month=2018-11",
        "people of the district": "/figures/coverage/people/?month=2018-11&part=gap",
        "people of a centre": "/figures/coverage/people/?month=2018-11&unit={centre}&part=numerator",
        "people behind items not done": "/figures/item_completion/people/?month=2018-11&part=gap",
        "people who answered": "/figures/satisfaction/people/?month=2018-11&part=denominator",
        "people by name": "/figures/coverage/people/?month=2018-11&q=zw",
        "monthly return": "/months/return/?month=2018-11",
        "page of a month": "/months/2018-11/",
        "forecast": "/forecast/?month=2018-11",
        "cohorts": "/cohorts/",
        "targets": "/targets/",
        "data problems": "/problems/",
        "fulfilment": "/fulfilment/",
        "signed and not served": "/unserved/",
        "fee desk": "/fees/",
        "fee desk of the insurance": "/fees/?payer=medical_insurance",
        "statement": "/fees/statement/",
        "teams": "/teams/",
        "contracts": "/contracts/",
        "contracts ending": "/contracts/?status=ending",
        "contracts to confirm": "/contracts/?status=to_confirm",
        "contracts of a key population": "/contracts/?category=hypertension",
        "residents": "/people/",
        "residents not signed": "/people/?standing=unsigned",
        "residents by initials": "/people/?q=zw",
        "leads": "/supervision/leads/",
        "samples": "/supervision/samples/",
        "findings": "/findings/",
        "cycles": "/cycles/",
        "money": "/money/",
    },
    "clerk": {
        "Today": "/today/",
        "to sign": "/to-sign/",
        "sign": "/sign/",
        "due work": "/due/",
        "due work that is open": "/due/?window=open",
        "contracts": "/contracts/",
        "contracts ending": "/contracts/?status=ending",
        "contracts to confirm": "/contracts/?status=to_confirm",
        "contracts of a key population": "/contracts/?category=elderly",
        "a contract": "/contracts/{contract}/",
        "residents": "/people/",
        "a resident": "/people/{person}/",
        "fee desk": "/fees/",
        "statement person by person": "/fees/statement/?by=coverage",
        "signed and not served": "/unserved/",
        "referrals": "/referrals/",
        "data problems": "/problems/",
    },
    "doctor": {
        "Today": "/today/",
        "due work": "/due/",
        "contracts": "/contracts/",
        "residents": "/people/",
        "a resident": "/people/{person}/",
    },
}


@dataclass(frozen=True)
class Page:
    """A page's median and 95th percentile in milliseconds, and its queries (transaction statements left out)."""

    name: str
    median: float
    p95: float
    queries: int


def measure() -> Iterator[Page]:
    """Ask for each page as an official of the bureau, a clerk of a township centre and a doctor of a team."""
    load_pages()
    for role, pages in PAGES.items():
        account = _account(role)
        client, places = Client(), _places(account)
        client.force_login(account)
        for name, address in pages.items():
            yield _page(client, f"{role}: {name}", address.format_map(places))


def _account(role: str) -> User:
    found = User.objects.filter(roles__contains=[role])
    return found.filter(institution__kind="township_center").earliest("pk") if role != "official" else _official()


def _places(account: User) -> Mapping[str, object]:
    newest = Coverage.objects.visible_to(account).filter(resident__in=Resident.objects.visible_to(account)).latest("pk")
    centre = Institution.objects.filter(kind="township_center").earliest("code")
    team = Team.objects.earliest("code")
    return {"centre": centre.code, "team": team.code, "contract": newest.contract_id, "person": newest.resident_id}


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
