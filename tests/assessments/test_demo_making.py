"""Making a district: what is asked for, what is refused, and that the same seed makes the same."""

import hashlib

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from assessments.demo.figures import read_place
from assessments.demo.load import make
from teams.demo_accounts import DEMO_PASSWORD

FAST = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])

pytestmark = pytest.mark.django_db


def test_unknown_place_is_refused_by_name() -> None:
    with pytest.raises(CommandError, match="yingquan"):
        call_command("load_demo", "atlantis")


@pytest.mark.parametrize("scale", [0, 0.0001, 11])
def test_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(CommandError, match=r"0\.001"):
        call_command("load_demo", "yingquan", scale=scale)


def test_passwords_are_random_outside_a_demo() -> None:
    with override_settings(DEMO=False), FAST:
        made = make("yingquan", scale=0.001, seed=3, out=str)
    assert all(account.password != DEMO_PASSWORD.format(username=account.username) for account in made)
    assert len({account.password for account in made}) == len(made)


def digest(seed: int) -> str:
    """A hash over what was made, without nonces and ids that the database gave; nothing is left behind."""
    queries = (
        "select id, person, name, sex, birth_date, encode(phone_hash, 'hex'), village_id - (select min(id) from"
        " teams_division), registered_on, moved_out_on, died_on from residents_resident",
        "select contract_id, resident_id, start_on, end_on, terminated_on from contracts_coverage",
        "select coverage_id, price from contracts_coveragepackage",
        "select resident_id, performed_on, systolic, fasting_glucose from contracts_service",
        "select resident_id, opens_on, due_on, met_on, waived_on from contracts_obligation",
        "select resident_id, visited_on, cost from contracts_visit",
    )
    total = hashlib.sha256()
    with transaction.atomic(), FAST:
        make("yingquan", scale=0.001, seed=seed, out=str)
        with connection.cursor() as cursor:
            for query in queries:
                cursor.execute(query)
                total.update(repr(sorted(map(repr, cursor.fetchall()))).encode())
        transaction.set_rollback(True)
    return total.hexdigest()


def test_same_seed_makes_the_same_district_however_rows_are_sent_and_another_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, other = digest(seed=7), digest(seed=8)
    for module in ("residents", "contracts", "services", "visits"):
        monkeypatch.setattr(f"assessments.demo.{module}.BATCH", 25)
    assert digest(seed=7) == made != other


def test_quotas_follow_from_what_is_published() -> None:
    quotas = read_place("yingquan").quotas(1)
    assert (quotas.population, quotas.key) == (605_529, 137_564)
    assert (quotas.covered, quotas.key_covered, quotas.paid) == (190_136, 94_094, 73_555)
    assert (quotas.hypertension, quotas.diabetes) == (51_122, 16_008)
