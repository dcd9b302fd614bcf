"""Fields that are checked as they are left: which pages do so, and that what they ask is answered and never done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.actions.funds import create_fund
from service_packages.actions.drafts import start_draft
from service_packages.models import Package
from teams.leaving import HEADER
from teams.models.accounts import SYSTEM
from tests.access import addresses, lines
from tests.accounts import District, make_district

# Every page that asks about its fields, for some account of the test's district that has something to enter there.
PAGES = """
assessments:call_sheet assessments:cycle_create assessments:fund_create assessments:lead_detail assessments:patrol_list
assessments:sample_create assessments:setting_detail assessments:target_list assessments:transfer_list
assessments:voice_detail
contracts:attempt_create contracts:contract_change_packages contracts:contract_change_team contracts:contract_confirm
contracts:contract_renew contracts:contract_resume contracts:contract_suspend contracts:contract_terminate
contracts:departure_create contracts:duplicate contracts:fee_cancel contracts:fee_refund contracts:handover_create
contracts:institution_create contracts:institution_edit contracts:institution_move contracts:member_add
contracts:member_end contracts:member_lead contracts:obligation_waive contracts:person_departure contracts:person_edit
contracts:person_household contracts:person_transfer contracts:referral_create contracts:register_create
contracts:register_edit contracts:service_edit contracts:service_record contracts:team_create contracts:team_dissolve
contracts:team_rename contracts:village_add contracts:village_end
service_packages:item_create service_packages:item_edit service_packages:package_create
service_packages:version_edit service_packages:year_copy
assessments:fund_edit
teams:account_create teams:account_detail teams:export_new teams:token_list
"""
# A page's twelve, the session and the account.
MOST_QUERIES = 14
# The accounts that enter everything that is entered.
ENTERING = ("clerk", "official", "administrator")
WRITING = ("INSERT", "UPDATE", "DELETE")
SESSION = "django_session"

pytestmark = pytest.mark.django_db


@dataclass
class Sent:
    """A form as the browser would send it, and the fields that it asks about."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Sent] = []
        self.select = ""
        self.is_inside = False
        self.feed(html)

    @property
    def asking(self) -> list[Sent]:
        """Those that ask about their fields."""
        return [form for form in self.found if form.asked]

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.found.append(Sent(said.get("action", "")))
            self.is_inside = True
        if not self.is_inside:
            return
        form = self.found[-1]
        if said.get("class") == "told":
            form.asked.append(said["id"].removeprefix("id_").removesuffix("_told"))
        elif tag == "select":
            self.select = said["name"]
        elif tag == "option" and "selected" in said:
            form.values.setdefault(self.select, []).append(said["value"])
        elif tag == "input" and "name" in said and ("checked" in said or said.get("type") not in ("checkbox", "radio")):
            form.values.setdefault(said["name"], []).append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = self.is_inside and tag != "form"


@pytest.fixture
def district() -> District:
    return make_district()


def pages(district: District) -> Iterator[tuple[str, str, str]]:
    """Name, visitor and address of every page that an account sees; of drafts, which the district lacks, too."""
    for line in lines():
        if line.whose != "other":
            held = addresses().get(line.name)
            arguments, query = held(district.own if line.whose == "own" else None) if held else ({}, {})
            address = reverse(line.name, kwargs=dict(arguments)) + (f"?{urlencode(query)}" if query else "")
            seen = [visitor for visitor in ENTERING if line.expected["GET"][visitor] == "200"]
            yield from ((line.name, visitor, address) for visitor in seen)
    draft = start_draft(package=Package.objects.all()[0], by=SYSTEM)
    fund = create_fund(code="NEW", name="基金", by=SYSTEM)
    for name, visitor, row in (
        ("service_packages:version_edit", "administrator", draft),
        ("assessments:fund_edit", "official", fund),
    ):
        yield name, visitor, reverse(name, args=[row.pk])


def wrongs(client: Client, address: str, form: Sent) -> Iterator[str]:
    """What is wrong when the form's page asks about all its fields."""
    with CaptureQueriesContext(connection) as made:
        answer = client.post(address, form.values, headers={HEADER: " ".join(form.asked)})
    if answer.status_code != 200 or answer.headers.get(HEADER, "").split() != form.asked:
        yield f"answers {answer.status_code}"
    queries = [query["sql"] for query in made if "SAVEPOINT" not in query["sql"]]
    yield from (sql for sql in queries if sql.startswith(WRITING) and SESSION not in sql)
    if len(queries) > MOST_QUERIES:
        yield f"{len(queries)} queries"


def test_every_page_that_asks_about_its_fields_is_answered_and_nothing_is_done(district: District) -> None:
    clients = {visitor: Client() for visitor in ENTERING}
    for visitor, client in clients.items():
        client.force_login(district.users[visitor])
    names, wrong = set(), []
    for name, visitor, address in pages(district):
        page = None if name in names else clients[visitor].get(address)
        if page is None or page.streaming or "html" not in page.headers["Content-Type"]:
            continue
        for form in Forms(page.content.decode()).asking:
            names.add(name)
            wrong += [f"{name}: {each}" for each in wrongs(clients[visitor], urljoin(address, form.action), form)]
    assert not wrong, "\n".join(wrong)
    assert names == set(PAGES.split())
