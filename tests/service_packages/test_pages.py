"""Pages of the catalogue: reading, editing a draft, the next year, files there and back."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from service_packages.actions.drafts import fingerprint, start_draft
from service_packages.actions.items import change_item
from service_packages.models import Item, PackageVersion
from service_packages.queries import item_rules
from service_packages.rules import shares_by_category
from teams.actions.submissions import fresh_key
from teams.models import Role
from teams.models.accounts import SYSTEM
from tests.factories import make_coverage, make_item, make_package, make_user
from tests.importing import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(make_user(Role.ADMINISTRATOR))
    return client


def _url(name: str, *numbers: int) -> str:
    return reverse(f"service_packages:{name}", args=numbers)


def _text(client: Client, url: str) -> str:
    page = client.get(url)
    assert page.status_code == 200
    return page.content.decode()


def _sent(draft: PackageVersion, **changes: Any) -> dict[str, Any]:
    """What the editor sends for a package of one item owed at two ages, at 40 yuan."""
    return {
        **{"seen": fingerprint(draft), "name": "儿童包", "tier": "personalised", "year": 2019, "annual_price": "40"},
        **{"categories": ["child"], "items-TOTAL_FORMS": 2, "items-INITIAL_FORMS": 0},
        **{"items-0-item": "VISIT", "items-0-times_per_year": 2, "items-0-unit_price": "5"},
        **{"items-0-anchor": "age_months", "items-0-spans": "3, 6-8", "items-1-anchor": "contract_year"},
        **{"share-all-resident": "8", "share-all-medical_insurance": "32"},
        **changes,
    }


def _draft() -> PackageVersion:
    make_item("VISIT")
    return start_draft(package=make_package(code="CHI").package, by=SYSTEM)


# --- Reading --------------------------------------------------------------------------------------------------------


def test_list_shows_what_is_in_use_and_filters_the_rest(admin: Client) -> None:
    make_package(code="OLD", name="旧包")
    make_coverage(packages=[make_package(code="OLD", name="新包", categories=["elderly"])])
    shown = _text(admin, _url("package_list"))
    assert "新包" in shown
    assert "旧包" not in shown
    assert "旧包" in _text(admin, _url("package_list") + "?status=retired")
    assert "新包" not in _text(admin, _url("package_list") + "?category=maternal")


def test_list_asks_as_often_for_many_packages_as_for_one(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        make_package(code=f"P{number}", items={"A": 1, "B": 2}, shares={"resident": Decimal("0.00")})
    with django_assert_max_num_queries(16):
        admin.get(_url("package_list"))


def test_editor_asks_as_often_for_many_rows_as_for_one(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = make_package(code="P", items={f"I{number}": 1 for number in range(30)})
    draft = start_draft(package=version.package, by=SYSTEM)
    with django_assert_max_num_queries(20):
        admin.get(_url("version_edit", draft.pk))


def test_version_says_how_much_its_shares_miss(admin: Client) -> None:
    version = make_package(price=Decimal("40.00"), shares={"resident": Decimal("37.50")})
    assert "2.50 yuan missing" in _text(admin, _url("version_detail", version.pk))


def test_readers_see_no_button_that_would_refuse_them() -> None:
    client = Client()
    client.force_login(make_user(Role.CLERK))
    version = make_package()
    for url in (_url("package_list"), _url("version_detail", version.pk), _url("item_list")):
        assert 'method="post" action="/packages' not in _text(client, url)


def test_diff_names_what_changed_and_nothing_else(admin: Client) -> None:
    before = make_package(code="A", name="旧名", items={"BP": 4}, price=Decimal("40.00"))
    after = make_package(code="A", name="新名", items={"BP": 6}, price=Decimal("40.00"))
    page = admin.get(_url("version_diff", after.pk, before.pk))
    assert [(each.before, each.after) for each in page.context["differences"]] == [
        ("旧名", "新名"),
        ("4 × a contract year · 4 × 0.00", "6 × a contract year · 6 × 0.00"),
    ]
    assert not admin.get(_url("version_diff", after.pk, after.pk)).context["differences"]


# --- Editing --------------------------------------------------------------------------------------------------------


def test_package_is_opened_once_however_often_the_form_is_sent(admin: Client) -> None:
    sent = {"code": "NEW", "name": "新包", "submission": fresh_key()}
    first, second = (admin.post(_url("package_create"), sent) for _ in range(2))
    assert first.url == second.url == _url("version_edit", PackageVersion.objects.get().pk)
    again = admin.post(_url("package_create"), sent | {"submission": fresh_key()})
    assert "There is a package NEW already." in again.content.decode()


def test_editor_saves_items_windows_prices_and_shares(admin: Client) -> None:
    draft = _draft()
    assert admin.post(_url("version_edit", draft.pk), _sent(draft)).status_code == 302
    draft.refresh_from_db()
    row = draft.items.get()
    assert (draft.name, draft.year, draft.price, draft.categories) == ("儿童包", 2019, Decimal("40.00"), ["child"])
    assert (str(row.windows), row.times_per_year, row.unit_price) == ("age_months 3, 6-8", 2, Decimal("5.00"))
    assert shares_by_category(draft) == {"": {"resident": Decimal("8.00"), "medical_insurance": Decimal("32.00")}}


def test_editor_keeps_the_columns_that_are_ticked(admin: Client) -> None:
    draft = _draft()
    shares = {"rules": ["low_income"], "share-low_income-poverty_relief": "40", "share-disabled-resident": "3"}
    admin.post(_url("version_edit", draft.pk), _sent(draft, **shares))
    assert shares_by_category(draft).keys() == {"", "low_income"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("items-0-spans", "six", "“six” is not a span"),
        ("items-0-spans", "6-3", "Span 6-3"),
        ("items-0-times_per_year", "0", "greater than or equal to 1"),
        ("share-all-resident", "8.005", "no more than 2 decimal places"),
        ("name", "", "This field is required"),
        ("seen", "x", "Somebody else has changed this draft"),
    ],
)
def test_editor_tells_what_is_wrong_and_keeps_what_was_typed(admin: Client, field: str, value: str, said: str) -> None:
    draft = _draft()
    page = admin.post(_url("version_edit", draft.pk), _sent(draft) | {field: value})
    assert page.status_code == 200
    text = page.content.decode()
    assert said in text
    assert 'value="32"' in text
    assert draft.items.get().item.code == "ADVICE"


def test_published_version_is_not_edited(admin: Client) -> None:
    version = make_package()
    assert admin.get(_url("version_edit", version.pk)).url == _url("version_detail", version.pk)


def test_draft_that_is_not_ready_says_why_and_is_not_published(admin: Client) -> None:
    draft = _draft()
    admin.post(_url("version_edit", draft.pk), _sent(draft, **{"share-all-resident": "7"}))
    assert "39.00 yuan, but the package costs 40.00 yuan" in _text(admin, _url("version_detail", draft.pk))
    admin.post(_url("draft_publish", draft.pk))
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_draft_goes_from_start_to_publication_or_is_dropped(admin: Client) -> None:
    version = make_package(code="A")
    started = admin.post(_url("draft_start", version.pk))
    draft = PackageVersion.objects.get(status="draft")
    assert started.url == _url("version_edit", draft.pk)
    admin.post(_url("draft_drop", draft.pk))
    admin.post(_url("draft_start", version.pk))
    admin.post(_url("draft_publish", PackageVersion.objects.get(status="draft").pk))
    version.refresh_from_db()
    assert version.status == "retired"
    admin.post(_url("version_retire", PackageVersion.objects.get(status="published").pk))
    assert not PackageVersion.objects.filter(status="published").exists()


def test_item_is_made_and_changed(admin: Client) -> None:
    sent = {"code": "BP", "name": "血压", "modes": ["home"], "deciding": ["modes"], "submission": fresh_key()}
    admin.post(_url("item_create"), sent)
    item = Item.objects.get(code="BP")
    admin.post(_url("item_edit", item.pk), {"name": "血压随访", "readings": ["systolic"], "unit_price": "15"})
    item.refresh_from_db()
    assert (item.name, item.modes, item.readings, item.unit_price) == ("血压随访", [], ["systolic"], Decimal("15.00"))


# --- Years and files ------------------------------------------------------------------------------------------------


def test_next_year_is_shown_then_made_then_published(admin: Client) -> None:
    make_package(code="A", price=Decimal("40.00"), shares={"resident": Decimal("40.00")}, year=2018)
    shown = _text(admin, _url("year_copy") + "?year=2019&percent=5")
    assert "42.00" in shown
    assert not PackageVersion.objects.filter(status="draft").exists()
    asked = admin.post(_url("year_copy"), {"year": 2019, "percent": 5, "submission": fresh_key(), "show": 1})
    assert asked.headers["Location"] == _url("year_copy") + "?year=2019&percent=5"
    made = admin.post(_url("year_copy"), {"year": 2019, "percent": 5, "submission": fresh_key()})
    assert "Publish all of 2019" in _text(admin, made.url)
    admin.post(_url("year_publish"), {"year": 2019})
    assert PackageVersion.objects.get(status="published").price == Decimal("42.00")


@pytest.mark.parametrize("kind", ["packages", "payer_shares"])
def test_file_of_the_catalogue_put_in_again_changes_nothing(admin: Client, kind: str) -> None:
    put("packages", *CATALOGUE)
    put("payer_shares", *SHARES)
    page = admin.get(reverse("service_packages:catalogue_file", args=[kind]))
    header, *rows = openpyxl.load_workbook(io.BytesIO(b"".join(page.streaming_content))).active.values
    lines = [",".join("" if cell is None else f'"{cell}"' for cell in row) for row in (header, *rows)]
    assert put(kind, *lines).counts == (0, 0, len(rows), 0)
    assert len(rows) == {"packages": 3, "payer_shares": 3}[kind]


CATALOGUE = (
    "package_code,package_name,tier,categories,annual_price,item_code,item_name,item_kind,times_per_year,unit_price,windows",
    "HTN,高血压包,个性化包,高血压患者;老年人,120,BP,血压随访,高血压随访,4,30,",
    "HTN,高血压包,,,,EXAM,体检,自定,1,,",
    'CHI,儿童包,basic,,,VISIT,随访,,2,12.5,"月龄 1, 3-5"',
)
SHARES = ("服务包编码,适用人群,支付方,金额", "HTN,,个人,20", "HTN,,医保,100", "HTN,low_income,扶贫,120")


# --- Preview --------------------------------------------------------------------------------------------------------


def test_preview_shows_what_a_woman_of_70_is_owed_and_pays_and_leaves_nothing(admin: Client) -> None:
    version = make_package(
        code="HTN",
        items={"BP": 4},
        price=Decimal("60.00"),
        shares={"resident": Decimal("60.00")},
        categories=["hypertension"],
    )
    url = reverse("contracts:package_preview")
    page = admin.get(url, {"sex": "female", "age": 70, "start_on": "20180301", "term": 1, "registers": "hypertension"})
    due = [promise.due_on for promise in page.context["promises"]]
    assert due == [date(2018, 5, 31), date(2018, 8, 31), date(2018, 11, 30), date(2019, 2, 28)]
    assert page.context["fees"]["total"]["total"] == Decimal("60.00")
    assert not version.held.exists()
    assert not PackageVersion.objects.filter(held__isnull=False).exists()


def test_preview_says_why_a_package_does_not_suit(admin: Client) -> None:
    version = make_package(code="HTN", categories=["hypertension"])
    asked = {"sex": "male", "age": 30, "start_on": "2018-03-01", "term": 1, "versions": version.pk}
    text = admin.get(reverse("contracts:package_preview"), asked).content.decode()
    assert "The package is for: hypertension." in text


def test_item_shows_its_rules_through_time(client: Client) -> None:
    administrator = make_user(username="wang")
    item = make_item("BP")
    change_item(item=item, by=administrator, readings=["systolic"])
    change_item(item=item, by=administrator, name="血压")
    change_item(item=item, by=administrator, deciding=["readings"])

    now, before, first = item_rules(Item.objects.get(pk=item.pk))

    assert [state.item.deciding for state in (now, before, first)] == [["readings"], [], []]
    assert [state.item.readings for state in (now, before, first)] == [["systolic"], ["systolic"], []]
    assert (first.since, first.until, now.until) == (None, before.since, None)
    assert "wang" in now.by
    client.force_login(administrator)
    assert len(client.get(_url("item_edit", item.pk)).context["through_time"]) == 3
