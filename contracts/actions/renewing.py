"""Renewing contracts: a new contract takes up one that ends, with the packages as they are offered now."""

from collections.abc import Collection

from django.db import transaction

from contracts.actions.ending import lock_contract
from contracts.actions.lifecycle import enter
from contracts.actions.signing import sign
from contracts.models import Contract, LifecycleEntry
from contracts.queries.renewals import proposals
from contracts.rules import check_term_is_allowed
from contracts.rules.lifecycle import check_consent
from residents.models import Resident
from teams.clock import today
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation


@transaction.atomic
def renew(
    *,
    contract: Contract,
    consent: str,
    years: int | None = None,
    seen: int | None = None,
    by: User | SystemAccount,
) -> Contract:
    """Sign everybody who can go on for a new term (`years`, else as long as before); the new contract.

    It begins on the day after the old one's last day, or today when that is past. Who can't go on stays behind.
    Raises RuleViolation: contract.changed_since, .consent, .followed, .over, .too_early, .no_team, .nobody,
    .term_not_allowed, and as `sign`.
    """
    check_consent(consent)
    with made_by(by, "contracts.renew"):
        contract = lock_contract(contract, seen)
        (proposal,) = proposals([contract], today(), years=years)
        if proposal.refusal:
            raise RuleViolation(proposal.refusal.code, proposal.refusal.message)
        check_term_is_allowed(proposal.start_on, proposal.end_on)
        following = sign(
            team=contract.team,
            signed_on=today(),
            representative=_representative(contract, proposal.going_on),
            members=proposal.going_on,
            start_on=proposal.start_on,
            end_on=proposal.end_on,
            previous=contract,
            origin=Contract.Origin.RENEWAL,
            by=by,
        )
        kind = LifecycleEntry.Kind.RENEWED
        enter(contract=contract, kind=kind, on=proposal.start_on, reason=following.number, consent=consent, by=by)
        return following


def _representative(contract: Contract, members: Collection[Resident]) -> Resident | None:
    """Who signed before, while they can; else the eldest of those who go on."""
    before = contract.representative
    if before is None or before in members:
        return before
    return min(members, key=lambda member: member.birth_date)
