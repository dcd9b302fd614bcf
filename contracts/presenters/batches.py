"""Renewals and confirmations in words: what would be made, who can't and why, and what became of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, When
from django.utils.translation import gettext as _

from contracts.models import Batch, BatchLine, Contract, Coverage
from contracts.queries.confirmations import open_years
from contracts.queries.renewals import Proposal, proposals
from contracts.rules.lifecycle import check_can_confirm
from teams.models import User
from teams.rules import RuleViolation


def preview(batch: Batch, day: date, *, years: int | None, user: User) -> list[dict[str, Any]]:
    """A line for each contract of the batch that the account still sees, those first that can't be done: see
    `contracts/_batch_line.html`."""
    chosen = Contract.objects.visible_to(user).filter(batch_lines__batch=batch)
    contracts = list(chosen.select_related("team").order_by("pk"))
    if batch.kind == Batch.Kind.RENEWAL:
        rows = [proposal_row(proposal) for proposal in proposals(contracts, day, years=years)]
    else:
        rows = _confirmation_rows(contracts, day)
    return sorted(rows, key=lambda row: (not row["refusal"], not row["notes"]))


def proposal_row(proposal: Proposal) -> dict[str, Any]:
    """What renewing one contract would make."""
    going = [member for member in proposal.members if member.refusal is None]
    notes = [
        _("%(name)s stays behind: %(why)s") % {"name": member.resident.name, "why": member.refusal.message}
        for member in proposal.members
        if member.refusal
    ]
    notes += [f"{member.resident.name}: {note}" for member in going for note in member.notes]
    return {
        "contract": proposal.contract,
        "names": _(", ").join(member.resident.name for member in going or proposal.members),
        "term": f"{proposal.start_on} – {proposal.end_on}",
        "packages": _(", ").join(sorted({version.name for member in going for version in member.versions})),
        "notes": notes,
        "refusal": str(proposal.refusal.message) if proposal.refusal else "",
    }


def _confirmation_rows(contracts: Sequence[Contract], day: date) -> list[dict[str, Any]]:
    years = open_years(contracts, day)
    names: dict[int, list[str]] = {}
    rows = Coverage.objects.filter(contract__in=contracts).order_by("-resident__is_head", "resident_id")
    for contract, name in rows.values_list("contract", "resident__name"):
        names.setdefault(contract, []).append(name)
    return [_confirmation_row(contract, years[contract.pk], names.get(contract.pk, []), day) for contract in contracts]


def _confirmation_row(contract: Contract, year: int | None, names: Sequence[str], day: date) -> dict[str, Any]:
    try:
        check_can_confirm(year, day)
        refusal = ""
    except RuleViolation as violation:
        refusal = str(violation)
    return {
        "contract": contract,
        "names": _(", ").join(names),
        "term": _("year %(year)s") % {"year": year} if year else "",
        "packages": "",
        "notes": [],
        "refusal": refusal,
    }


def results(batch: Batch, user: User) -> QuerySet[BatchLine]:
    """The lines of a batch under way or over, those first that were not done; `is_seen` tells whether the account
    still sees the contract."""
    order = (BatchLine.Outcome.FAILED, BatchLine.Outcome.REFUSED, BatchLine.Outcome.DONE, BatchLine.Outcome.OPEN)
    place = Case(*(When(outcome=outcome, then=number) for number, outcome in enumerate(order)))
    rows = batch.lines.select_related("contract__representative", "contract__team", "made")
    seen = Contract.objects.visible_to(user).filter(pk=OuterRef("contract"))
    return rows.annotate(is_seen=Exists(seen)).order_by(place, "pk")


def counts(batch: Batch) -> dict[str, int]:
    """How many lines are open, done, refused, failed, over (one of these three), and all of them."""
    found = dict.fromkeys(BatchLine.Outcome.values, 0)
    found |= dict(batch.lines.order_by().values_list("outcome").annotate(Count("pk")))
    total = sum(found.values())
    return found | {"over": total - found[BatchLine.Outcome.OPEN], "all": total}
