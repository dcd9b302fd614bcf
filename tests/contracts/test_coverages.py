"""The team that a coverage and its obligations carry is the contract's, whoever writes any of them."""

import pytest

from contracts.actions.ledger import begin_ledger, make_obligations
from contracts.models import Contract, Coverage, Obligation
from teams.imports import bulk
from tests.factories import make_contract, make_coverage, make_package, make_resident, make_team

pytestmark = pytest.mark.django_db


def test_coverage_copied_in_carries_the_team_of_its_contract():
    contract, resident = make_contract(), make_resident()
    row = (contract.pk, resident.pk, "2018-01-01", "2018-12-31", "")
    bulk.insert(Coverage, ("contract_id", "resident_id", "start_on", "end_on", "termination_reason"), [row])
    assert Coverage.objects.get().team_id == contract.team_id


def test_corrected_team_of_a_contract_is_that_of_its_coverages_and_no_other():
    coverage, other, team = make_coverage(), make_coverage(), make_team()
    Contract.objects.filter(pk=coverage.contract_id).update(team=team)
    assert Coverage.objects.get(pk=coverage.pk).team_id == team.pk
    assert Coverage.objects.get(pk=other.pk).team_id == other.contract.team_id


def test_team_of_a_coverage_cannot_be_set_otherwise():
    coverage = make_coverage()
    Coverage.objects.update(team=make_team())
    assert Coverage.objects.get().team_id == coverage.contract.team_id


def test_coverage_saved_by_code_that_does_not_know_its_team_keeps_it():
    coverage = make_coverage()
    coverage.save()
    assert Coverage.objects.get().team_id == coverage.contract.team_id


def test_obligations_carry_the_team_of_their_contract_whichever_way_they_are_made():
    for _ in range(2):
        make_coverage(packages=[make_package(items={"BP": 4})])
    begin_ledger(coverage_ids=[Coverage.objects.earliest("pk").pk])
    make_obligations(coverages=Coverage.objects.all())
    assert {(row.coverage_id, row.team_id) for row in Obligation.objects.all()} == {
        (row.pk, row.contract.team_id) for row in Coverage.objects.all()
    }


def test_corrected_team_of_a_contract_is_that_of_its_obligations_and_no_other():
    coverage, other, team = (*(make_coverage(packages=[make_package(items={"BP": 4})]) for _ in range(2)), make_team())
    make_obligations(coverages=Coverage.objects.all())
    Contract.objects.filter(pk=coverage.contract_id).update(team=team)
    assert set(coverage.obligations.values_list("team", flat=True)) == {team.pk}
    assert set(other.obligations.values_list("team", flat=True)) == {other.contract.team_id}
