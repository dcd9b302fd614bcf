"""What if: scores and money before and after, on frozen data, and nothing else changed."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.test import Client
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from assessments import tasks
from assessments.actions import keeping, rubrics
from assessments.actions.freezing import freeze
from assessments.actions.scenarios import change_scenario, start_scenario
from assessments.models import CoverageMonth, Fund, FundVersion, Month, Revision, RubricVersion, Scenario, Score
from assessments.presenters.scenarios import told
from assessments.queries.answers import SOURCES, fees_of_units, payers
from assessments.queries.basis import units_of
from assessments.queries.holdings import held_of, holdings, payees, shares_of
from assessments.queries.scenarios import answer, frozen_of, look, progress
from assessments.rules.allocation import half_up, yuan
from contracts.models import Charge, CoveragePackage
from service_packages.models import PackageVersion
from teams.actions.submissions import fresh_key
from teams.models import Role, Team
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.assessments.cycles.stages import CONTENT
from tests.figure_pages import address, assert_file_is_on_the_page, rows_of, signed_in, status, text
from tests.small_district import OCTOBER, SmallDistrict

D = Decimal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter("kept:*"):
            client.delete(key)


@pytest.fixture
def frozen(district: SmallDistrict) -> Iterator[SmallDistrict]:
    with transaction.atomic():
        current = Month.objects.get(first_on=OCTOBER).current
        assert current is not None
        freeze(revision=current, by=SYSTEM, explanation="小")
        rubrics.define(code="R", content=CONTENT, by=SYSTEM)
        yield district


@pytest.fixture
def planner(frozen: SmallDistrict) -> Client:
    return signed_in(make_account("o", Role.OFFICIAL, institution=frozen.bureau))


def fund(**fields: object) -> FundVersion:
    """Ten yuan a year for everybody covered, by score; what quality withholds goes back."""
    said = {"method": "rate", "receiver": "institution", "quality": "score", "withheld": "returned", **fields}
    version = FundVersion.objects.create(fund=Fund.objects.create(code="F", name="签约补助"), number=1, **said)
    version.payers.create(payer="finance", amount=D("1200.00"))
    return version


def scenario(**changes: object) -> Scenario:
    version = RubricVersion.objects.get(status="published")
    fields = {"name": "若", "version": version, "unit_kind": "institution", "from_month": OCTOBER, "to_month": OCTOBER}
    return start_scenario(fields={**fields, "changes": changes}, by=SYSTEM)


def test_other_target_changes_scores_and_nothing_else(frozen: SmallDistrict) -> None:
    found = answer(scenario(rules={"1.1": {"target": "60"}}))
    row = next(line for line in found.lines if line.institution == frozen.centre.pk)
    # 3 of 5 are covered: 45 of 60 points at a target of 80 %, all 60 at 60 %; 40 by hand are assumed.
    assert (row.before.total, row.after.total, row.points) == (D(85), D(100), D(15))
    assert not Score.objects.exists()
    assert RubricVersion.objects.get(status="published").rules.get(code="1.1").target == 80


def test_money_follows_the_score_and_the_changed_amount(frozen: SmallDistrict) -> None:
    money = {"version": fund().pk}
    found = answer(scenario(rules={"1.1": {"target": "60"}}, fund=money))
    line = next(line for line in found.lines if line.institution == frozen.centre.pk)
    # Three people for a month at 1,200 yuan a year are 300 yuan: 0.85 of it, and all of it.
    assert (line.before.money, line.after.money, line.money) == (D("255.00"), D("300.00"), D("45.00"))
    found = answer(scenario(fund={**money, "amounts": {"finance": "2400.00"}}))
    assert found.sums == (D("255.00"), D("510.00"))


def test_other_rule_of_the_fund_is_tried(frozen: SmallDistrict) -> None:
    money = {"version": fund(quality="grade", good=D("0.9000")).pk}
    found = answer(scenario(fund={**money, "good": "0.5"}))
    assert found.sums == (D("270.00"), D("150.00"))


def test_other_price_changes_what_is_charged_and_no_score(frozen: SmallDistrict) -> None:
    held = list(CoveragePackage.objects.filter(coverage__contract__team__institution=frozen.centre))
    code = held[0].version.package.code
    found = answer(scenario(prices={code: "24.00"}))
    line = next(line for line in found.lines if line.institution == frozen.centre.pk)
    month = CoverageMonth.objects.filter(in_force=True, team__institution=frozen.centre).values("coverage")
    counted = CoveragePackage.objects.filter(coverage__in=month).select_related("version__package")
    # By hand: a twelfth of each package held, 2 yuan for those of the other price.
    before = sum((row.price for row in counted), D(0)) / 12
    after = sum((D(24) if row.version.package.code == code else row.price for row in counted), D(0)) / 12
    assert (line.before.fees, line.after.fees) == (round(before, 2), round(after, 2))
    assert line.fees and line.points == 0 and line.money is None
    assert found.fee_sums == (line.before.fees, line.after.fees)


def test_fees_are_split_by_payer_in_the_part_that_each_bears(frozen: SmallDistrict) -> None:
    month = CoverageMonth.objects.filter(in_force=True, team__institution=frozen.centre)
    held = CoveragePackage.objects.filter(coverage__in=month.values("coverage"))
    package = held.select_related("version__package").order_by("pk")[0].version.package
    Charge.objects.all().delete()
    CoveragePackage.objects.exclude(version__package=package).delete()
    held.update(price=D(120))
    for each in held:
        Charge.objects.create(held=each, payer="finance", amount=D(90))
        Charge.objects.create(held=each, payer="resident", amount=D(30))
    found = answer(scenario(prices={package.code: "60.00"}))
    people = held.count()
    assert {tuple(row) for row in found.payers} == {
        ("resident", D("2.50") * people, D("1.25") * people),
        ("finance", D("7.50") * people, D("3.75") * people),
    }
    assert found.fee_sums == (D(10) * people, D(5) * people)


CHARGED = ("finance", "resident", "medical_insurance")
AMOUNT = st.integers(0, 10**7)
SIGNED = st.tuples(AMOUNT, st.tuples(AMOUNT, AMOUNT, AMOUNT))


@limits(max_examples=60)
@given(SIGNED, SIGNED, AMOUNT)
def test_payers_add_up_to_the_fees_whatever_was_charged(
    one: tuple[int, tuple[int, ...]], other: tuple[int, tuple[int, ...]], price: int
) -> None:
    shares = []
    for old, charges in (one, other):
        fitting = [charge * old // max(sum(charges), 1) for charge in charges]  # together never above the price
        said = ",".join(f"{payer}={charge}" for payer, charge in zip(CHARGED, fitting, strict=False))
        shares.append(shares_of(held_of(f"1:{old}:{said}"), {1: price}))
    units, exact = fees_of_units(shares), Fraction(price, 12)
    assert sum(units, D("0.00")) == yuan(half_up(exact * len(shares)))
    assert all(abs(Fraction(unit) * 100 - exact) < 1 for unit in units)
    assert sum((row.after for row in payers(shares, shares)), D("0.00")) == sum(units, D("0.00"))


def test_unchanged_prices_show_no_fees(frozen: SmallDistrict) -> None:
    assert answer(scenario(prices={})).has_fees is False
    assert answer(scenario(prices={"gone": "1.00"})).lines[0].fees is None


@pytest.mark.parametrize("receiver", ["team", "institution"])
def test_payees_are_those_of_the_settlement(frozen: SmallDistrict, receiver: str) -> None:
    version = fund(receiver=receiver, other_weight=D("0.5"))
    Team.objects.update(institution=frozen.bureau)  # known after the month was frozen
    package = PackageVersion.objects.filter(status="published")[0].package
    version.package_weights.create(package=package, weight=D("1.3"))
    revisions = list(Revision.objects.filter(frozen_at__isnull=False).select_related("month"))
    expected = [replace(unit, by_month={}) for unit in units_of(version, revisions)]
    assert payees(version, holdings(revisions)) == expected != []


def test_kept_answer_is_the_answer_and_stale_after_a_correction(frozen: SmallDistrict) -> None:
    code = PackageVersion.objects.filter(status="published")[0].package.code
    made = scenario(rules={"1.1": {"target": "60"}}, prices={code: "36.00"}, fund={"version": fund().pk})
    assert look(made, frozen_of(made)) is None
    tasks.answer_scenario(made.pk)
    assert look(made, frozen_of(made)) == answer(made)
    assert progress(made, frozen_of(made)) == (1, 1)
    row = CoveragePackage.objects.filter(version__package__code=code)[0]
    CoveragePackage.objects.filter(pk=row.pk).update(price=row.price + 12)
    assert look(made, frozen_of(made)) is None and progress(made, frozen_of(made)) == (0, 1)
    tasks.answer_scenario(made.pk)
    assert look(made, frozen_of(made)) == answer(made)


@pytest.mark.parametrize("model", sorted(SOURCES, key=lambda model: model.__name__))
def test_everything_that_an_answer_follows_from_has_a_history_or_only_grows(model: type[Model]) -> None:
    assert getattr(model, "pgh_event_models", None) or model.__name__ in {"Sampled", "LeadStep"}


def test_month_that_is_not_frozen_leaves_the_money_out(frozen: SmallDistrict) -> None:
    made = scenario(fund={"version": fund().pk})
    Scenario.objects.update(from_month="2018-09-01")
    made.refresh_from_db()
    found = answer(made)
    assert found.obstacle and found.lines[0].money is None


def test_what_if_is_asked_on_its_page(planner: Client, frozen: SmallDistrict) -> None:
    version = RubricVersion.objects.get(status="published")
    sent = {
        **{"name": "若", "version": version.pk, "unit_kind": "institution", "from_month": "2018-10"},
        **{"to_month": "2018-10", "fund": fund().pk, "submission": fresh_key()},
    }
    assert planner.post(address("scenario_list"), sent).status_code == 302
    assert planner.post(address("scenario_list"), sent).status_code == 302  # a double click
    made = Scenario.objects.get()
    page = address("scenario_detail", str(made.pk))
    code = PackageVersion.objects.filter(status="published")[0].package.code
    sent = {"target_1.1": "60", "amount_finance": "2400", f"price_{code}": "36"}
    assert planner.post(page, sent).status_code == 302
    made.refresh_from_db()
    assert made.changes["rules"] == {"1.1": {"target": "60"}}
    assert made.changes["fund"]["amounts"] == {"finance": "2400"}
    assert made.changes["prices"] == {code: "36"}
    assert 'id="scenario-progress"' in planner.get(page).content.decode()
    progress_page = address("scenario_progress", str(made.pk))
    assert b"scenario-progress" in planner.get(progress_page).content
    tasks.answer_scenario(made.pk)
    assert planner.get(progress_page).headers["HX-Refresh"] == "true"
    said = text(planner, "scenario_detail", str(made.pk))
    assert "255.00" in said and "600.00" in said
    for wrong in ({"target_1.1": "much"}, {"good": "95"}):
        refused = planner.post(page, wrong)
        assert refused.status_code == 200 and list(refused.context["form"].errors) == list(wrong)
    planner.post(address("scenario_drop", str(made.pk)))
    assert not Scenario.objects.exists()


def test_page_tells_what_is_changed_and_when_points_are_not_a_hundred(planner: Client, frozen: SmallDistrict) -> None:
    changes = {"rules": {"1.1": {"points": "70", "target": "60"}}, "fund": {"version": fund().pk, "quality": "grade"}}
    page = planner.get(address("scenario_detail", str(scenario(**changes).pk)))
    assert [(before, after) for _what, before, after in page.context["form"].kept][:2] == [("60", "70"), ("80", "60")]
    assert len(page.context["form"].kept) == 3 and "110" in page.context["warning"]
    whole = {"1.1": {"points": "50"}, "1.2": {"points": "50"}}
    page = planner.get(address("scenario_detail", str(scenario(rules=whole).pk)))
    assert not page.context["warning"]


def test_teams_of_one_name_are_told_by_their_institution(frozen: SmallDistrict) -> None:
    found = answer(scenario(rules={"1.1": {"target": "60"}}))
    assert {line["place"] for line in told(found)["lines"]} == {""}
    made = scenario(rules={"1.1": {"target": "60"}})
    made.unit_kind = "team"
    assert frozen.centre.name in {line["place"] for line in told(answer(made))["lines"]}


def test_answer_is_a_file_as_it_is_shown(planner: Client, frozen: SmallDistrict) -> None:
    code = PackageVersion.objects.filter(status="published")[0].package.code
    made = scenario(rules={"1.1": {"target": "60"}}, fund={"version": fund().pk}, prices={code: "36"})
    page = "scenario_detail", str(made.pk)
    assert b"file=xlsx" not in planner.get(address(*page)).content
    assert status(planner, *page, file="xlsx", table="units") == 404
    tasks.answer_scenario(made.pk)
    rows = assert_file_is_on_the_page(planner, *page, table="units")
    assert rows[0][-3:] == ["Fees before", "Fees after", "Change in fees"] and rows[0][6] == "Money before"
    grades = assert_file_is_on_the_page(planner, *page, table="grades")
    assert grades[0] == ["Grade", "Before", "After"] and sum(row[2] for row in grades[1:]) == len(rows) - 1
    [_heads, money] = assert_file_is_on_the_page(planner, *page, table="money")
    assert money[1:3] == [sum(row[place] or 0 for row in rows[1:]) for place in (6, 7)]
    payers = assert_file_is_on_the_page_with_the_sum_last(planner, *page)
    assert payers[1][0] == "Together"
    clerk = signed_in(make_account("c", Role.CLERK, institution=frozen.centre))
    assert status(clerk, *page, file="xlsx", table="units") == 404


def assert_file_is_on_the_page_with_the_sum_last(client: Client, *page: str) -> list[tuple[object, ...]]:
    head, total, *rows = rows_of(client, *page, table="payers")
    shown = client.get(address(*page)).context
    texts = [[row["name"], row["before"], row["after"], row["more"] or "0"] for row in shown["payers"]]
    assert [[name, *map(D, map(str, values))] for name, *values in rows] == [
        [name, *(D(value.replace(",", "").replace("−", "-")) for value in values)] for name, *values in texts
    ]
    return [head, total, *rows]


def test_answer_of_teams_names_their_institutions_and_leaves_out_what_is_not_asked(
    planner: Client, frozen: SmallDistrict
) -> None:
    made = scenario(rules={"1.1": {"target": "60"}})
    Scenario.objects.update(unit_kind="team")
    tasks.answer_scenario(made.pk)
    rows = rows_of(planner, "scenario_detail", str(made.pk), table="units")
    assert rows[0][1:] == ("Institution", "Total before", "Grade", "Total after", "Grade", "More or less")
    assert frozen.centre.name in {row[1] for row in rows[1:]}
    for table in ("payers", "money"):
        assert status(planner, "scenario_detail", str(made.pk), file="xlsx", table=table) == 404


def test_failure_of_the_worker_is_shown_and_asking_again_tries_again(
    planner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scenario(rules={"1.1": {"target": "60"}})
    page, part = (address(f"scenario_{name}", str(made.pk)) for name in ("detail", "progress"))
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(keeping, "answer", lambda *_what: 1 / 0)
        tasks.answer_scenario(made.pk)
    for shown in (page, part):
        found = planner.get(shown)
        assert found.context["failed"] and b"hx-get" not in found.content.split(b'id="scenario-progress"')[1]
    assert planner.post(address("scenario_again", str(made.pk))).status_code == 302
    assert not planner.get(page).context["failed"]
    tasks.answer_scenario(made.pk)
    assert planner.get(page).context["answer"]


def test_page_asks_more_seldom_and_says_so_when_the_worker_is_not_heard_of(planner: Client) -> None:
    part = address("scenario_progress", str(scenario().pk))
    for asked, late in (("", False), ("119", False), ("120", True), ("121", True), ("9" * 5000, True), ("x", False)):
        found = planner.get(part, {"asked": asked})
        assert found.context["late"] is late, asked
        assert (b"every 10s" in found.content) is late
        assert (b"scenarios/" in found.content and b"/again/" in found.content) is late


def test_page_takes_as_many_queries_for_many_rules(
    planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    made = scenario(fund={"version": fund().pk})
    change_scenario(scenario=made, changes=made.changes, by=SYSTEM)
    tasks.answer_scenario(made.pk)
    with django_assert_max_num_queries(17):  # 11, and 6 of session and transaction
        assert planner.get(address("scenario_detail", str(made.pk))).status_code == 200
