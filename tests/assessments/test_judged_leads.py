"""What becomes of a lead: judged by people, seen again by the next screening."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from assessments.actions import screening
from assessments.actions.leads import take_step
from assessments.leads import all_signals
from assessments.models import Lead, LeadStep
from residents.models import Resident
from teams.actions.submissions import fresh_key
from teams.models import Role
from teams.rules import RuleViolation
from tests import factories
from tests.assessments.screened import one, screen, signed

pytestmark = pytest.mark.django_db
DAY = date(2018, 12, 20)
State = Lead.State


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = DAY


def make_lead() -> Lead:
    signed(phone="1381234", phone_problem="malformed")
    return one("phone_impossible")


def official() -> "object":
    return factories.make_user(Role.OFFICIAL, institution=factories.bureau())


def step(lead: Lead, kind: str, by: object, reason: str = "看过纸质协议") -> Lead:
    lead.refresh_from_db()
    return take_step(lead=lead, step=kind, mark=lead.mark, reason=reason, by=by)  # type: ignore[arg-type]


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as refusal:
        do()
    return refusal.value.code


def kinds(lead: Lead) -> list[str]:
    return list(lead.steps.values_list("kind", flat=True))


def test_cleared_lead_stays_cleared_while_its_evidence_is_the_same() -> None:
    lead = make_lead()
    step(lead, "cleared", official())
    screen()
    lead.refresh_from_db()
    assert (lead.state, kinds(lead)) == (State.CLEARED, ["found", "cleared"])


def test_cleared_lead_opens_again_when_its_evidence_has_changed_and_keeps_what_was_judged() -> None:
    lead = make_lead()
    step(lead, "cleared", official())
    signed(lead.team, phone="138123", phone_problem="malformed")
    screen()
    lead.refresh_from_db()
    assert (lead.state, lead.evidence["people"]) == (State.OPEN, 2)
    assert lead.steps.get(kind="changed").evidence["people"] == 1


def test_lead_whose_cause_is_gone_closes_itself_and_comes_back_with_it() -> None:
    lead = make_lead()
    Resident.objects.update(phone_problem="")
    screen()
    lead.refresh_from_db()
    assert lead.state == State.GONE
    Resident.objects.update(phone_problem="malformed")
    screen()
    lead.refresh_from_db()
    assert (lead.state, kinds(lead)) == (State.OPEN, ["found", "gone", "found"])


def test_confirming_takes_two_people() -> None:
    lead, first = make_lead(), official()
    step(lead, "proposed", first)
    assert refused(lambda: step(lead, "confirmed", first)) == "lead.same_person"
    step(lead, "confirmed", official(), reason="")
    lead.refresh_from_db()
    assert lead.state == State.CONFIRMED


def test_confirmed_lead_outlasts_its_cause_as_it_was_judged() -> None:
    lead = make_lead()
    step(lead, "proposed", official())
    step(lead, "confirmed", official())
    Resident.objects.update(phone_problem="")
    screen()
    lead.refresh_from_db()
    assert (lead.state, lead.evidence["people"]) == (State.CONFIRMED, 1)


def test_second_of_two_officials_at_once_reads_what_the_first_did() -> None:
    lead = make_lead()
    step(lead, "cleared", official())
    assert refused(lambda: step(lead, "proposed", official())) == "lead.state"


def test_step_needs_a_reason_the_right_and_the_evidence_as_it_is() -> None:
    lead = make_lead()
    clerk = factories.make_user(Role.CLERK, institution=factories.centre())
    assert refused(lambda: step(lead, "cleared", clerk)) == "lead.not_allowed"
    assert refused(lambda: step(lead, "cleared", official(), reason=" ")) == "lead.reason"
    stale = lambda: take_step(lead=lead, step="cleared", mark="old", reason="看过", by=official())  # noqa: E731
    assert refused(stale) == "lead.stale"  # type: ignore[arg-type]
    assert step(lead, "explained", clerk).state == State.OPEN


@pytest.mark.parametrize("button", ["", "nothing"])
def test_form_without_a_step_is_told_so(client: Client, button: str) -> None:
    lead = make_lead()
    client.force_login(official())
    address = reverse("assessments:lead_detail", args=[lead.pk])
    typed = {"submission": fresh_key(), "mark": lead.mark, "step": button, "reason": "看过纸质协议"}
    page = client.post(address, typed)
    assert page.status_code == 200 and "看过纸质协议" in page.content.decode()
    assert kinds(lead) == ["found"]


def test_failed_screening_keeps_the_leads_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = make_lead()
    monkeypatch.setattr(screening, "MERGE", "select 1/0")
    with pytest.raises(Exception, match="zero"):
        screen()
    assert Lead.objects.get().state == lead.state
    assert screening.Screening.objects.latest("pk").status == "failed"


def test_every_signal_says_why_and_how_it_comes_about_honestly() -> None:
    assert all(signal.why and signal.honest and 1 <= signal.weight <= 5 for signal in all_signals().values())
    assert LeadStep.Kind.FOUND in LeadStep.Kind.values
