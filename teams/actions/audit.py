"""The audit trail: a line for each sign-in, refusal, look at an identity, export and large action; chained by hash."""

import hashlib
import json
import re
from datetime import UTC

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils import timezone

from teams.address import normalised, present_address
from teams.models import AuditEvent, User
from teams.models.accounts import SystemAccount

# Of all transactions, one at a time holds this lock: "audit" as a number.
_LOCK = 0x6175646974
_FIRST = "0" * 64
# An ID number or a phone number that somebody typed into a reason.
_LONG_NUMBER = re.compile(r"\d{7,}[Xx]?")

Actor = User | SystemAccount | AnonymousUser | None


# Two statements sent as one: the second looks after the lock is held, and sees what the holder before has written.
_LOCKED_HEAD = """
    select pg_advisory_xact_lock(%s);
    select sha256 from teams_auditevent order by id desc limit 1
"""


@transaction.atomic(savepoint=False)
def record(
    *, kind: AuditEvent.Kind, by: Actor, what: str = "", reason: str = "", address: str | None = None
) -> AuditEvent:
    """Append a line in the present transaction: both stay or both go.

    `what` names things by label and id, never by anything that identifies a person; numbers in `reason`, which people
    type, are blotted out. `address` defaults to the present request's. Each line carries the hash of the one before, so
    writers queue until the transaction ends: record last, or in a transaction of its own, before long work.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED_HEAD, [_LOCK])
        head = cursor.fetchone()
    event = AuditEvent(
        at=timezone.now(),
        kind=kind,
        user_id=by.pk if by else None,
        username=by.username if by and by.is_authenticated else "",
        address=normalised(address or "") or present_address.get(),
        what=what[:200],
        reason=blotted(reason)[:200],
        previous_sha256=head[0] if head else _FIRST,
    )
    event.sha256 = line_hash(event)
    event.save(force_insert=True)
    return event


def blotted(reason: str) -> str:
    """What people typed, without the numbers of people in it."""
    return _LONG_NUMBER.sub("***", reason)


def line_hash(event: AuditEvent) -> str:
    """SHA-256, in hex, of a line's fields and of the hash before it."""
    fields = (
        event.previous_sha256,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(event.kind),
        event.user_id,
        event.username,
        event.address,
        event.what,
        event.reason,
    )
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify_chain() -> int | None:
    """The id of the first line that was changed or that stands behind a removed one; None when the chain is whole.

    Lines cut off at the end leave a whole chain: compare its head with one noted outside (`verify_audit --head`).
    """
    previous = _FIRST
    for event in AuditEvent.objects.order_by("id").iterator(chunk_size=5000):
        if event.previous_sha256 != previous or event.sha256 != line_hash(event):
            return event.pk
        previous = event.sha256
    return None
