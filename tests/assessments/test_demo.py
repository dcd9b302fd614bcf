"""A small Yingquan, made once for the whole module, and what its published figures become in the engine."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from assessments.actions import screening
from assessments.demo.copying import without_keys
from assessments.models import Figure, Lead, Month, PhoneCheck, Population, Publication, Round, SurveyAnswer, Target
from contracts.models import (
    Attempt,
    Charge,
    Coverage,
    CoveragePackage,
    Obligation,
    Referral,
    Service,
    SlotQuota,
    Visit,
)
from residents.identity import parse_id_number
from residents.models import Household, Register, Resident, Transfer
from residents.pinyin import initials
from service_packages.models import Item, PackageVersion
from teams import cipher
from teams.blocks import BLOCK
from teams.demo_accounts import DEMO_PASSWORD
from teams.models import Institution, PolicyValue, Role, Staff, Team, TeamMember, TeamVillage, User
from tests.factories import make_household

pytestmark = pytest.mark.django_db
SCALE = 0.01
DAY = date(2018, 11, 30)
FAST = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
DOCTORS = ("general_practice", "internal_medicine", "tcm", "paediatrics", "village_doctor")

District = SimpleNamespace


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[District]:
    """Yingquan at a hundredth, with its months, gone again after the module. `text` is what the command printed."""
    with django_db_blocker.unblock(), transaction.atomic():
        keys, out = every_key(), StringIO()
        with override_settings(DEMO=True, DEMO_ACCOUNTS_FILE=None), FAST:
            call_command("load_demo", "yingquan", scale=SCALE, stdout=out)
        yield District(keys=keys, text=out.getvalue())
        transaction.set_rollback(True)


def every_key() -> list[tuple[str, ...]]:
    """Constraints and indexes of all tables as the database describes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = 'public'::regnamespace and conrelid::regclass::text not like '%month_%'"
            " and conrelid::regclass::text not like 'assessments_figure_%'"
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'"
            " and tablename not like '%month\\_%' and tablename not like 'assessments_figure\\_%'"
        )
        return sorted(constraints + cursor.fetchall())


def figure(indicator: str, category: str = "all", *, month: date = date(2018, 11, 1)) -> Figure:
    """The district's own figure."""
    current = Month.objects.get(first_on=month).current_id
    root = Institution.objects.get(kind="bureau")
    return Figure.objects.get(revision=current, institution=root, team_key=0, category=category, indicator=indicator)


def percent(row: Figure, places: str) -> Decimal:
    return (Decimal(100) * row.numerator / row.denominator).quantize(Decimal(places))


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("bureau", 1),
        ("lead_hospital", 2),
        ("community_center", 5),
        ("township_center", 7),
        ("village_clinic", 130),
    ],
)
def test_institutions_are_those_of_the_report(district: District, kind: str, count: int) -> None:
    assert Institution.objects.filter(kind=kind).count() == count


def test_teams_and_doctors_are_those_of_the_report(district: District) -> None:
    assert Team.objects.existing_on(DAY).count() == 130
    assert Staff.objects.filter(job__in=DOCTORS).count() == 425


def test_every_team_has_one_leader_and_a_nurse(district: District) -> None:
    members = TeamMember.objects.on(DAY)
    assert Counter(members.filter(is_leader=True).values_list("team_id", flat=True).order_by()) == Counter(
        Team.objects.values_list("id", flat=True).order_by()
    )
    assert members.filter(staff__job="nurse").values("team").distinct().count() == 130


def test_every_village_is_served_and_every_team_serves_one(district: District) -> None:
    served = TeamVillage.objects.on(DAY)
    assert served.values("village").distinct().count() == 124
    assert served.values("team").distinct().count() == 130


@pytest.mark.parametrize(
    ("indicator", "category", "numerator", "denominator", "rate"),
    [
        ("coverage", "all", 1901, 6055, "31.4"),
        ("paid_coverage", "all", 736, 6055, "12"),
        ("coverage", "key", 941, 1376, "68.4"),
        ("coverage", "hypertension", 511, None, None),
        ("coverage", "diabetes", 160, None, None),
    ],
)
def test_published_figures_come_out_of_the_engine(
    district: District, indicator: str, category: str, numerator: int, denominator: int | None, rate: str | None
) -> None:
    row = figure(indicator, category)
    assert row.numerator == numerator
    if rate:
        assert (row.denominator, percent(row, rate[:-1] + "1")) == (denominator, Decimal(rate))


@pytest.mark.parametrize(("indicator", "rate"), [("package_completion", 90), ("item_completion", 95)])
def test_published_completion_comes_out_of_the_engine(district: District, indicator: str, rate: int) -> None:
    assert percent(figure(indicator, month=date(2018, 12, 1)), "1") == rate


def test_coverage_rises_over_the_year(district: District) -> None:
    rates = [percent(figure("coverage", month=date(2018, month, 1)), "0.1") for month in range(1, 12)]
    assert all(earlier < later for earlier, later in pairwise(rates))
    assert 20 < rates[0] < 24


def test_coverage_differs_by_clinic(district: District) -> None:
    current = Month.objects.get(first_on=date(2018, 11, 1)).current_id
    rows = Figure.objects.filter(
        revision=current, institution__kind="village_clinic", category="all", indicator="coverage"
    )
    rates = sorted(row.numerator / row.denominator for row in rows)
    assert rates[6] < 0.2 and rates[-6] > 0.4


@pytest.mark.parametrize("indicator", ["renewal", "managed", "controlled", "unserved", "primary_share", "awareness"])
def test_other_indicators_have_a_plausible_figure(district: District, indicator: str) -> None:
    category = "hypertension" if indicator in ("managed", "controlled") else "all"
    assert 5 < percent(figure(indicator, category), "0.1") < 95


def test_id_numbers_are_valid_and_agree_with_the_resident(district: District) -> None:
    numbers = set()
    for resident in Resident.objects.all():
        number = cipher.decrypt(resident.id_cipher, field="id_number")
        parsed = parse_id_number(number, today=date(2018, 12, 31))
        assert (parsed.number, parsed.birth_date, parsed.sex) == (number, resident.birth_date, resident.sex)
        assert bytes(resident.id_hash) == cipher.lookup_hash(number, field="id_number")
        assert resident.person == cipher.person_key(number)
        numbers.add(number)
    assert len(numbers) == Resident.objects.count()
    assert {number[:6] for number in numbers} > {"341204", "341202"}


def test_names_have_the_initials_that_a_clerk_would_type(district: District) -> None:
    assert all(row.initials == initials(row.name) for row in Resident.objects.order_by("person")[:300])


def test_households_have_one_to_six_people_and_one_head(district: District) -> None:
    sizes = Counter(Resident.objects.in_population_on(DAY).values_list("household", flat=True))
    assert set(sizes.values()) == {1, 2, 3, 4, 5, 6}
    assert Resident.objects.filter(is_head=True).count() == Household.objects.count()


def test_ages_are_plausible(district: District) -> None:
    everyone = figure("coverage").denominator
    assert 0.105 < figure("coverage", "elderly").denominator / everyone < 0.12
    assert 0.075 < figure("coverage", "child").denominator / everyone < 0.085


def test_ids_lie_in_the_countys_block(district: District) -> None:
    tables = (Resident, Household, Register, Transfer, Coverage, CoveragePackage, Obligation, Service, Visit)
    for table in tables:
        assert {pk // BLOCK for pk in table.objects.values_list("pk", flat=True)} == {341204}


def test_new_rows_follow_the_written_ones(district: District) -> None:
    last = Household.objects.order_by("id").last()
    assert last is not None and make_household().pk == last.pk + 1


def test_phones_have_the_defects_that_the_bureau_found(district: District) -> None:
    found = Counter(Resident.objects.values_list("phone_problem", flat=True))
    assert min(found[problem] for problem in ("empty", "malformed", "unknown_segment", "dummy")) > 0
    staff = {bytes(phone or b"") for phone in Staff.objects.values_list("phone_hash", flat=True)}
    assert Resident.objects.filter(phone_hash__in=staff).count() > 10
    shared = (
        Resident.objects.filter(phone_problem="")
        .values("phone_hash")
        .annotate(households=Count("household", distinct=True))
    )
    assert shared.filter(households__gte=3).exists()


def test_phones_of_some_teams_are_consecutive(district: District) -> None:
    rows = Resident.objects.exclude(phone_cipher=None).values_list("phone_cipher", flat=True)
    numbers = sorted({int(cipher.decrypt(phone or b"", field="phone").replace("-", "")) for phone in rows})
    assert sum(later - earlier == 1 for earlier, later in pairwise(numbers)) > 20


def test_payer_shares_add_up_to_the_price(district: District) -> None:
    for version in PackageVersion.objects.all():
        sums = version.shares.order_by().values_list("category").annotate(Sum("amount"))
        assert all(amount == version.price for _category, amount in sums)
    charged = CoveragePackage.objects.annotate(charged=Sum("charges__amount")).filter(price__gt=0)
    assert all(row.charged == row.price for row in charged)


def test_poverty_relief_pays_for_low_income_people(district: District) -> None:
    relieved = Charge.objects.filter(payer="poverty_relief").values("held__coverage__resident")
    registered = Register.objects.filter(category="low_income").values("resident")
    assert relieved.exists() and not relieved.exclude(held__coverage__resident__in=registered).exists()


def test_contracts_have_terms_of_one_to_three_years_and_ends_of_every_kind(district: District) -> None:
    years = {round((row.end_on - row.start_on).days / 365) for row in Coverage.objects.all()}
    assert years == {1, 2, 3}
    assert {row.start_on.year for row in Coverage.objects.all()} >= {2016, 2017, 2018}
    reasons = set(Coverage.objects.exclude(terminated_on=None).values_list("termination_reason", flat=True))
    assert {"died", "moved", "request"} <= reasons
    assert Coverage.objects.filter(suspensions__isnull=False).exists()
    assert Transfer.objects.exists() and Obligation.objects.exclude(waiver="").exists()


def test_services_are_given_to_living_residents_of_the_population(district: District) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from contracts_service s join residents_resident r on r.id = s.resident_id"
            " where s.is_counted and (s.performed_on < r.birth_date or s.performed_on > date '2018-12-20'"
            " or s.performed_on >= coalesce(r.died_on, r.moved_out_on))"
        )
        assert cursor.fetchone() == (0,)


def test_some_services_belong_to_people_without_a_contract(district: District) -> None:
    assert Service.objects.filter(resident__coverages=None).exists()


def test_heaped_teams_repeat_their_readings(district: District) -> None:
    readings = Counter(Service.objects.exclude(systolic=None).values_list("systolic", "diastolic"))
    assert readings.most_common(1)[0][0] == (138, 88)


def test_screening_reports_what_was_planted_and_little_else_of_its_kind(district: District) -> None:
    lines = [line.split()[1:] for line in district.text.splitlines() if line.startswith("planted:")]
    planted = {(signal, team) for signal, *teams in lines for team in teams}
    signals = {signal for signal, *_teams in lines}
    assert signals >= {"phone_run", "phone_shared", "phone_of_staff", "served_after_leaving", "served_in_a_day"}
    # A hundredth of the people make a hundredth of the readings.
    with transaction.atomic(), override_settings(TODAY=date(2018, 12, 20)):
        PolicyValue.objects.create(code="lead_records_least", value=5, from_on=date(2018, 1, 1))
        screening.screen(screening_id=screening.request().pk)
        reported = {(lead.kind, team) for lead in Lead.objects.filter(kind__in=signals) for team in teams_of(lead)}
        transaction.set_rollback(True)
    missed = planted - reported
    assert not {signal for signal, _team in missed} & {"served_after_leaving", "served_in_a_day"}
    # Of some fifteen signed people a careless team may have borrowed a number for two only.
    assert {signal for signal, _team in planted & reported} == signals and len(missed) <= len(planted) // 2
    assert len(reported - planted) <= len(planted) // 5


def teams_of(lead: Lead) -> set[str]:
    """Codes of the teams that a lead is about."""
    if lead.team:
        return {lead.team.code}
    if lead.resident_id:
        return set(Coverage.objects.filter(resident=lead.resident_id).values_list("contract__team__code", flat=True))
    return set(TeamMember.objects.on(DAY).filter(staff=lead.staff_id).values_list("team__code", flat=True))


def test_year_has_targets_populations_and_opinions(district: District) -> None:
    assert Target.objects.get(category="hypertension", indicator="coverage").count == 121
    root = Institution.objects.get(kind="bureau")
    assert Population.objects.get(institution=root, category="all").count == 6055
    clinics = Population.objects.filter(institution__kind="village_clinic").aggregate(Sum("count"))
    assert clinics["count__sum"] == 6055
    assert SurveyAnswer.objects.count() >= 120 and PhoneCheck.objects.count() > 100


def test_keys_stand_as_before(district: District) -> None:
    assert every_key() == district.keys


def test_each_role_and_the_hospital_get_an_account(district: District) -> None:
    roles = {user.username: user.roles for user in User.objects.all()}
    assert roles == {
        "admin": [Role.ADMINISTRATOR],
        "official": [Role.OFFICIAL],
        "second": [Role.OFFICIAL],
        "clerk": [Role.CLERK],
        "doctor": [Role.DOCTOR],
        "auditor": [Role.AUDITOR],
        "hospital": [Role.CLERK],
    }
    assert DEMO_PASSWORD.format(username="clerk") in district.text
    doctor = User.objects.get(username="doctor")
    assert doctor.scope.teams
    today, week = date(2018, 12, 20), date(2018, 12, 26)
    due = Obligation.objects.filter(coverage__contract__team__in=doctor.scope.teams, met_on=None, waived_on=None)
    assert due.filter(opens_on__lte=today, due_on__range=(today, week)).exists()


def test_outpatient_funds_by_the_head_leave_some_teams_a_surplus_and_pay_a_hospital(district: District) -> None:
    settled = Round.objects.get(run__version__is_capitation=True)
    assert settled.state == Round.State.PAID
    lines = list(settled.lines.all())
    over = [line.entitled - line.passed_on - line.spent for line in lines]
    assert min(over) < 0 < max(over)
    assert sum(line.passed_on for line in lines) > 0


def test_residents_see_the_grades_of_centres_and_of_teams(district: District) -> None:
    content = Publication.objects.shown()[0].content
    assert set(content["cycles"]) == {"institution", "team"}
    assert all(centre["grade"] for centre in content["centres"])
    assert sum(bool(team["grade"]) for centre in content["centres"] for team in centre["teams"]) == 130


def test_second_demo_is_refused(district: District) -> None:
    with pytest.raises(CommandError, match=r"一个区|a district"):
        call_command("load_demo", "yingquan")


def test_keys_come_back_after_a_failure() -> None:
    before = every_key()
    with pytest.raises(ZeroDivisionError), transaction.atomic(), without_keys(Resident, Service):
        raise ZeroDivisionError
    assert every_key() == before


def test_calls_and_referrals_are_there_to_go_on_with(district: District) -> None:
    hospital = User.objects.get(username="hospital")
    assert hospital.institution is not None and hospital.institution.kind == Institution.Kind.LEAD_HOSPITAL
    assert set(Attempt.objects.values_list("outcome", flat=True)) >= {"again", "refused", "away", "agreed"}
    assert set(Referral.objects.visible_to(hospital).values_list("status", flat=True)) >= {"requested", "accepted"}
    assert SlotQuota.objects.aggregate(taken=Sum("taken"))["taken"] > 0


def test_services_say_how_they_were_given_in_codes(district: District) -> None:
    places = set(Service.objects.exclude(place="").values_list("place", flat=True).distinct())
    assert places <= set(Item.Mode.values)
