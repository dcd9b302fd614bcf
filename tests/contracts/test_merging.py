"""Two records become one and two again: everything moves, nothing is lost, and taking apart restores every row."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.actions import months
from assessments.models import Figure, ResidentMonth, SurveyAnswer
from contracts.actions import ledger, problems
from contracts.actions.merging import holding_fields, label_of, merge, unmerge
from contracts.actions.services import waive
from contracts.models import Coverage, FeeEntry, Merge, Obligation, Problem, Service
from residents.models import Resident
from residents.queries.search import find_residents
from service_packages.models import PackageVersion
from teams.imports import find_kind
from teams.imports.engine import load, open_table
from teams.models import Role, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2018, 12, 20)
NUMBER = "341204196005170029"
APPS = ("teams", "residents", "service_packages", "contracts", "assessments")


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for the row history and the notes of merges."""
    tables = {}
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            if model is Merge or model.__name__.endswith("Event") or not model._meta.managed:
                continue
            with connection.cursor() as cursor:
                cursor.execute(f'select t::text from "{model._meta.db_table}" t order by t::text')
                tables[model._meta.label] = cursor.fetchall()
    return tables


def two(**fields: Any) -> tuple[Resident, Resident]:
    return factories.make_resident(name="张秀英", **fields), factories.make_resident(name="张秀英", number=NUMBER)


def test_everything_of_the_merged_record_moves_and_it_is_no_resident_any_more() -> None:
    kept, merged = two()
    coverage = factories.make_coverage(resident=merged, packages=[factories.make_package(items={"BP": 4})])
    ledger.make_obligations(coverages=Coverage.objects.all())
    factories.make_service(kept, "BP", date(2018, 2, 1))
    factories.make_visit(merged, date(2018, 3, 1))
    merged.registers.create(category="diabetes", from_on=date(2018, 1, 1))
    SurveyAnswer.objects.create(resident=merged, answered_on=date(2018, 6, 1), rating=5)

    done = merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)

    for rows in (kept.coverages, kept.obligations, kept.visits, kept.registers):
        assert rows.exists()
    assert SurveyAnswer.objects.get().resident == kept
    # What one record was given meets what the other was promised.
    assert Obligation.objects.filter(coverage=coverage, met_on=date(2018, 2, 1)).exists()
    assert done.moved["contracts.Coverage.resident"] == [coverage.pk]
    assert list(Resident.objects.visible_to(SYSTEM)) == [kept]
    assert find_residents(user=SYSTEM, text=NUMBER) == [kept]


def test_merged_record_leaves_every_figure() -> None:
    kept, merged = two()
    factories.make_coverage(resident=merged)
    merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)
    revision = months.compute(month=date(2018, 11, 1))
    assert [row.resident_id for row in ResidentMonth.objects.filter(revision=revision)] == [kept.pk]
    figure = Figure.objects.filter(revision=revision, indicator="coverage", category="all", team_key=0).first()
    assert (figure.numerator, figure.denominator) == (1, 1)


def test_contracts_at_the_same_time_are_refused_with_what_to_do() -> None:
    kept, merged = two()
    mine, theirs = (factories.make_coverage(resident=resident) for resident in (kept, merged))
    with pytest.raises(RuleViolation) as refusal:
        merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)
    assert refusal.value.code == "merge.overlap"
    assert mine.contract.number in str(refusal.value)
    assert theirs.contract.number in str(refusal.value)
    theirs.terminated_on = theirs.start_on
    theirs.save()
    merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)


def test_same_service_on_the_same_day_stays_behind_and_is_remembered() -> None:
    kept, merged = two()
    factories.make_service(kept, "BP", date(2018, 2, 1), systolic=140, diastolic=80)
    twin = factories.make_service(merged, "BP", date(2018, 2, 1), systolic=150, diastolic=90)
    other = factories.make_service(merged, "BP", date(2018, 3, 1))
    done = merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)
    assert done.left == {"contracts.Service.resident": [twin.pk]}
    assert done.moved == {"contracts.Service.resident": [other.pk]}
    assert Service.objects.filter(resident=kept).count() == 2


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("merge.reason", {"reason": " "}),
        ("merge.merged", {"again": True}),
        ("merge.unlike", {"unlike": True}),
        ("life.service_before_birth", {"early": True}),
    ],
)
def test_what_cannot_be_merged_stays_as_it_is(code: str, change: dict[str, Any]) -> None:
    kept, merged = two()
    if change.get("again"):
        merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)
    if change.get("unlike"):
        kept.name, kept.birth_date = "李桂兰", date(1973, 3, 12)
        kept.save()
    if change.get("early"):
        kept.birth_date = date(2018, 1, 2)
        kept.save()
        factories.make_service(merged, "BP", date(2018, 1, 1))
    before = everything()
    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        merge(kept=kept, merged=merged, reason=change.get("reason", "同一人"), by=SYSTEM)
    assert refusal.value.code == code
    assert everything() == before


def test_what_was_entered_since_stays_when_the_records_are_taken_apart() -> None:
    kept, merged = two()
    old = factories.make_service(merged, "BP", date(2018, 2, 1))
    done = merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)
    new = factories.make_service(kept, "BP", date(2018, 3, 1))
    unmerge(merge=done, reason="两个人", by=SYSTEM)
    assert Service.objects.get(pk=old.pk).resident == merged
    assert Service.objects.get(pk=new.pk).resident == kept
    with pytest.raises(RuleViolation) as refusal:
        unmerge(merge=done, reason="两个人", by=SYSTEM)
    assert refusal.value.code == "merge.undone"


def test_merges_in_a_chain_are_taken_apart_from_the_last() -> None:
    first, second = two()
    third = factories.make_resident(name="张秀英")
    inner = merge(kept=first, merged=second, reason="同一人", by=SYSTEM)
    outer = merge(kept=third, merged=first, reason="同一人", by=SYSTEM)
    assert find_residents(user=SYSTEM, text=NUMBER) == [third]
    with pytest.raises(RuleViolation) as refusal:
        unmerge(merge=inner, reason="两个人", by=SYSTEM)
    assert refusal.value.code == "merge.in_chain"
    unmerge(merge=outer, reason="两个人", by=SYSTEM)
    unmerge(merge=inner, reason="两个人", by=SYSTEM)
    assert not Resident.objects.filter(merged_into__isnull=False).exists()


def test_every_table_that_names_a_resident_moves_or_is_known_to_stay() -> None:
    labels = {label_of(field) for field in holding_fields()}
    assert {"contracts.Coverage.resident", "contracts.Contract.representative", "contracts.Visit.resident"} <= labels
    assert {"residents.Register.resident", "assessments.PhoneCheck.resident", "contracts.Draft.first"} <= labels
    assert not {"residents.Transfer.resident", "assessments.ResidentMonth.resident"} & labels


days = st.integers(0, 340).map(lambda number: date(2018, 1, 1) + timedelta(days=number))


@settings(max_examples=25)
@given(
    services=st.lists(st.tuples(st.booleans(), st.sampled_from(["BP", "ADVICE"]), days), max_size=8, unique=True),
    visits=st.lists(st.tuples(st.booleans(), days), max_size=4, unique=True),
    registers=st.lists(
        st.tuples(st.booleans(), st.sampled_from(["diabetes", "disabled"]), days), max_size=4, unique=True
    ),
    split=days,
    waived=st.lists(st.integers(0, 7), max_size=2, unique=True),
    anchored=st.booleans(),
)
def test_taking_apart_restores_every_row_of_every_table(
    services: Any, visits: Any, registers: Any, split: date, waived: Any, anchored: bool
) -> None:
    with transaction.atomic():
        both = two(born=date(1950, 1, 1))
        for mine, item, on in services:
            factories.make_service(both[mine], item, on)
        for mine, on in visits:
            factories.make_visit(both[mine], on)
        for mine, category, on in registers:
            both[mine].registers.create(category=category, from_on=on)
        package = factories.make_package(items={"BP": 4, "ADVICE": 2})
        if anchored:
            package.items.update(anchor="register_months", opens=[0, 3], closes=[2, 5])
            PackageVersion.objects.filter(pk=package.pk).update(categories=["diabetes"])
        factories.make_coverage(resident=both[0], end_on=split, packages=[package])
        factories.make_coverage(
            resident=both[1], start_on=split + timedelta(days=1), end_on=date(2019, 12, 31), packages=[package]
        )
        for place, coverage in enumerate(Coverage.objects.order_by("pk"), start=1):
            factories.make_receipt(coverage, Decimal(place))
        ledger.make_obligations(coverages=Coverage.objects.all())
        ledger.match_services()
        open_ones = list(Obligation.objects.filter(met_on=None).order_by("pk"))
        for place in waived:
            if place < len(open_ones):
                waive(obligation=open_ones[place], reason="refused", on=TODAY, by=SYSTEM)
        ledger.match_services()
        before = everything()

        done = merge(kept=both[0], merged=both[1], reason="同一人", by=SYSTEM)
        assert FeeEntry.objects.filter(coverage__resident=both[0]).count() == 2
        unmerge(merge=done, reason="两个人", by=SYSTEM)

        after = everything()
        assert after == before
        transaction.set_rollback(True)


# --- Pages and files ------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(client: Client) -> User:
    user = factories.make_user(Role.CLERK, institution=factories.centre())
    client.force_login(user)
    return user


def look() -> None:
    check = problems.request()
    problems.check(check_id=check.pk)


def test_pairs_are_found_compared_merged_and_taken_apart_on_pages(client: Client, clerk: User) -> None:
    village = factories.make_village()
    kept, merged = (factories.make_resident(name="张秀英", village=village) for _time in range(2))
    look()
    (line,) = client.get("/duplicates/").context["lines"]
    page = client.get(line["url"])
    assert page.status_code == 200
    sent = {"kept": kept.pk, "reason": "同一人", "submission": page.context["form"]["submission"].value()}
    answers = [client.post(line["url"], sent) for _click in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/people/{kept.pk}/"] * 2
    assert client.get(line["url"]).status_code == 404
    merged.refresh_from_db()
    assert merged.merged_into == kept
    assert client.get("/duplicates/").context["lines"] == []
    assert client.get(f"/people/{merged.pk}/").status_code == 404
    assert client.get(f"/people/{kept.pk}/").context["merges"][0]["name"] == "张秀英"
    sent = {"reason": "两个人", "submission": client.get(f"/people/{kept.pk}/").context["merges"][0]["submission"]}
    answers = [client.post(f"/merges/{Merge.objects.get().pk}/undo/", sent, follow=True) for _click in range(2)]
    assert [answer.request["PATH_INFO"] for answer in answers] == [f"/people/{kept.pk}/"] * 2
    assert [message.level_tag for message in answers[1].context["messages"]] == []
    merged.refresh_from_db()
    assert merged.merged_into is None


def test_pair_told_apart_is_not_offered_again(client: Client, clerk: User) -> None:
    phone = {"phone": "13905580123"}
    first, second = factories.make_resident(name="张秀英", **phone), factories.make_resident(name="张秀英", **phone)
    look()
    assert Problem.objects.filter(rule="maybe_twice").count() == 2
    client.post(f"/duplicates/{first.pk}/{second.pk}/apart/")
    look()
    assert not Problem.objects.filter(rule="maybe_twice").exists()


def test_pair_of_which_one_is_another_s_is_the_bureau_s(client: Client, clerk: User) -> None:
    village = factories.make_village()
    mine = factories.make_resident(name="张秀英", village=village)
    other = factories.make_resident(name="张秀英", village=village, institution=factories.make_institution())
    look()
    lines = client.get("/duplicates/").context["lines"]
    assert [line["url"] for line in lines] in ([], [""])
    assert client.get(f"/duplicates/{mine.pk}/{other.pk}/").status_code == 404


def test_file_that_names_a_merged_number_is_told_the_record(clerk: User) -> None:
    kept, merged = two()
    merge(kept=kept, merged=merged, reason="同一人", by=SYSTEM)
    for kind, lines in (
        ("residents", ("id_number,name,institution_code", f"{NUMBER},张秀英,{factories.centre().code}")),
        ("registers", ("id_number,category,from_on", f"{NUMBER},diabetes,2018-01-01")),
        ("visits", ("id_number,visited_on,institution_code,cost", f"{NUMBER},2018-01-01,C,1")),
    ):
        known = find_kind(kind)
        with open_table(io.BytesIO("\n".join(lines).encode()), "file.csv", known) as table:
            (batch,) = load(table, known, by=clerk)
        assert [str(row.message).count("张秀英") for row in batch.refused] == [1], kind
