"""Lists of answers and calls, and of a team's households: as long as their figure, then as now, and in confidence."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from pytest_django import Settings

from assessments.actions import calls, voices
from assessments.actions.freezing import freeze, verify
from assessments.actions.months import ANSWERS, compute
from assessments.actions.samples import draw_sample
from assessments.indicators import BY_CODE
from assessments.models import PhoneCheck, Revision, SurveyAnswer, Voice
from assessments.presenters.parts import IN_CONFIDENCE
from assessments.queries.people import Part, figure_count, people
from assessments.queries.units import select
from residents.models import Resident
from teams.models import Institution, Role, Team, User
from teams.models.accounts import SYSTEM
from tests import factories
from tests.accounts import make_account
from tests.assessments.test_people_files import ask
from tests.figure_pages import address, queries, signed_in, text

pytestmark = pytest.mark.django_db
DECEMBER, DAY, NEW_YEAR = date(2018, 12, 1), date(2018, 12, 20), date(2019, 1, 2)
ASKED = ("satisfaction", "awareness", "phone_valid", "household_coverage")
DESIGN = {
    **{"name": "十二月", "kind": "phone", "method": "size", "size": 20, "margin": Decimal(10), "confidence": 95},
    **{"extra_percent": 0, "second_percent": 50},
}
# What comes of the first calls, in the order in which people were registered.
RESULTS = (
    {"result": "true", "knows_team": True, "rating": 5},
    {"result": "family", "rating": 2},
    {"result": "denied", "rating": 1},
    {"result": "true", "knows_team": True, "rating": 4},
    {"result": "stranger"},
    {"result": "empty"},
    {"result": "unaware", "rating": 3},
    {"result": "refused"},
)


@dataclass(frozen=True)
class Asked:
    """Two centres; the first has two teams that share a village, and everybody was asked."""

    centre: Institution
    other: Institution
    team: Team
    second: Team
    foreign: Team
    spoke: Resident  # by the own link, in confidence
    may_be_called: Resident  # by the own link, who left the doctor call

    @property
    def units(self) -> list[dict[str, str]]:
        codes = [self.centre.code, self.other.code]
        teams = [self.team.code, self.second.code, self.foreign.code]
        return [{}, *({"unit": code} for code in codes), *({"team": code} for code in teams)]


@pytest.fixture
def asked(settings: Settings) -> Asked:
    settings.TODAY = DAY
    bureau, centre = factories.bureau(), factories.centre()
    other = factories.make_institution(code="C2", name="邵营镇卫生院", kind=centre.kind, parent=bureau)
    first, shared, far = (factories.make_village(name=name) for name in ("姜堂村", "陈集村", "邵营村"))
    made = Asked(
        *(centre, other),
        team=factories.make_team(code="A", institution=centre, villages=[first, shared]),
        second=factories.make_team(code="B", institution=centre, villages=[shared]),
        foreign=factories.make_team(code="F", institution=other, villages=[far]),
        spoke=factories.make_resident(name="钱守信", village=first, household=factories.make_household()),
        may_be_called=factories.make_resident(name="冯可联", village=shared, household=factories.make_household()),
    )
    # Households: of two villages, signed with either team, with the other one, with none.
    for village, teams in (
        (first, (made.team, None)),
        (shared, (made.second, None)),
        (shared, (None, made.team, made.second)),
        (shared, (None, None)),
        (far, (made.foreign,)),
        (far, (made.team, None)),
    ):
        home = factories.make_household()
        for place, team in enumerate(teams):
            living = shared if place == 1 else village
            institution = other if village is far else centre
            member = factories.make_resident(village=living, household=home, institution=institution)
            if team:
                factories.make_coverage(resident=member, team=team)
    for resident in (made.spoke, made.may_be_called):
        factories.make_coverage(resident=resident, team=made.team)
        speak(resident, rating=2 if resident == made.spoke else 5, may_call=resident == made.may_be_called)
    call_everybody(make_account("caller", Role.OFFICIAL, institution=bureau))
    SurveyAnswer.objects.create(resident=made.may_be_called, answered_on=date(2018, 5, 1), rating=3)
    settings.TODAY = NEW_YEAR
    compute(month=DECEMBER)
    return made


def speak(resident: Resident, *, rating: int, may_call: bool) -> Voice:
    contract = resident.coverages.get().contract
    contract.representative = resident
    contract.save()
    found = voices.link_of(contract)
    assert found
    return voices.speak(link=found[1], rating=rating, received="all", complaint="", may_call=may_call)


def call_everybody(caller: User) -> None:
    sample = draw_sample(**DESIGN, by=caller)  # type: ignore[arg-type]
    drawn = sample.people.order_by("resident_id")
    for sampled, said in zip(drawn, RESULTS, strict=False):
        assert calls.note(sampled=sampled, turn=1, by=caller, **said)  # type: ignore[arg-type]


def lengths(user: User, unit: dict[str, str], code: str, known: str = "") -> tuple[list[int], list[int]]:
    """How long the three lists are, and what the figure says."""
    selection = select(user, {**unit, "month": "2018-12", "known": known})
    count = figure_count(selection, BY_CODE[code])
    lists = [people(selection, BY_CODE[code], part).count() for part in Part]
    return lists, [count.numerator, count.denominator, count.denominator - count.numerator]


def official() -> User:
    return User.objects.get(username="caller")


def lines(client: Client, code: str, part: Part = Part.DENOMINATOR, **query: str) -> list[dict[str, Any]]:
    return list(client.get(address("people", code, part=part, **query)).context["page"].object_list)


# --- As long as the figure ------------------------------------------------------------------------------------------


def test_there_is_something_to_count_of_every_figure_at_most_levels(asked: Asked) -> None:
    found = {code: [lengths(official(), unit, code)[1] for unit in asked.units] for code in ASKED}
    assert found == {
        "satisfaction": [[3, 8, 5], [3, 7, 4], [0, 1, 1], [2, 6, 4], [1, 1, 0], [0, 1, 1]],
        "awareness": [[2, 5, 3], [2, 4, 2], [0, 1, 1], [1, 3, 2], [1, 1, 0], [0, 1, 1]],
        "phone_valid": [[5, 8, 3], [4, 6, 2], [1, 2, 1], [3, 5, 2], [1, 2, 1], [1, 1, 0]],
        "household_coverage": [[7, 8, 1], [5, 6, 1], [2, 2, 0], [4, 7, 3], [2, 6, 4], [1, 2, 1]],
    }


@pytest.mark.parametrize("code", ASKED)
def test_lists_are_as_long_as_the_figure_at_every_level(asked: Asked, code: str) -> None:
    for unit in asked.units:
        shown, counted = lengths(official(), unit, code)
        assert shown == counted, unit


@pytest.mark.parametrize("code", ASKED)
def test_lists_of_a_frozen_month_stay_as_long_as_its_figure_and_those_known_now_as_theirs(
    asked: Asked, code: str
) -> None:
    freeze(revision=compute(month=DECEMBER), by=SYSTEM)
    then = {str(unit): lengths(official(), unit, code) for unit in asked.units}
    change_everything(asked)
    assert {str(unit): lengths(official(), unit, code) for unit in asked.units} == then
    compute(month=DECEMBER)
    assert {str(unit): lengths(official(), unit, code) for unit in asked.units} == then
    for unit in asked.units:
        shown, counted = lengths(official(), unit, code, known="now")
        assert shown == counted, unit
    assert lengths(official(), {}, code, known="now")[1] != then["{}"][1]


def change_everything(asked: Asked) -> None:
    """Answers, calls and a contract that came late, one answer and call corrected, one of each taken away."""
    late = factories.make_resident(village=asked.spoke.village, household=factories.make_household())
    factories.make_coverage(resident=late, team=asked.team)
    for _again in range(3):
        SurveyAnswer.objects.create(resident=late, answered_on=date(2018, 12, 1), rating=4)
        PhoneCheck.objects.create(resident=late, called_on=date(2018, 12, 1), outcome="resident", knows_team=True)
    SurveyAnswer.objects.filter(rating=1).update(rating=5)
    SurveyAnswer.objects.filter(rating=3, source="call").delete()
    PhoneCheck.objects.filter(outcome="empty").update(outcome="resident")
    PhoneCheck.objects.filter(outcome="refused").delete()


def test_frozen_answers_are_guarded_and_a_tampered_one_shows(asked: Asked) -> None:
    revision = freeze(revision=compute(month=DECEMBER), by=SYSTEM)
    table = f"{ANSWERS}_{revision.pk}"
    with pytest.raises(InternalError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update {table} set rating = 5")
    with connection.cursor() as cursor:  # somebody with the database's own keys
        cursor.execute(f"alter table {table} disable trigger all")
        cursor.execute(f"update {table} set rating = 5 where rating = 1")
    assert not verify(revision=revision, by=SYSTEM)


def test_month_computed_before_answers_were_kept_has_no_lists_of_them_and_is_frozen_without(asked: Asked) -> None:
    revision = compute(month=DECEMBER)
    with connection.cursor() as cursor:
        cursor.execute(f"drop table {ANSWERS}_{revision.pk}")
    Revision.objects.filter(pk=revision.pk).update(has_answers=False)
    revision.refresh_from_db()
    client = signed_in(official())
    for code in ("satisfaction", "awareness", "phone_valid"):
        assert client.get(address("figure", code)).context["people"] == []
        assert client.get(address("people", code)).status_code == 404
    assert client.get(address("people", "household_coverage", team="A")).status_code == 200
    frozen = freeze(revision=revision, by=SYSTEM)
    assert verify(revision=frozen, by=SYSTEM)


# --- What a line says -----------------------------------------------------------------------------------------------


def test_figure_page_opens_the_lists_and_they_open_the_evidence(asked: Asked) -> None:
    client = signed_in(official())
    for code in ASKED:
        for unit in ({"unit": asked.centre.code}, {"team": "A"}):
            counted = lengths(official(), unit, code)[1]
            offered = client.get(address("figure", code, **unit)).context["people"]
            assert [int(count) for _label, count, _url in offered] == counted
            assert [len(client.get(url).context["page"].object_list) for _label, _count, url in offered] == counted
            for line in lines(client, code, **unit):
                if line.get("why"):
                    page = client.get(line["why"])
                    assert (page.context["person"]["name"], page.context["counted"]) == (line["name"], line["counted"])
                    assert page.context["has_changed"] is False


def test_evidence_of_an_answer_tells_day_source_and_steps(asked: Asked) -> None:
    client = signed_in(official())
    assert "Lines in all: 8" in text(client, "people", "satisfaction", part="denominator")
    pages = [client.get(line["why"]) for line in lines(client, "satisfaction") if line["name"] == "冯可联"]
    told = sorted((page.context["words"][0], *page.context["tables"][0].lines[0].cells) for page in pages)
    assert told == [
        ("The answer: 2 of 5 steps; 4 and 5 count as satisfied.", "2018-12-20", "phone check", "2 of 5"),
        ("The answer: 3 of 5 steps; 4 and 5 count as satisfied.", "2018-05-01", "survey", "3 of 5"),
        ("The answer: 5 of 5 steps; 4 and 5 count as satisfied.", "2018-12-20", "resident's own link", "5 of 5"),
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("awareness", ("Reached, but does not know that they are signed and with whom.", "family reached", "no")),
        ("phone_valid", ("The number reached the resident or the family.", "family reached", "no")),
    ],
)
def test_evidence_of_a_call_tells_what_came_of_it(asked: Asked, code: str, told: tuple[str, ...]) -> None:
    client = signed_in(official())
    (line,) = [line for line in lines(client, code) if line["name"] == "冯可联"]
    page = client.get(line["why"]).context
    assert (page["words"][0], *page["tables"][0].lines[0].cells[1:]) == told


def test_evidence_of_a_call_that_was_corrected_since_says_so(asked: Asked) -> None:
    client = signed_in(official())
    (line,) = [line for line in lines(client, "awareness") if line["name"] == "冯可联"]
    PhoneCheck.objects.filter(resident=asked.may_be_called).update(knows_team=True)
    assert client.get(line["why"]).context["has_changed"] is True
    PhoneCheck.objects.filter(resident=asked.may_be_called).delete()
    page = client.get(line["why"])
    assert page.context["counted"] is False and "It is not on file any more." in page.content.decode()


def test_evidence_of_a_team_s_household_names_whom_the_team_covers(asked: Asked) -> None:
    client = signed_in(official())
    told = Counter(
        client.get(line["why"]).context["words"][0] for line in lines(client, "household_coverage", team="B")
    )
    assert told == {
        "Members: 1. None of them is signed.": 3,
        "Members: 2. None of them is signed.": 1,
        "Members: 2. Signed: 1 (张秀英).": 1,
        "Members: 3. Signed: 1 (张秀英).": 1,
    }


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("code", ASKED)
def test_file_holds_the_lines_of_the_page(asked: Asked, code: str, part: Part) -> None:
    query = {"part": part.value, "team": "A"}
    shown = [(line["name"], line["id_masked"]) for line in lines(signed_in(official()), code, part, team="A")]
    _export, (head, *rows, _signed) = ask(official(), "figure_people", indicator=code, **query)
    assert [(row[0], row[1] or "") for row in rows] == shown
    assert len(head) == 7 + (part is Part.DENOMINATOR)


# --- In confidence --------------------------------------------------------------------------------------------------


def test_who_spoke_in_confidence_is_a_line_without_a_name_at_the_end_and_opens_nothing(asked: Asked) -> None:
    (voice,) = SurveyAnswer.objects.filter(in_confidence=True)
    assert voice.resident == asked.spoke
    for user in (official(), clerk(asked.centre), factories.make_doctor(asked.team)):
        client = signed_in(user)
        found = lines(client, "satisfaction", team="A")
        assert [line["name"] for line in found].count("钱守信") == 1  # what was said on the telephone
        told = found[-1]
        blank = ("url", "id_masked", "sex", "age", "categories", "village", "team")
        assert told["name"] == "Said in confidence"
        assert [told[name] for name in blank] == [""] * 7
        assert (told["standing"], "why" in told) == ("Not satisfied", False)
        assert client.get(address("evidence", "satisfaction", str(voice.pk), team="A")).status_code == 404


def test_no_search_finds_who_spoke_in_confidence(asked: Asked) -> None:
    client = signed_in(official())
    for words in ("钱", "qsx"):
        found = lines(client, "satisfaction", part=Part.GAP, q=words)
        assert found == []


def test_file_names_nobody_who_spoke_in_confidence_even_whole(asked: Asked) -> None:
    whole = make_account("whole", Role.OFFICIAL, institution=factories.bureau())
    _export, (_head, *rows, _signed) = ask(whole, "figure_people", whole=True, indicator="satisfaction", part="gap")
    told = [row for row in rows if row[0] == "Said in confidence"]
    assert [[value or "" for value in row[1:]] for row in told] == [[""] * 6]
    assert not [row for row in rows if row[0] == "钱守信"]


def test_month_keeps_nothing_that_tells_who_spoke_in_confidence(asked: Asked) -> None:
    (row,) = people(select(official(), {}), BY_CODE["satisfaction"], Part.GAP).filter(resident=None)
    assert (row.resident_id, row.village_id, row.categories) == (None, None, 0)
    assert (row.institution, row.team) == (asked.centre, asked.team)


def test_difference_names_who_answered_late_and_not_who_spoke_in_confidence(asked: Asked, settings: Settings) -> None:
    freeze(revision=compute(month=DECEMBER), by=SYSTEM)
    settings.TODAY = DAY
    for name, may_call in (("李守密", False), ("孙晚来", True)):
        late = factories.make_resident(name=name, village=asked.spoke.village)
        factories.make_coverage(resident=late, team=asked.team)
        speak(late, rating=4, may_call=may_call)
    settings.TODAY = NEW_YEAR
    compute(month=DECEMBER)
    page = signed_in(official()).get(address("month_difference", indicator="satisfaction", month="2018-12"))
    named, unnamed = page.context["people"]
    assert named["name"] == "孙晚来" and "survey 2018-12-20" in [reason["words"] for reason in named["reasons"]]
    assert (unnamed["name"], unnamed["id_masked"], unnamed["reasons"]) == (IN_CONFIDENCE, "", [])
    assert "李守密" not in page.content.decode()
    query = {"unit": "B", "month": "2018-12", "indicator": "satisfaction"}
    _export, (_head, *rows, _signed) = ask(official(), "difference_people", **query)
    assert [row[:2] for row in rows] == [("孙晚来", named["id_masked"]), ("Said in confidence", None)]


def test_reasons_tell_nothing_of_what_a_named_person_said_in_confidence_as_well(asked: Asked) -> None:
    freeze(revision=compute(month=DECEMBER), by=SYSTEM)
    call = {"resident": asked.spoke, "answered_on": date(2018, 12, 1), "rating": 4}
    SurveyAnswer.objects.create(source="call", **call)
    SurveyAnswer.objects.create(source="voice", in_confidence=True, **call | {"answered_on": date(2018, 12, 2)})
    compute(month=DECEMBER)
    page = signed_in(official()).get(address("month_difference", indicator="satisfaction", month="2018-12"))
    told = {str(person["name"]): person["reasons"] for person in page.context["people"]}
    assert [reason["words"] for reason in told["钱守信"]] == ["survey 2018-12-01"]


def test_answers_from_before_are_in_confidence_unless_every_voice_that_fits_allowed_a_call(asked: Asked) -> None:
    confidence = import_module("assessments.migrations.0005_answers_of_months").CONFIDENCE
    SurveyAnswer.objects.filter(source="voice").update(in_confidence=False)
    lost = SurveyAnswer.objects.create(resident=asked.may_be_called, answered_on=DAY, rating=1, source="voice")
    with connection.cursor() as cursor:
        cursor.execute(confidence.format(table="assessments_surveyanswer"))
    told = SurveyAnswer.objects.filter(in_confidence=True)
    assert sorted(told.values_list("resident", "rating")) == sorted([(asked.spoke.pk, 2), (lost.resident_id, 1)])


# --- Who may look ---------------------------------------------------------------------------------------------------


def clerk(institution: Institution) -> User:
    return make_account("clerk", Role.CLERK, institution=institution)


@pytest.mark.parametrize("code", ASKED)
def test_clerk_and_doctor_open_their_own_and_the_auditor_nobody(asked: Asked, code: str) -> None:
    own, doctor = signed_in(clerk(asked.centre)), signed_in(factories.make_doctor(asked.team))
    for client, unit in ((own, {"unit": asked.centre.code}), (own, {"team": "A"}), (doctor, {"team": "A"})):
        page = client.get(address("people", code, part=Part.DENOMINATOR, **unit)).context
        counted = lengths(official(), unit, code)[1][1]
        # Whoever is signed with the team or lives in its villages, and is managed elsewhere, is not the clerk's to see.
        hidden = int(client is own and "team" in unit and code in ("household_coverage", "phone_valid"))
        assert (page["page"].paginator.count, bool(page["hidden_text"])) == (counted - hidden, bool(hidden))
    for client, unit in (
        *((own, {"unit": asked.other.code}), (own, {"team": "F"}), (own, {"unit": factories.bureau().code})),
        *((doctor, {"team": "B"}), (doctor, {"unit": asked.centre.code})),
    ):
        assert client.get(address("people", code, **unit)).status_code == 404
    assert signed_in(make_account("a", Role.AUDITOR)).get(address("people", code)).status_code == 403


@pytest.mark.parametrize("code", ASKED)
def test_nobody_opens_the_evidence_of_another_s_line(asked: Asked, code: str) -> None:
    official_client, foreign = signed_in(official()), signed_in(factories.make_doctor(asked.foreign))
    for line in lines(official_client, code, team="A"):
        if line.get("why"):
            assert foreign.get(line["why"]).status_code == 404
            assert foreign.get(line["why"].replace("team=A", "team=F")).status_code == 404


@pytest.mark.parametrize("code", ASKED)
def test_pages_ask_seldom_however_many_answers_there_are(asked: Asked, code: str) -> None:
    client = signed_in(official())

    def asked_of_the_database() -> list[int]:
        pages = (("figure", (code,)), ("people", (code,)))
        return [len(queries(client, name, args, {"team": "A"})) for name, args in pages]

    few = asked_of_the_database()
    assert max(few) <= 12
    change_everything(asked)
    compute(month=DECEMBER)
    assert asked_of_the_database() == few
