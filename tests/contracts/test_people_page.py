"""The list of residents: what each filter finds, how it is arranged, and that its length costs nothing."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from contracts.models import Suspension
from contracts.queries.people import PeopleFilter
from residents.models import Resident
from teams.models import AuditEvent, Role, SavedFilter, User
from teams.models.accounts import SYSTEM
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2018, 12, 20)


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def official(client: Client) -> User:
    user = factories.make_user(Role.OFFICIAL, institution=factories.bureau())
    client.force_login(user)
    return user


def found(**query: object) -> set[str]:
    from django.http import QueryDict
    from django.utils.http import urlencode

    filters = PeopleFilter(QueryDict(urlencode(query)), user=SYSTEM)
    assert not filters.form.errors
    return set(filters.qs.values_list("name", flat=True))


def test_contract_filters_tell_signed_unsigned_expired_and_ending() -> None:
    for name, term in {
        "signed": {"start_on": date(2018, 6, 1), "end_on": date(2019, 5, 31)},
        "ending": {"start_on": date(2018, 1, 1), "end_on": date(2018, 12, 31)},
        "expired": {"start_on": date(2017, 1, 1), "end_on": date(2017, 12, 31)},
        "terminated": {"start_on": date(2018, 6, 1), "end_on": date(2019, 5, 31), "terminated_on": date(2018, 9, 1)},
    }.items():
        factories.make_coverage(resident=factories.make_resident(name=name), **term)
    paused = factories.make_coverage(resident=factories.make_resident(name="paused"), start_on=date(2018, 6, 1))
    Suspension.objects.create(coverage=paused, from_on=date(2018, 12, 1))
    factories.make_resident(name="never")
    assert found(standing="signed") == {"signed", "ending"}
    assert found(standing="ending") == {"ending"}
    assert found(standing="expired") == {"expired", "terminated"}
    assert found(standing="unsigned") == {"expired", "terminated", "paused", "never"}


def test_age_filters_count_completed_years() -> None:
    for name, born in {"64": date(1953, 12, 21), "65": date(1953, 12, 20), "6": date(2011, 12, 21)}.items():
        factories.make_resident(name=name, born=born)
    assert found(age_from=65) == {"65"}
    assert found(age_to=64) == {"64", "6"}
    assert found(category="elderly") == {"65"}
    assert found(category="child") == {"6"}
    assert found(category="key") == {"65", "6"}


def test_register_filter_takes_entries_of_today() -> None:
    factories.make_resident(name="on", registers={"hypertension": date(2018, 1, 1)})
    factories.make_resident(name="off").registers.create(
        category="hypertension", from_on=date(2017, 1, 1), to_on=date(2018, 1, 1)
    )
    assert found(category="hypertension") == {"on"}
    assert found(category="key") == {"on"}


def test_population_is_today_s_unless_asked_otherwise() -> None:
    factories.make_resident(name="here")
    factories.make_resident(name="moved", moved_out_on=TODAY)
    factories.make_resident(name="dead", died_on=date(2018, 1, 1))
    factories.make_resident(name="merged", merged_into=factories.make_resident(name="other"))
    assert found() == {"here", "other"}
    assert found(presence="moved") == {"moved"}
    assert found(presence="died") == {"dead"}
    assert found(presence="all") == {"here", "moved", "dead", "other"}


def test_institution_filter_takes_its_subtree_and_team_filter_its_signed() -> None:
    centre = factories.make_institution()
    clinic, elsewhere = factories.make_institution(parent=centre), factories.make_institution()
    below = factories.make_resident(name="below", institution=clinic)
    factories.make_resident(name="elsewhere", institution=elsewhere)
    team = factories.make_team(institution=centre)
    factories.make_coverage(resident=below, team=team)
    assert found(institution=centre.pk) == {"below"}
    assert found(team=team.pk) == {"below"}


def test_phone_filter_takes_one_problem_or_any() -> None:
    for problem in ("", "empty", "dummy"):
        factories.make_resident(name=problem or "fine", phone_problem=problem)
    assert found(phone="dummy") == {"dummy"}
    assert found(phone="any") == {"empty", "dummy"}


def test_words_find_by_initials_name_part_and_address_but_never_numbers() -> None:
    factories.make_resident(name="张秀英", number="341204196005170029", address="姜堂村12号")
    for words in ("zxy", "张", "秀英", "姜堂村", "zxy "):
        assert found(q=words) == {"张秀英"}
    assert found(q="341204196005170029") == set()


def test_page_shows_masked_people_and_records_the_look_without_the_words(client: Client, official: User) -> None:
    factories.make_resident(name="张秀英", number="341204196005170029", phone="13905580123")
    page = client.get("/people/", {"q": "张秀英"}, headers={"accept-language": "en"}).content.decode()
    assert "341204********0029" in page
    assert "139****0123" in page
    assert "341204196005170029" not in page
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.PEOPLE)
    assert event.what == "residents page 1 q"


@pytest.mark.parametrize("text", ["341204196005170029", "13905580123"])
def test_number_leads_to_the_person_and_never_into_the_address(client: Client, official: User, text: str) -> None:
    resident = factories.make_resident(name="张秀英", number="341204196005170029", phone="13905580123")
    response = client.post("/people/find/", {"text": text})
    assert response.headers["Location"] == f"/people/{resident.pk}/"


@pytest.mark.parametrize(("page", "words"), [("people", "q=%E5%BC%A0"), ("contracts", "q=%E5%BC%A0")])
def test_what_no_key_types_is_passed_over(client: Client, official: User, page: str, words: str) -> None:
    response = client.post(f"/{page}/find/", {"text": "张\0"})
    assert response.headers["Location"].endswith(words)


def test_shared_number_leads_to_a_list_of_those_who_share_it(client: Client, official: User) -> None:
    both = [factories.make_resident(name=name, phone="13905580123") for name in "甲乙"]
    factories.make_resident(name="丙")
    response = client.post("/people/find/", {"text": "13905580123", "query": "age_from=20&q=x"}, follow=True)
    assert "13905580123" not in response.request["QUERY_STRING"]
    assert {row.cells["name"].text for row in response.context["list"]["rows"]} == {"甲", "乙"}
    assert len(both) == 2


def test_unknown_number_says_so_and_keeps_the_filters(client: Client, official: User) -> None:
    response = client.post("/people/find/", {"text": "13905580123", "query": "age_from=20"}, follow=True)
    assert response.request["QUERY_STRING"] == "age_from=20"
    assert [message.level_tag for message in response.context["messages"]] == ["warning"]


def test_page_takes_as_many_questions_for_fifty_as_for_one(
    client: Client, official: User, django_assert_max_num_queries: Any
) -> None:
    version = factories.make_package()
    for _number in range(30):
        resident = factories.make_resident(
            registers={"diabetes": date(2018, 1, 1)}, household=factories.make_household()
        )
        factories.make_coverage(resident=resident, packages=[version])
    columns = "id_number,phone,household,institution,village,categories,standing,team,packages"
    client.get("/people/")
    # Besides: session, account and its institution 5, row history 4, audit trail 3.
    with django_assert_max_num_queries(12 + 12):
        assert client.get("/people/", {"columns": columns, "standing": "signed"}).status_code == 200


def test_columns_and_page_size_are_the_account_s_until_the_address_says_otherwise(
    client: Client, official: User
) -> None:
    factories.make_resident(name="张秀英")
    client.post("/lists/arrange/", {"page": "contracts:people", "columns": ["address", "sex"], "size": "200"})
    page = client.get("/people/").context["list"]
    assert [head["column"].code for head in page["heads"]] == ["name", "sex", "address"]
    assert page["page"].paginator.per_page == 200
    page = client.get("/people/", {"columns": "age", "size": "100"}).context["list"]
    assert [head["column"].code for head in page["heads"]] == ["name", "age"]
    assert page["page"].paginator.per_page == 100


def test_filters_are_kept_under_a_name_and_forgotten_again(client: Client, official: User) -> None:
    client.post("/lists/filters/new/", {"page": "contracts:people", "name": "老人", "query": "age_from=65&page=3&sex="})
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("老人", "age_from=65")
    assert b"age_from=65" in client.get("/people/").content
    client.post(f"/lists/filters/{saved.pk}/delete/")
    assert not SavedFilter.objects.exists()


def test_filters_without_a_name_or_without_any_are_not_kept(client: Client, official: User) -> None:
    client.post("/lists/filters/new/", {"page": "contracts:people", "name": "", "query": "age_from=65"})
    client.post("/lists/filters/new/", {"page": "contracts:people", "name": "x", "query": "sex="})
    assert not SavedFilter.objects.exists()


def test_lists_sort_both_ways_and_pages_share_no_row(client: Client, official: User) -> None:
    for age in range(60):
        factories.make_resident(born=date(1950, 1, 1), name=f"甲{age}")
    first = client.get("/people/", {"sort": "-age"}).context["list"]
    second = client.get("/people/", {"sort": "-age", "page": "2"}).context["list"]
    urls = [row.url for row in (*first["rows"], *second["rows"])]
    assert len(set(urls)) == Resident.objects.count() == 60
    assert first["chips"] == []


def test_impossible_filters_show_the_page_with_the_error(client: Client, official: User) -> None:
    assert client.get("/people/", {"age_from": "abc", "institution": "999999", "page": "x"}).status_code == 200
