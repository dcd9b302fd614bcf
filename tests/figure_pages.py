"""How tests look at the pages of figures."""

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from teams.models import User

# What every page costs before it begins: transaction, session, account.
FRAME = re.compile(r'^(?:SAVEPOINT|RELEASE|BEGIN|SET |SELECT set_config)|"django_session"|^SELECT .* FROM "teams_user"')

UNITS = {"district": {}, "centre": {"unit": "C"}, "team": {"team": "T1"}, "idle team": {"team": "T2"}}


def signed_in(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def text(client: Client, name: str, *args: str, **query: str) -> str:
    """The page's text without tags, its spaces folded."""
    response = client.get(address(name, *args, **query))
    assert response.status_code == 200, response
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def address(name: str, *args: str, **query: str) -> str:
    return f"{reverse(f'assessments:{name}', args=args)}?{urlencode(query)}"


def status(client: Client, name: str, *args: str, **query: str) -> int:
    return client.get(address(name, *args, **query)).status_code


def queries(client: Client, name: str, args: tuple[str, ...], query: dict[str, str]) -> list[str]:
    """What the page asks of the database beside its frame."""
    with CaptureQueriesContext(connection) as captured:
        assert status(client, name, *args, **query) == 200
    return [row["sql"] for row in captured if not FRAME.search(row["sql"])]
