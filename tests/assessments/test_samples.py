"""Samples: sizes by the formula, the same draw from the same seed, calls that feed the figures, and voices."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some
from pytest_django import Settings

from assessments.actions import calls
from assessments.actions.samples import draw_sample, verify
from assessments.models import Check, PhoneCheck, Sample, Sampled, SurveyAnswer
from assessments.queries.samples import results
from assessments.sampling import Design, Unit, cochran, draw, pack, packed_hash, shares, unpack, wilson
from assessments.sources import sources_of
from assessments.tables import NO_FIGURE
from teams.models import AuditEvent, Role, User
from teams.rules import RuleViolation
from tests import factories

DAY = date(2018, 12, 20)
DESIGN = {
    "name": "十二月",
    "kind": "phone",
    "method": "size",
    "size": 2,
    "margin": Decimal(10),
    "confidence": 95,
    "extra_percent": 0,
    "second_percent": 0,
}


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = DAY


def official() -> User:
    return factories.make_user(Role.OFFICIAL, institution=factories.bureau())


def drawn(people: int = 3, **design: object) -> Sample:
    """A sample of so many signed people of one centre, all of whom are drawn."""
    team = factories.make_team(members=[factories.make_staff()])
    for place in range(people):
        resident = factories.make_resident(phone=f"1381234000{place}")
        factories.make_coverage(resident=resident, team=team)
    return draw_sample(**{**DESIGN, "size": people, **design}, by=official())  # type: ignore[arg-type]


# --- The draw -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("population", "margin", "size"), [(10**9, 5, 385), (10**9, 10, 97), (1000, 5, 278), (100, 10, 50), (3, 10, 3)]
)
def test_size_by_margin_is_cochran_s_with_the_finite_correction(population: int, margin: int, size: int) -> None:
    assert cochran(population, Decimal(margin), 95) == size


@given(some.integers(0, 400), some.dictionaries(some.sampled_from("abcdefgh"), some.integers(1, 90), min_size=1))
def test_shares_add_up_and_leave_no_stratum_out_while_there_is_enough(total: int, strata: dict[str, int]) -> None:
    given_out = shares(total, strata)
    assert sum(given_out.values()) == min(total, sum(strata.values()))
    assert all(0 <= given_out[code] <= strata[code] for code in strata)
    assert total < len(strata) or min(given_out.values()) >= 1


def test_shares_are_proportional() -> None:
    assert shares(10, {"a": 50, "b": 30, "c": 20}) == {"a": 5, "b": 3, "c": 2}


def test_interval_is_wilson_s() -> None:
    assert wilson(8, 10) == (Decimal("49.0"), Decimal("94.3"))
    assert wilson(0, 0) is None


def frame(people: int = 60) -> list[Unit]:
    return [
        Unit(key, key % 3, key % 6, "elderly" if key % 4 else "child", ("lead",) if key % 10 == 0 else ())
        for key in range(1, people + 1)
    ]


def test_same_seed_draws_the_same_whatever_the_order_of_the_frame() -> None:
    design = Design(seed="s", size=6, extra_percent=50, second_percent=10)
    assert draw(frame(), design) == draw(frame()[::-1], design)
    assert draw(frame(), design) != draw(frame(), Design(seed="t", size=6, extra_percent=50, second_percent=10))


def test_added_people_have_a_reason_and_a_tenth_is_called_twice() -> None:
    sample = draw(frame(), Design(seed="s", size=6, extra_percent=20, second_percent=10))
    random = [each for each in sample if not each.is_extra]
    assert Counter(each.unit.institution for each in random) == {0: 6, 1: 6, 2: 6}
    assert all(each.unit.reasons for each in sample if each.is_extra)
    assert sum(each.is_second for each in sample) == 3  # a tenth of 24, rounded up


def test_frame_is_read_back_as_it_was_kept() -> None:
    assert unpack(pack(frame())) == frame()
    assert packed_hash(pack(unpack(pack(frame())))) == packed_hash(pack(frame()))


def test_draw_follows_from_the_documented_keys_alone() -> None:
    def key(purpose: str, resident: int) -> bytes:
        return sha256(f"s|{purpose}|{resident}".encode()).digest()

    sample = draw(frame(), Design(seed="s", size=5, extra_percent=40))
    for institution in range(3):
        people = [unit for unit in frame() if unit.institution == institution]
        sizes = shares(5, Counter(unit.category for unit in people))
        random = {
            unit
            for category, size in sizes.items()
            for unit in sorted(
                (unit for unit in people if unit.category == category), key=lambda unit: key("random", unit.resident)
            )[:size]
        }
        others = [unit for unit in people if unit.reasons and unit not in random]
        extra = set(sorted(others, key=lambda unit: key("extra", unit.resident))[:2])
        assert {each.unit for each in sample if each.unit.institution == institution} == random | extra
    assert [each.unit.resident for each in sample] == sorted(
        (each.unit.resident for each in sample), key=lambda resident: key("order", resident)
    )


@pytest.mark.django_db
def test_auditor_draws_the_same_sample_again_though_the_facts_have_changed() -> None:
    sample = drawn(5, size=2)
    Sampled.objects.first().resident.coverages.update(end_on=date(2018, 1, 2))  # type: ignore[union-attr]
    assert verify(sample).is_same
    Sampled.objects.filter(sample=sample, place=1).update(is_extra=True)
    assert (verify(sample).is_same, verify(sample).differing) == (False, 2)


@pytest.mark.django_db
def test_frame_that_was_changed_is_seen() -> None:
    sample = drawn(2)
    Sample.objects.update(frame=pack(frame()))
    assert not verify(Sample.objects.get(pk=sample.pk)).frame_is_whole


# --- Calls ----------------------------------------------------------------------------------------------------------


def note(sampled: Sampled, by: User, result: str = "true", turn: int = 1, **answers: object) -> Check | None:
    return calls.note(sampled=sampled, turn=turn, result=result, by=by, **answers)  # type: ignore[arg-type]


def refused(sampled: Sampled, by: User, **answers: object) -> str:
    with pytest.raises(RuleViolation) as refusal:
        note(sampled, by, **answers)  # type: ignore[arg-type]
    return refusal.value.code


@pytest.mark.django_db
def test_call_feeds_awareness_satisfaction_and_valid_numbers() -> None:
    first, second, third = drawn(3).people.all()
    by = official()
    note(first, by, knows_team=True, rating=5)
    note(second, by, "denied", knows_team=True, rating=1)  # knows the doctor, not that they are signed
    note(third, by, "empty")
    assert list(PhoneCheck.objects.order_by("pk").values_list("outcome", "knows_team")) == [
        ("resident", True),
        ("resident", False),
        ("empty", False),
    ]
    assert list(SurveyAnswer.objects.order_by("pk").values_list("rating", "source")) == [(5, "call"), (1, "call")]


@pytest.mark.django_db
def test_visit_tells_nothing_about_the_number() -> None:
    note(drawn(1, kind="visit").people.get(), official(), rating=4)
    assert not PhoneCheck.objects.exists()
    assert SurveyAnswer.objects.get().source == "visit"


@pytest.mark.django_db
def test_no_answer_stands_only_after_three_tries_in_different_parts_of_days(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled, by = drawn(1).people.get(), official()
    for day, half, stands in ((20, "am", False), (20, "am", False), (20, "pm", False), (21, "am", True)):
        settings.TODAY = date(2018, 12, day)
        monkeypatch.setattr(calls, "half", lambda part=half: part)
        assert bool(note(sampled, by, "no_answer")) is stands


@pytest.mark.django_db
def test_second_call_is_another_person_s_and_feeds_no_figure_twice() -> None:
    sampled = drawn(1, second_percent=100).people.get()
    first = official()
    note(sampled, first, rating=5)
    assert refused(sampled, first, turn=2) == "call.same_person"
    note(sampled, official(), "denied", turn=2)
    assert (PhoneCheck.objects.count(), SurveyAnswer.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_two_callers_get_different_people_and_a_noted_call_is_not_noted_again() -> None:
    sample, one, two = drawn(2), official(), official()
    first, second = calls.take_next(sample=sample, by=one), calls.take_next(sample=sample, by=two)
    assert first and second and first != second
    assert refused(first, two) == "call.held"
    note(first, one)
    assert refused(first, two) == "call.turn"
    note(second, two)
    assert calls.take_next(sample=sample, by=one) is None


@pytest.mark.django_db
def test_second_call_is_offered_at_once_to_everybody_but_the_first_caller(client: Client) -> None:
    sample, one, two = drawn(3), official(), official()
    again = sample.people.all()[0]
    Sampled.objects.filter(pk=again.pk).update(is_second=True)
    note(again, one)
    page, ask = (reverse(f"assessments:{name}", args=[sample.pk]) for name in ("sample_detail", "call_next"))
    client.force_login(one)
    assert client.get(page).context["second"] == (0, 1)
    client.force_login(two)
    assert client.get(page).context["second"] == (1, 0)
    sheet = reverse("assessments:call_sheet", args=[again.pk])
    assert client.post(ask, {"turn": 2})["Location"] == sheet
    assert client.get(sheet).context["turn"] == 2
    note(again, two, turn=2)
    assert client.get(page).context["second"] == (0, 0)
    assert client.post(ask, {"turn": 2})["Location"] != sheet  # on to the first calls


@pytest.mark.django_db
def test_first_caller_is_told_on_the_sheet_that_the_second_call_is_not_theirs(client: Client) -> None:
    sample, one = drawn(1, second_percent=100), official()
    sampled = sample.people.get()
    note(sampled, one)
    assert calls.take_next(sample=sample, by=one) is None
    client.force_login(one)
    sheet = client.get(reverse("assessments:call_sheet", args=[sampled.pk]))
    assert sheet.context["is_own"] and b"check-form" not in sheet.content
    assert calls.take_next(sample=sample, by=official()) == sampled


@pytest.mark.django_db
def test_second_call_that_reached_nobody_waits_for_another_part_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    sample, one, two = drawn(1, second_percent=100), official(), official()
    sampled = sample.people.get()
    monkeypatch.setattr(calls, "half", lambda: "am")
    note(sampled, one)
    note(sampled, two, "no_answer", turn=2)
    assert calls.take_next(sample=sample, by=two) is None
    monkeypatch.setattr(calls, "half", lambda: "pm")
    assert calls.take_next(sample=sample, by=two) == sampled


@pytest.mark.django_db
def test_results_count_authenticity_by_stratum_and_keep_added_people_apart() -> None:
    sample, by = drawn(4), official()
    for sampled, result in zip(sample.people.all(), ("true", "family", "denied", "no_answer"), strict=True):
        note(sampled, by, result)
    Sampled.objects.filter(place=3).update(is_extra=True)
    found = results(sample, by)
    assert (found.random.confirmed, found.random.telling, found.extra.telling) == (2, 2, 1)
    [told] = found.by_institution.values()
    assert (told.drawn, told.done) == (3, 2)


@pytest.mark.django_db
def test_list_tells_how_far_each_sample_is_and_results_show_no_rate_of_nobody(client: Client) -> None:
    sample, by = drawn(2), official()
    client.force_login(by)
    note(sample.people.get(place=1), by)
    [(_sample, done)] = client.get(reverse("assessments:sample_list")).context["rows"]
    assert (done.done, done.drawn) == (1, 2)
    [extra] = client.get(reverse("assessments:sample_detail", args=[sample.pk])).context["tables"][0]["rows"][1:]
    assert {text for _head, text in extra["cells"]} == {"0", NO_FIGURE}


@pytest.mark.django_db
def test_authenticity_is_a_source_for_rubrics() -> None:
    sample, by = drawn(3), official()
    for sampled, result in zip(sample.people.all(), ("true", "denied", "stranger"), strict=True):
        note(sampled, by, result)
    source = sources_of(["authenticity"])["authenticity"]
    team = sample.people.all()[0].team
    for kind, unit in (("team", team.pk), ("institution", team.institution_id), ("institution", factories.bureau().pk)):
        measure = source.value_of(kind, date(2018, 12, 1), date(2018, 12, 1))[unit]
        assert (measure.numerator, measure.denominator) == (1, 3)
    assert source.value_of("team", date(2018, 11, 1), date(2018, 11, 1)) == {}


@pytest.mark.django_db
def test_call_sheet_hides_the_id_number_and_logs_the_phone(client: Client) -> None:
    sampled = drawn(1).people.get()
    client.force_login(official())
    url = reverse("assessments:call_sheet", args=[sampled.pk])
    page = client.get(url).content.decode()
    assert "13812340000" not in page
    assert not re.search(r"34\d{4}\*{8}", page)
    assert "13812340000" in client.post(url, {"reveal": "1"}).content.decode()
    assert AuditEvent.objects.get(kind=AuditEvent.Kind.REVEAL).what == f"resident {sampled.resident_id} phone"


@pytest.mark.django_db
def test_sheet_sent_twice_is_one_check_and_leads_on(client: Client) -> None:
    sample = drawn(1)
    client.force_login(official())
    url = reverse("assessments:call_sheet", args=[sample.people.get().pk])
    key = re.search(r'name="submission" value="([^"]+)"', client.get(url).content.decode())
    assert key
    sent = {"submission": key[1], "turn": 1, "result": "true", "rating": 5, "received": "all", "knows_team": "on"}
    places = {client.post(url, sent)["Location"] for _click in range(2)}
    assert places == {reverse("assessments:sample_detail", args=[sample.pk])}
    assert Check.objects.get().rating == 5


def test_part_of_the_day_goes_by_the_local_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for hour, part in ((9, "am"), (13, "pm"), (19, "evening")):
        monkeypatch.setattr(timezone, "localtime", lambda hour=hour: datetime(2018, 12, 20, hour, tzinfo=UTC))
        assert calls.half() == part
