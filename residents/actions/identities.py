"""Looking at a whole ID number or phone: for a reason, written down, not by the hundred."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.actions import audit
from teams.cipher import decrypt
from teams.models import AuditEvent, User
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

# Field -> the column with its cipher.
REVEALED = {"id_number": "id_cipher", "phone": "phone_cipher"}
AN_HOUR = timedelta(hours=1)
# Enough for a day of phone calls; who copies a register is slowed down and seen.
REVEALS_AN_HOUR = 60
SHORTEST_REASON = 2


def reveal(*, resident: Resident, field: str, reason: str, by: User) -> str:
    """The whole ID number or phone (`field` of REVEALED), with a line in the audit trail.

    Raises RuleViolation: reveal.not_allowed, .field, .reason, .too_many.
    """
    if not has_permission(by, Permission.IDENTITY_REVEAL):
        raise RuleViolation("reveal.not_allowed", _("Your account may not look at whole ID numbers and phones."))
    if field not in REVEALED or getattr(resident, REVEALED[field]) is None:
        raise RuleViolation("reveal.field", _("There is nothing to show."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation("reveal.reason", _("Say what you need it for."))
    lately = AuditEvent.objects.filter(kind=AuditEvent.Kind.REVEAL, user_id=by.pk, at__gt=timezone.now() - AN_HOUR)
    if lately.count() >= REVEALS_AN_HOUR:
        raise RuleViolation("reveal.too_many", _("Your account looked at too many in the last hour. Try again later."))
    audit.record(kind=AuditEvent.Kind.REVEAL, by=by, what=f"resident {resident.pk} {field}", reason=reason.strip())
    return decrypt(getattr(resident, REVEALED[field]), field=field)
