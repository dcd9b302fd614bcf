"""The page of the audit trail: who reads it, what narrows it, the file, and whether the chain is whole."""

from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from teams.actions.audit import record
from teams.models import AuditEvent, Role
from tests.accounts import make_account
from tests.factories import bureau, centre, make_institution
from tests.teams.test_audit import tamper

Kind = AuditEvent.Kind
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(make_account("zhou", Role.AUDITOR, institution=bureau()))
    return client


def shown(client: Client, query: str = "") -> list[str]:
    """What the page's lines say, but for the sign-in of who looks."""
    rows = client.get(f"/audit/{query}").context["rows"]
    return [line.what for line, _account in rows if line.kind != Kind.LOG_IN]


def test_auditor_reads_the_latest_line_first_with_its_account(auditor: Client) -> None:
    clerk = make_account("wu", Role.CLERK, institution=centre(), first_name="吴敏")
    record(kind=Kind.EXPORT, by=clerk, what="figures")
    record(kind=Kind.REVEAL, by=clerk, what="resident 7 phone", reason="回访")

    assert shown(auditor) == ["resident 7 phone", "figures"]
    assert "吴敏" in auditor.get("/audit/").content.decode()


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("?kind=reveal", ["resident 7 phone"]),
        ("?username=WU", ["figures"]),
        ("?q=回访", ["resident 7 phone"]),
        ("?q=10.9", ["figures"]),
        ("?since=20380101", []),
        ("?until=20380101", ["resident 7 phone", "figures"]),
        ("?since=00010101&until=99991231", ["resident 7 phone", "figures"]),
        ("?since=nonsense", ["resident 7 phone", "figures"]),
    ],
)
def test_filters_leave_the_lines_that_they_name(auditor: Client, query: str, left: list[str]) -> None:
    record(kind=Kind.EXPORT, by=make_account("wu", Role.CLERK), what="figures", address="10.9.0.1")
    record(kind=Kind.REVEAL, by=make_account("li", Role.CLERK), what="resident 7 phone", reason="回访")

    assert shown(auditor, query) == left


def test_administrator_of_a_centre_reads_what_its_accounts_did(client: Client) -> None:
    own, other = centre(), make_institution()
    record(kind=Kind.EXPORT, by=make_account("wu", Role.CLERK, institution=own), what="own")
    record(kind=Kind.EXPORT, by=make_account("li", Role.CLERK, institution=other), what="other")
    client.force_login(make_account("admin", Role.ADMINISTRATOR, institution=own))

    assert shown(client) == ["own"]


def test_file_holds_the_lines_of_the_filters_and_is_recorded(auditor: Client) -> None:
    record(kind=Kind.EXPORT, by=make_account("wu", Role.CLERK), what="=figures")
    record(kind=Kind.LOG_IN, by=None)

    file = auditor.get("/audit/audit.xlsx?kind=export")

    sheet = load_workbook(BytesIO(b"".join(file.streaming_content))).active  # type: ignore[attr-defined]
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["wu"]
    assert AuditEvent.objects.filter(what="audit trail").exists()


def test_file_of_too_many_lines_is_asked_to_be_narrowed(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teams.views.audit.IN_A_FILE", 1)
    for number in range(2):
        record(kind=Kind.EXPORT, by=None, what=f"figures {number}")

    answer = auditor.get("/audit/audit.xlsx?kind=export")

    assert answer.headers["Location"] == "/audit/?kind=export"


@pytest.mark.parametrize(("is_changed", "level"), [(False, "success"), (True, "error")])
def test_check_tells_whether_the_chain_is_whole(auditor: Client, is_changed: bool, level: str) -> None:
    record(kind=Kind.EXPORT, by=None, what="figures")
    if is_changed:
        tamper("UPDATE teams_auditevent SET what = 'x'")

    page = auditor.post("/audit/verify/", follow=True)

    assert [message.level_tag for message in page.context["messages"]] == [level]


def test_page_asks_as_many_questions_for_many_accounts(auditor: Client, django_assert_max_num_queries: object) -> None:
    for number in range(20):
        record(kind=Kind.EXPORT, by=make_account(f"clerk{number}", Role.CLERK, institution=make_institution()))

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert len(shown(auditor)) == 20
