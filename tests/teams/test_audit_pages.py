"""The page of the audit trail: who reads it, what narrows it, the file, and whether the chain is whole."""

from io import BytesIO

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from teams.actions.audit import record
from teams.models import AuditEvent, Role
from teams.trail import in_words
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
    return [line.what for line, _account, _said in rows if line.kind != Kind.LOG_IN]


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


KEPT_AND_SAID = {
    "resident 7 phone": "resident 7: Phone",
    "resident 7 on 2018-10-31": "resident 7, as of 2018-10-31",
    "residents page 2 institution sex": "residents, page 2, by: Institution, Sex",
    "export 3 people xlsx masked": "export 3: Residents, .xlsx, masked",
    f"import 4 residents sha256:{'ab' * 32}": "import 4: residents, SHA-256 abababababab…",
    "user 5: clerk -> clerk, doctor 341200 W7": "account 5: clerk → clerk, doctor 341200 W7",
    "user 5: auditor": "account 5 opened: auditor",
    "GET contracts:merge_undo pk=3": "page: Residents · contracts:merge_undo pk=3",
    "2018-10 r2 2018-10-31": "October 2018, revision 2, 2018-10-31",
    f"2018-10 r2 {'cd' * 32}": "October 2018, revision 2, cdcdcdcdcdcd…",
    "2018-10 r2 CHANGED": "October 2018, revision 2: rows were changed",
    "coverage all 姜堂镇 中心 2018-10 gap": "Coverage, everyone, 姜堂镇 中心, October 2018: those who don't count",
    "coverage key 2018-10 resident 7": "Coverage, key populations, October 2018: resident 7",
    "cohort 2018-10 kept 3 gap 李医生 团队": (
        "cohort of October 2018 in 李医生 团队: still signed, months after signing: 3, those who don't count"
    ),
    "statement 服务费 2018-01–2018-03 settlement TA 2018-02": (
        "people behind the statement of TA: 服务费, 2018-01–2018-03, settlement, February 2018"
    ),
    "statement 服务费 2018-01–2018-03 settlement TA": "statement of TA: 服务费, 2018-01–2018-03, settlement",
    "fulfilment team 2018-10-31": "fulfilment as of 2018-10-31: Teams",
    "lead 8 two_teams": "lead 8: Perhaps one person with two teams",
    "catalogue packages": "packages in use",
    "姜堂镇中心-各机构": "姜堂镇中心-各机构",
    "nothing like it": "nothing like it",
}


@pytest.mark.parametrize(("kept", "said"), KEPT_AND_SAID.items())
def test_line_is_told_in_words(kept: str, said: str) -> None:
    with translation.override("en"):
        assert in_words(kept) == said


def test_page_and_file_tell_in_words_and_the_file_what_is_kept_too(auditor: Client) -> None:
    record(kind=Kind.REVEAL, by=None, what="resident 7 phone")
    assert "居民 7：联系电话" in auditor.get("/audit/").content.decode()
    [_head, line, *_others] = load_workbook(
        BytesIO(b"".join(auditor.get("/audit/audit.xlsx?kind=reveal").streaming_content))  # type: ignore[attr-defined]
    ).active.values
    assert line[5] == "居民 7：联系电话" and line[7] == "resident 7 phone"


def test_lines_are_found_by_the_words_that_they_are_told_with(auditor: Client) -> None:
    for what in ("import 7 confirmed", "import 7 discarded"):
        record(kind=Kind.IMPORT, by=None, what=what)
    assert shown(auditor, "?q=已确认") == ["import 7 confirmed"]


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
