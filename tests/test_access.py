"""Every URL with every role, against one table; and refusals that tell nothing."""

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.actions import months
from contracts.models import Contract
from residents.models import Resident
from teams.models import AuditEvent, Division, Institution, Team
from tests.access import NOWHERE, VISITORS, Line, addresses, lines
from tests.accounts import District, Place, make_district

# Django's own pages behind one gate, which `admin:index` stands for.
BEHIND_ONE_GATE = "admin:"
MISSING = Place(
    centre=Institution(pk=NOWHERE, code="missing"),
    village=Division(pk=NOWHERE),
    team=Team(pk=NOWHERE, code="missing"),
    resident=Resident(pk=NOWHERE),
    contract=Contract(pk=NOWHERE),
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    """Both centres, with the figures of a month."""
    made = make_district()
    months.compute(month=date(2018, 11, 1))
    return made


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """The names of every URL, namespaces included."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{namespace}{pattern.name or f'without a name: {pattern.pattern}'}"


def address(name: str, place: Place | None) -> str:
    held = addresses().get(name)
    arguments, query = held(place) if held else ({}, {})
    return reverse(name, kwargs=dict(arguments)) + (f"?{urlencode(query)}" if query else "")


def answer(district: District, visitor: str, method: str, url: str) -> HttpResponse:
    """The response; whatever the request wrote is taken back."""
    client = Client()
    if visitor != "anonymous":
        client.force_login(district.users[visitor])
    with transaction.atomic():
        response = client.generic(method, url)
        transaction.set_rollback(True)
    return response


def said(response: HttpResponse) -> str:
    if response.status_code == 302 and response.headers["Location"].startswith("/sign-in/?next="):
        return "in"
    return str(response.status_code)


def test_every_url_has_a_line_in_the_table() -> None:
    present = {name for name in names(get_resolver()) if not name.startswith(BEHIND_ONE_GATE)}
    assert present == {line.name for line in lines()} - {"admin:index"}


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.name} {line.whose}")
def test_url_answers_everybody_as_the_table_says(district: District, line: Line) -> None:
    place = {"own": district.own, "other": district.other, "-": None}[line.whose]
    url = address(line.name, place)
    found = {
        method: {visitor: said(answer(district, visitor, method, url)) for visitor in VISITORS}
        for method in line.expected
    }
    assert found == line.expected


def method_of(line: Line) -> str:
    """GET, but for what can only be sent."""
    return "POST" if line.expected["GET"]["clerk"] == "405" else "GET"


@pytest.mark.parametrize(
    ("name", "method"), sorted({(line.name, method_of(line)) for line in lines() if line.whose == "other"})
)
def test_page_of_another_s_row_is_the_page_of_a_missing_one(district: District, name: str, method: str) -> None:
    foreign, missing = address(name, district.other), address(name, MISSING)
    # The time stands on what is printed, and a minute may end between the two.
    changing = r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|\d{4}-\d\d-\d\d \d\d:\d\d(?=</p>)'
    bodies = [
        re.sub(changing, "", page.content.decode()).replace(url.replace("&", "&amp;"), "…")
        for url in (foreign, missing)
        for page in [answer(district, "clerk", method, url)]
        if page.status_code == 404
    ]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    for text in (district.other.resident.name, district.other.centre.name, district.other.team.name):
        assert text not in bodies[0]


def test_refusal_is_recorded_with_account_page_and_address(district: District) -> None:
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.force_login(district.users["auditor"])
    page = client.get(address("assessments:people", district.own))
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.REFUSED)
    assert (event.username, event.address, event.what) == ("auditor", "10.1.2.3", "GET assessments:people")
    assert district.own.resident.name not in page.content.decode()
