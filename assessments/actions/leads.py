"""What people make of a lead: explain it, clear it, confirm it by two, take either back."""

from django.db import transaction

from assessments.models import Lead
from assessments.rules.leads import MOVES, check_can_step
from teams.clock import today
from teams.history import made_by
from teams.models import User


@transaction.atomic
def take_step(*, lead: Lead, step: str, mark: str, reason: str = "", by: User) -> Lead:
    """Take a step of `LeadStep.Kind` with the lead as it was seen: `mark` tells its evidence.

    Raises RuleViolation as `check_can_step`; of two people at once the second reads what the first did.
    """
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    check_can_step(lead, step, mark=mark, reason=reason, by=by)
    with made_by(by, f"assessments.lead_{step}"):
        lead.state = MOVES[lead.state][step]
        lead.save(update_fields=["state"])
        lead.steps.create(kind=step, on=today(), by=by, name=by.get_full_name() or by.username, reason=reason.strip())
    return lead
