"""The page of one contract in words: what to do next, the members, the steps so far."""

from collections.abc import Container, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from contracts.models import Contract, Status
from contracts.presenters.contracts import status_cell, steps
from contracts.presenters.people import id_text, phone_text
from contracts.queries.contract import Story
from teams.actions.submissions import fresh_key
from teams.dates import age_on
from teams.models import User


def story_page(story: Story, user: User, *, may_edit: bool) -> dict[str, Any]:
    """Context of `contracts/contract_detail.html`."""
    contract = story.contract
    others = [*([contract.previous] if contract.previous else []), *story.following]
    seen = [other for other in others if user.sees_team(other.team_id)]
    return {
        "contract": contract,
        "story": story,
        "members": [_member(coverage, story) for coverage in story.coverages],
        "sequence": _sequence(contract, story.following, {other.pk for other in seen}),
        "steps": steps(story.entries, seen),
        "next": next_step(story) if may_edit else None,
        "actions": actions(story) if may_edit else [],
        "undo": {"submission": fresh_key(), "seen": story.seen} if may_edit and story.undoable else None,
        "renewal": renewal_note(story) if may_edit else "",
    }


def next_step(story: Story) -> dict[str, str] | None:
    """The one thing to do about the contract now: text, label and address."""
    if story.year_to_confirm:
        text = _("Year %(year)s of the contract is to be confirmed.") % {"year": story.year_to_confirm}
        return _to(story, "contract_confirm", _("Confirm"), text)
    if story.refusal is None:
        last = max(coverage.last_on for coverage in story.coverages)
        text = _("The contract ends on %(day)s.") if last >= story.day else _("The contract ended on %(day)s.")
        return _to(story, "contract_renew", _("Renew"), text % {"day": last})
    if story.having(Status.SUSPENDED):
        return _to(story, "contract_resume", _("Resume"), _("The contract is suspended."))
    return None


def actions(story: Story) -> list[dict[str, str]]:
    """Steps that may be taken besides: label and address."""
    found = []
    if story.running:
        found += [
            ("contract_change_team", _("Change team")),
            ("contract_change_packages", _("Change packages")),
            ("contract_suspend", _("Suspend")),
        ]
        found += [("contract_resume", _("Resume"))] if story.having(Status.SUSPENDED) else []
        found += [("contract_terminate", _("Terminate"))]
    return [_to(story, name, label) for name, label in found]


def renewal_note(story: Story) -> str:
    """Why it can't be renewed now, of contracts that aren't followed."""
    refusal = story.refusal
    return str(refusal.message) if refusal and story.running and refusal.code != "contract.followed" else ""


def _to(story: Story, name: str, label: str, text: str = "") -> dict[str, str]:
    return {"label": label, "url": reverse(f"contracts:{name}", args=[story.contract.pk]), "text": text}


def _sequence(contract: Contract, following: Sequence[Contract], seen: Container[int]) -> list[dict[str, str]]:
    """The contracts before and after, this one among them; without a link where the team is another institution's."""
    before = [contract.previous] if contract.previous else []
    return [
        {
            "number": other.number,
            "url": reverse("contracts:contract_detail", args=[other.pk]) if other.pk in seen else "",
            "about": f"{other.get_origin_display()} · {other.team.name}" if other in following else "",
        }
        for other in (*before, contract, *following)
    ]


def _member(coverage: Any, story: Story) -> dict[str, Any]:
    resident, status = coverage.resident, story.statuses[coverage.pk]
    is_running = status in (Status.TO_START, Status.IN_FORCE, Status.SUSPENDED)
    ends_on = coverage.terminated_on if is_running else None
    gone = {Status.DIED: resident.died_on, Status.MOVED: resident.moved_out_on}.get(status)
    pauses = [pause for pause in coverage.suspensions.all() if pause.to_on is None or pause.to_on > story.day]
    return {
        "coverage": coverage,
        "resident": resident,
        "url": reverse("contracts:person", args=[resident.pk]) if coverage.is_seen else "",
        "age": age_on(resident.birth_date, story.day),
        "id_masked": id_text(resident),
        "phone": phone_text(resident),
        "status": status_cell(coverage, story.day),
        "since": coverage.terminated_on if status == Status.TERMINATED else gone,
        "reason": coverage.reason_words if status == Status.TERMINATED or ends_on else "",
        "ends_on": ends_on,
        "pauses": pauses,
        "packages": [
            {
                "name": held.version.name,
                "version": held.version.number,
                "price": held.price,
                "charges": [(charge.get_payer_display(), charge.amount) for charge in held.charges.all()],
            }
            for held in coverage.packages.all()
        ],
    }
