"""How tests look at the pages of figures."""

import re
from html import unescape
from io import BytesIO
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode
from openpyxl import load_workbook

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


def rows_of(client: Client, name: str, *args: str, **query: str) -> list[tuple[Any, ...]]:
    """The rows of the file behind a page's button."""
    response = client.get(address(name, *args, **query, file="xlsx"))
    assert response.status_code == 200, response
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return list(load_workbook(BytesIO(content)).active.values)


def plain(text: str) -> float | str:
    """A figure as anybody would type it into a spreadsheet."""
    typed = text.replace("−", "-").replace(",", "").replace("¥", "").removesuffix("%")
    return float(typed) if re.fullmatch(r"[+-]?[0-9.]+", typed) else text


def assert_file_is_on_the_page(client: Client, name: str, *args: str, table: str, **query: str) -> list[list[Any]]:
    """The page offers the file, and one of its tables shows the file's cells; the cells."""
    page = client.get(address(name, *args, **query)).content.decode()
    assert f"table={table}" in page
    file = [
        ["" if cell is None else cell for cell in row] for row in rows_of(client, name, *args, table=table, **query)
    ]
    shown = [_cells_of(each) for each in re.findall(r"<table.*?</table>", page, re.DOTALL)]
    assert file in shown, (file, shown)
    return file


def _cells_of(table: str) -> list[list[float | str]]:
    cells = (re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("<tr")[1:])
    return [[plain(" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())) for cell in row] for row in cells]


def queries(client: Client, name: str, args: tuple[str, ...], query: dict[str, str]) -> list[str]:
    """What the page asks of the database beside its frame."""
    with CaptureQueriesContext(connection) as captured:
        assert status(client, name, *args, **query) == 200
    return [row["sql"] for row in captured if not FRAME.search(row["sql"])]
