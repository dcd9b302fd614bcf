"""Making a month's bulletin, editing its words, and issuing it under the year's next number."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

from django.db import connection, transaction

from assessments.models import Bulletin, BulletinFile, Month
from assessments.presenters.bulletins import document, docx_of, paragraphs, title_of
from assessments.queries.bulletins import facts_of
from assessments.rules.bulletins import (
    check_can_edit,
    check_has_figures,
    check_is_draft,
    check_is_what_was_shown,
    check_prefix,
)
from contracts.documents import typeset
from teams.clock import today
from teams.history import made_by
from teams.models import Institution, User
from teams.models.accounts import SystemAccount

Actor = User | SystemAccount
FOLDER = Path(__file__).parent.parent / "documents"
PREFIX = "卫通"
# The row is locked until the bulletin is issued or not: a number that was not used is given again.
NEXT = """
    insert into assessments_bulletinseries (year, last) values (%s, 1)
    on conflict (year) do update set last = assessments_bulletinseries.last + 1
    returning last
"""


@transaction.atomic
def prepare(*, first_on: date, by: User) -> Bulletin:
    """The month's draft: the one there is, or one generated from the present figures and findings.

    Raises RuleViolation: bulletin.not_allowed, .no_month.
    """
    check_can_edit(by)
    with made_by(by, "assessments.prepare_bulletin"):
        month = (
            Month.objects.select_for_update(of=("self",)).select_related("current").filter(first_on=first_on).first()
        )
        check_has_figures(month)
        assert month and month.current
        present = Bulletin.objects.filter(first_on=first_on, status=Bulletin.Status.DRAFT).first()
        if present:
            return present
        facts = facts_of(month)
        issuer = _issuer()
        return Bulletin.objects.create(
            first_on=first_on,
            revision=month.current,
            title=title_of(facts),
            issuer=issuer,
            document_number=_last_prefix(),
            paragraphs=paragraphs(facts, issuer),
            figures=facts,
            made_by=by,
            edited_by=str(by),
        )


@transaction.atomic
def refresh(*, bulletin: Bulletin, rank_by: str, by: Actor) -> Bulletin:
    """Take the figures and findings as they are now; words that somebody edited stay, the others are generated anew.

    Raises RuleViolation: bulletin.not_allowed, .issued, .no_month.
    """
    check_can_edit(by)
    with made_by(by, "assessments.refresh_bulletin"):
        found = _locked(bulletin)
        month = Month.objects.select_related("current").filter(first_on=found.first_on).first()
        check_has_figures(month)
        assert month and month.current
        before = {part["code"]: part["text"] for part in paragraphs(found.figures, found.issuer)}
        facts = facts_of(month, rank_by)
        words = {part["code"]: part["text"] for part in found.paragraphs}
        found.paragraphs = [
            part
            if words.get(part["code"]) == before.get(part["code"])
            else {**part, "text": words.get(part["code"], "")}
            for part in paragraphs(facts, found.issuer)
        ]
        found.figures, found.revision, found.edited_by = facts, month.current, str(by)
        found.save(update_fields=["paragraphs", "figures", "revision", "edited_by", "edited_at"])
        return found


@transaction.atomic
def write(
    *, bulletin: Bulletin, title: str, issuer: str, prefix: str, texts: Mapping[str, str], shown: str, by: Actor
) -> Bulletin:
    """Keep edited words; `shown` is the `state_of` the form was opened with.

    Raises RuleViolation: bulletin.not_allowed, .issued, .changed, .no_prefix.
    """
    check_can_edit(by)
    with made_by(by, "assessments.write_bulletin"):
        found = _locked(bulletin)
        check_is_what_was_shown(state_of(found), shown)
        check_prefix(prefix)
        found.title, found.issuer, found.document_number = title, issuer, prefix.strip()
        found.paragraphs = [{**part, "text": texts.get(part["code"], part["text"])} for part in found.paragraphs]
        found.edited_by = str(by)
        found.save(update_fields=["title", "issuer", "document_number", "paragraphs", "edited_by", "edited_at"])
        return found


@transaction.atomic
def issue(*, bulletin: Bulletin, shown: str, on: date | None = None, by: Actor) -> Bulletin:
    """Give it the year's next number and a date (default today), and keep it as PDF and Word for good.

    `shown` is the `state_of` what was read. Raises RuleViolation: bulletin.not_allowed, .issued, .changed, .no_prefix.
    """
    check_can_edit(by)
    with made_by(by, "assessments.issue_bulletin"):
        found = _locked(bulletin)
        check_is_what_was_shown(state_of(found), shown)
        check_prefix(found.document_number)
        day = on or today()
        found.number = _next_number(day.year)
        found.document_number = f"{found.document_number}〔{day.year}〕{found.number}号"
        found.year, found.issued_on, found.issued_by = day.year, day, str(by)
        found.status = Bulletin.Status.ISSUED
        found.save()
        for format_, content in files_of(found).items():
            BulletinFile.objects.create(
                bulletin=found, format=format_, content=content, sha256=sha256(content).hexdigest()
            )
        return found


@transaction.atomic
def discard(*, bulletin: Bulletin, by: Actor) -> None:
    """Throw a draft away. Raises RuleViolation: bulletin.not_allowed, .issued."""
    check_can_edit(by)
    with made_by(by, "assessments.discard_bulletin"):
        _locked(bulletin).delete()


def files_of(bulletin: Bulletin) -> dict[str, bytes]:
    """The document in both formats, made now."""
    paper = document(bulletin)
    return {"pdf": typeset("bulletin", paper, folder=FOLDER), "docx": docx_of(paper)}


def state_of(bulletin: Bulletin) -> str:
    """A hash of everything that it would say."""
    said = [bulletin.title, bulletin.issuer, bulletin.document_number, bulletin.paragraphs, bulletin.figures]
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _locked(bulletin: Bulletin) -> Bulletin:
    found = Bulletin.objects.select_for_update(of=("self",)).get(pk=bulletin.pk)
    check_is_draft(found)
    return found


def _next_number(year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [year])
        (last,) = cursor.fetchone()
    return int(last)


def _issuer() -> str:
    bureau = Institution.objects.filter(kind=Institution.Kind.BUREAU).order_by("code").first()
    return bureau.name if bureau else ""


def _last_prefix() -> str:
    """The letters before the last issued bulletin's number."""
    issued = Bulletin.objects.filter(status=Bulletin.Status.ISSUED).order_by("-year", "-number")
    last = issued.values_list("document_number", flat=True).first()
    return last.partition("〔")[0] if last else PREFIX
