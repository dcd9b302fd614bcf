"""From a half-filled form to a contract: keeping drafts, making the agreement of one, and signing what was shown."""

import json
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contracts.actions.numbers import next_number
from contracts.actions.signing import sign
from contracts.desk import Sheet, sheet_of_payload
from contracts.documents import typeset
from contracts.models import Agreement, Contract, Draft
from contracts.queries.conflicts import find_conflicts
from contracts.queries.desk import Desk, open_desk
from contracts.queries.papers import agreement_data, deal_of_desk
from contracts.rules import check_can_prepare, check_evidence
from teams import cipher
from teams.clock import today
from teams.models import User
from teams.policy import policy_on
from teams.rules import RuleViolation

PAYLOAD, DOCUMENT, EVIDENCE = "draft", "agreement", "signature"


@dataclass(frozen=True)
class Evidence:
    """How a contract was signed: a drawn signature (PNG), or paper with or without its picture."""

    signed: str
    signature: bytes | None = None
    scan: bytes | None = None
    scan_type: str = ""


@transaction.atomic
def keep(*, draft: Draft | None, sheet: Sheet, by: User) -> Draft:
    """Keep what the form holds, in `draft` or in a new one. A document that says otherwise is dropped.

    Raises RuleViolation draft.gone.
    """
    if draft is None:
        draft = Draft(by=by, institution=by.institution)
    else:
        draft = _locked(draft)
        if _content(draft)["sheet"] == _plain(sheet):
            return draft
    draft.payload = _sealed({"sheet": sheet.payload()})
    draft.people = sum(choice.is_ticked is not False for choice in sheet.members)
    draft.first_id = next(iter(sheet.residents), None)
    draft.document, draft.document_sha256 = None, ""
    draft.save()
    return draft


@transaction.atomic
def prepare(*, draft: Draft | None, desk: Desk, by: User) -> Draft:
    """Give the draft the agreement to be shown, typeset, with the contract's number; only an empty desk has no draft.

    Raises RuleViolation with the code of the first error among the desk's conflicts, or draft.nobody, .gone.
    """
    check_can_prepare(find_conflicts(desk), people=len(desk.members))
    assert desk.team and draft
    draft = _locked(draft)
    series = f"{desk.team.institution.code}-{today().year}-"
    if desk.sheet.number:
        draft.number = desk.sheet.number
    elif not draft.number.startswith(series):
        draft.number = next_number(institution=desk.team.institution, year=today().year)
    paper = agreement_data(deal_of_desk(desk, draft.number))
    document = typeset("agreement", paper)
    draft.payload = _sealed({"sheet": desk.sheet.payload(), "paper": paper})
    draft.document = cipher.encrypt_bytes(document, field=DOCUMENT)
    draft.document_sha256 = sha256_of(document).hexdigest()
    draft.save()
    return draft


@transaction.atomic(savepoint=False)
def conclude(*, draft: Draft, sha256: str, evidence: Evidence, by: User) -> Contract:
    """Sign what was shown: the contract, and the document that was shown, byte for byte; the draft is gone.

    `sha256` is that of the document as the page showed it. Raises RuleViolation: draft.gone, draft.changed (the form,
    the prices or the people are no longer those of the document), agreement.*, and those of `signing.sign`.
    """
    locked = _locked(draft)
    check_evidence(evidence.signed, has_signature=evidence.signature is not None)
    desk = open_desk(sheet_of(locked), by)
    _check_shown(locked, desk, sha256)
    assert desk.team
    contract = sign(
        number=locked.number,
        team=desk.team,
        signed_on=today(),
        representative=desk.representative,
        members=desk.members,
        start_on=desk.start_on,
        end_on=desk.end_on,
        by=by,
    )
    _file(contract, locked, evidence, by)
    locked.delete()
    return contract


@transaction.atomic
def discard(*, draft: Draft) -> None:
    """Throw a draft away, and the document that was made of it."""
    draft.delete()


@transaction.atomic
def drop_old() -> int:
    """Drop drafts that nobody has touched for the policy's `draft_days`; how many. One being worked on waits."""
    days = policy_on(today())["draft_days"]
    old = Draft.objects.untouched_for(days) if days else Draft.objects.none()
    keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Draft.objects.filter(pk__in=keys).delete()
    return len(keys)


def gone() -> RuleViolation:
    """A draft that somebody signed or discarded meanwhile is not brought back by saving it."""
    return RuleViolation("draft.gone", _("This draft was signed or discarded meanwhile."))


def sheet_of(draft: Draft) -> Sheet:
    """What the form held."""
    return sheet_of_payload(_content(draft)["sheet"])


def paper_of(draft: Draft) -> dict[str, Any] | None:
    """What the draft's agreement says (`queries.papers.agreement_data`), if there is one."""
    return _content(draft).get("paper") if draft.document is not None else None


def document_of(kept: Draft | Agreement) -> bytes:
    """The agreement as PDF, as it was shown."""
    return cipher.decrypt_bytes(kept.document or b"", field=DOCUMENT)


def _locked(draft: Draft) -> Draft:
    """The draft as it is now, for one writer at a time. Raises RuleViolation draft.gone."""
    locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None:
        raise gone()
    return locked


def _check_shown(draft: Draft, desk: Desk, sha256: str) -> None:
    """The document still is what was shown, and says what would be signed."""
    paper = paper_of(draft)
    is_same = paper is not None and desk.team is not None and draft.document_sha256 == sha256
    if not is_same or agreement_data(deal_of_desk(desk, draft.number)) != paper:
        raise RuleViolation(
            "draft.changed",
            _("Something has changed since the agreement was shown. Make it again, and let it be read again."),
        )
    if sha256_of(document_of(draft)).hexdigest() != sha256:
        raise RuleViolation("draft.changed", _("The kept document is damaged. Make it again."))


def _file(contract: Contract, draft: Draft, evidence: Evidence, by: User) -> None:
    """Keep the draft's document, as it lies there, with how it was signed."""

    def sealed(content: bytes | None) -> bytes | None:
        return cipher.encrypt_bytes(content, field=EVIDENCE) if content else None

    Agreement.objects.create(
        contract=contract,
        document=draft.document,
        sha256=draft.document_sha256,
        signed=evidence.signed,
        signature=sealed(evidence.signature),
        scan=sealed(evidence.scan),
        scan_type=evidence.scan_type,
        made_by=by,
    )


def _content(draft: Draft) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(cipher.decrypt(draft.payload, field=PAYLOAD))
    return content


def _sealed(content: dict[str, Any]) -> bytes:
    return cipher.encrypt(json.dumps(content, ensure_ascii=False), field=PAYLOAD)


def _plain(sheet: Sheet) -> Any:
    """As it comes back from the payload."""
    return json.loads(json.dumps(sheet.payload()))
