"""The policies of places: read, loaded, loaded again; and each from signing to charge."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.actions.policies import PARTS, load
from assessments.models import Target
from assessments.policy_files import policies, read_policy
from contracts.actions.signing import sign
from contracts.models import Charge, Obligation
from residents.models import AddedRegister
from service_packages.models import PackageVersion
from service_packages.rules import doubts
from teams.models.accounts import SYSTEM
from teams.policy import policy_on
from teams.rules import RuleViolation
from tests.factories import make_resident, make_team
from tests.importing import assert_both_languages

pytestmark = pytest.mark.django_db

START = date(2018, 1, 1)


def _version(code: str) -> PackageVersion:
    return PackageVersion.objects.get(package__code=code, status="published")


def _signed(*codes: str, registers: Sequence[str] = (), born: date = date(1950, 5, 1)) -> dict[str, Decimal]:
    """Somebody signs for a year; who is charged how much."""
    resident = make_resident(born=born, registers=dict.fromkeys(registers, date(2017, 1, 1)))
    contract = sign(
        number="K1",
        team=make_team(),
        signed_on=START,
        members={resident: [_version(code) for code in codes]},
        start_on=START,
        end_on=date(2018, 12, 31),
        by=SYSTEM,
    )
    charges = Charge.objects.filter(held__coverage__contract=contract)
    return dict(charges.order_by("payer").values_list("payer", "amount"))


def _owed() -> Mapping[str, int]:
    codes = list(Obligation.objects.values_list("item__code", flat=True))
    return {code: codes.count(code) for code in codes}


# --- Reading and loading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", policies())
def test_policy_is_loaded_once_and_then_nothing_changes(name: str) -> None:
    policy = read_policy(name)
    assert any(load(policy=policy).values())
    assert load(policy=policy) == dict.fromkeys(PARTS, 0)
    for version in PackageVersion.objects.prefetch_related("items", "shares"):
        for category in {share.category for share in version.shares.all()}:
            assert sum(share.amount for share in version.shares.all() if share.category == category) == version.price


def test_national_catalogue_has_every_population_of_the_norms() -> None:
    load(policy=read_policy("national"))
    codes = {"BASE", "ELD", "HTN", "DM", "MAT", "CHI", "SMD", "TB", "DIS", "SPF", "COPD"}
    assert set(PackageVersion.objects.values_list("package__code", flat=True)) == codes
    assert AddedRegister.objects.get().code == "copd"
    assert _version("BASE").items.count() == 10


def test_another_place_takes_the_codes_over() -> None:
    load(policy=read_policy("national"))
    load(policy=read_policy("yueyang"))
    assert _version("BASE").price == Decimal("40.00")


def test_command_says_what_changed_and_then_that_nothing_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_policy", "yueyang")
    call_command("load_policy", "yueyang")
    first, second = capsys.readouterr().out.splitlines()
    assert_both_languages(first)
    assert_both_languages(second)
    assert "11" in first
    assert "11" not in second


WRONG = {
    'name = "x"': "year",
    'name = "x"\nyear = 2018\ncolour = "red"': "colour",
    'name = "x"\nyear = 2018\n[settings]\nfrom_on = 2018-01-01\nno_such = 1': "no_such",
    'name = "x"\nyear = 2018\n[[packages]]\ncode = "A"\nname = "a"\nprice = 40\nitems = []': "40",
    'name = "x"\nyear = 2018\n[[packages]]\ncode = "A"\nname = "a"\nprice = "40"\nitems = [["NO", 1]]': "NO",
    'name = "x"\nyear = 2018\n[[targets]]\nindicator = "coverage"': "coverage",
    'name = "x"\nyear = 2018\n[[targets]]\nindicator = "luck"\nrate = "5"': "luck",
    'name = "x"\nyear = 2018\nbased_on = "national"\n[[packages]]\ncode = "BASE"\nprice = "1"\n'
    'payers = { me = "1" }': "me",
    'name = "x"\nyear = 2018\nbased_on = "national"\n[[packages]]\ncode = "BASE"\nprice = "1"\n'
    'payers = { resident = "2", finance = "rest" }': "1.00",
    "name": "x.toml",
}


@pytest.mark.parametrize(("text", "named"), WRONG.items())
def test_wrong_file_is_refused_with_the_place_of_its_mistake(text: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=named) as refused:
        call_command("load_policy", str(file))
    assert_both_languages(str(refused.value))


def test_shares_that_do_not_add_up_leave_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(
        'name = "x"\nyear = 2018\nbased_on = "national"\n[[packages]]\ncode = "BASE"\nprice = "40"\n'
        'payers = { resident = "39.99" }',
        encoding="utf-8",
    )
    with pytest.raises(CommandError, match=r"39\.99"):
        call_command("load_policy", str(file))
    assert not PackageVersion.objects.exists()


def test_unknown_policy_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(RuleViolation, match="yueyang"):
        read_policy("atlantis")


# --- From signing to charge -----------------------------------------------------------------------------------------


def test_yueyang_shares_40_yuan_as_20_and_12_and_8() -> None:
    load(policy=read_policy("yueyang"))
    shares = {
        "medical_insurance": Decimal("12.00"),
        "public_health_fund": Decimal("20.00"),
        "resident": Decimal("8.00"),
    }
    assert _signed("BASE") == shares


def test_yueyang_charges_a_personalised_package_as_the_sum_of_its_items() -> None:
    load(policy=read_policy("yueyang"))
    version = _version("HTN")
    total = sum(row.unit_price * row.times_per_year for row in version.items.all())
    assert version.annual_price is None
    assert _signed("HTN", registers=["hypertension"]) == {"resident": total}


@pytest.mark.parametrize(
    ("code", "register", "waived"),
    [
        ("HTN", "hypertension", "130.00"),
        ("DM", "diabetes", "210.00"),
        ("SMD", "mental_disorder", "60.00"),
        ("TB", "tuberculosis", "100.00"),
    ],
)
def test_jingmen_waives_what_resident_and_insurance_do_not_pay(code: str, register: str, waived: str) -> None:
    load(policy=read_policy("jingmen"))
    assert _signed(code, registers=[register]) == {
        "institution_discount": Decimal(waived),
        "medical_insurance": Decimal("200.00"),
        "resident": Decimal("20.00"),
    }


def test_hubei_doubts_prices_outside_20_to_150_yuan() -> None:
    load(policy=read_policy("hubei"))
    policy = policy_on(START)
    assert [bool(doubts(PackageVersion(annual_price=Decimal(price)), policy)) for price in (0, 19, 20, 150, 151)] == [
        *(False, True, False, False, True)
    ]


def test_zhongyuan_pays_10_yuan_4_to_6_and_nothing_is_left_to_the_resident() -> None:
    load(policy=read_policy("zhongyuan"))
    assert _signed("BASE") == {"city_finance": Decimal("4.00"), "district_finance": Decimal("6.00")}
    policy = policy_on(START)
    assert (policy["term_years_most"], policy["confirmed_yearly"], policy["centre_teams_least"]) == (3, 1, 4)
    assert (policy["team_households_least"], policy["team_households_most"]) == (1000, 1500)
    assert Target.objects.get(scope="rural").rate == 80


def test_zhenhai_owes_ten_services_and_charges_nothing() -> None:
    load(policy=read_policy("zhenhai"))
    assert _signed("BASE") == {}
    assert Obligation.objects.count() == 10
    assert Target.objects.get(category="key", year=2018).count == 33_600
    assert set(PackageVersion.objects.values_list("package__code", flat=True)) == {"BASE", "ELD", "HTN", "DM", "MAT"}


def test_yingquan_relieves_the_poor_of_their_share() -> None:
    load(policy=read_policy("yingquan"))
    assert _signed("YQ-HTN", registers=["hypertension", "low_income"]) == {
        "medical_insurance": Decimal("40.00"),
        "poverty_relief": Decimal("20.00"),
        "public_health_fund": Decimal("60.00"),
    }
    targets = {row.category: row.count for row in Target.objects.filter(indicator="coverage").exclude(count=None)}
    assert targets == {"hypertension": 12111, "diabetes": 6055}


def test_national_child_is_owed_visits_by_its_age() -> None:
    load(policy=read_policy("national"))
    assert _signed("CHI", born=date(2017, 12, 30)) == {}
    # Born two days before: the newborn visit, the month, 3, 6 and 8 months; 12 months end after the contract.
    assert _owed() == {"CHI-NEWBORN": 1, "CHI-MONTH": 1, "CHI-CHECK": 3, "CHI-TCM": 1}
