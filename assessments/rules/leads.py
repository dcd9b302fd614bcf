"""Rules about leads: who may judge them, and that it takes two to confirm one."""

from collections.abc import Collection, Mapping

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Lead, LeadStep
from teams.models import User
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

State, Step = Lead.State, LeadStep.Kind
SHORTEST_REASON = 4
# What a person may do with a lead in a state, and what it is afterwards.
MOVES: Mapping[str, Mapping[str, str]] = {
    State.OPEN: {Step.EXPLAINED: State.OPEN, Step.CLEARED: State.CLEARED, Step.PROPOSED: State.PROPOSED},
    State.PROPOSED: {
        Step.EXPLAINED: State.PROPOSED,
        Step.CONFIRMED: State.CONFIRMED,
        Step.RETURNED: State.OPEN,
        Step.CLEARED: State.CLEARED,
    },
    # A mistake about a person is put right; the history keeps both words.
    State.CONFIRMED: {Step.RETURNED: State.OPEN},
    State.CLEARED: {Step.RETURNED: State.OPEN},
    State.GONE: {},
}
# Who takes which step: officials judge, the institution concerned explains.
RIGHTS: Mapping[str, Permission] = {
    Step.EXPLAINED: Permission.RECTIFICATION_EDIT,
    Step.CLEARED: Permission.SUPERVISION_EDIT,
    Step.PROPOSED: Permission.SUPERVISION_EDIT,
    Step.CONFIRMED: Permission.SUPERVISION_EDIT,
    Step.RETURNED: Permission.SUPERVISION_EDIT,
}


def check_can_step(lead: Lead, step: str, *, mark: str, reason: str, by: User) -> None:
    """Whether somebody may take a step with a lead as they have seen it.

    Raises RuleViolation: lead.step, .not_allowed, .state, .stale, .reason, .same_person.
    """
    if step not in RIGHTS:
        raise RuleViolation("lead.step", _("Choose what to do with the lead."))
    if not has_permission(by, RIGHTS[step]):
        raise RuleViolation("lead.not_allowed", _("Your account may not do that with leads."))
    if step not in MOVES[lead.state]:
        message = _("Meanwhile this lead is “{state}” ({last}): look at it again.")
        raise RuleViolation("lead.state", format_lazy(message, state=lead.get_state_display(), last=last_words(lead)))
    if mark != lead.mark:
        raise RuleViolation("lead.stale", _("The evidence has changed since you opened the page. Look at it again."))
    if step != Step.CONFIRMED and len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation("lead.reason", _("Say why in a few words: others will read it."))
    if step == Step.CONFIRMED and by.pk == proposer(lead):
        raise RuleViolation("lead.same_person", _("You confirmed it first. A second person has to agree."))


def allowed(lead: Lead, by: User) -> Collection[str]:
    """The steps that the account may take with the lead now."""
    mine = proposer(lead) == by.pk
    return [
        step for step in MOVES[lead.state] if has_permission(by, RIGHTS[step]) and not (step == Step.CONFIRMED and mine)
    ]


def proposer(lead: Lead) -> int | None:
    """Who confirmed it first, of the present round."""
    last = lead.steps.filter(kind=Step.PROPOSED).order_by("-pk").first()
    return last.by_id if last and lead.state == State.PROPOSED else None


def last_words(lead: Lead) -> str:
    """Who did what with it last, when."""
    last = lead.steps.order_by("-pk").first()
    return f"{last.name or '—'}, {last.on:%Y-%m-%d}" if last else "—"
