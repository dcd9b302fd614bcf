"""Freezing a month: its rows never change again, and anyone can check that."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from assessments import definitions
from assessments.actions.months import ANSWERS, COVERAGES, FIGURES, RESIDENTS
from assessments.actions.transfers import keep_dues
from assessments.models import Month, Remark, Revision
from assessments.queries.closing import Concern, Finding, findings
from assessments.queries.figures import Key
from assessments.rules.months import check_can_freeze, check_is_explained, check_is_frozen, check_remark
from teams.actions import audit
from teams.history import made_by
from teams.models import AuditEvent, Institution, User
from teams.models.accounts import SystemAccount

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

HASHED_AT_ONCE = 1 << 16

Account = User | SystemAccount


@transaction.atomic
def remark(*, month: Month, institution: Institution, key: Key, text: str, by: Account) -> Remark:
    """Say why a figure of the month jumped, or why a unit has none; a later remark takes the place of the earlier one.

    Raises RuleViolation: remark.empty, month.frozen_already.
    """
    month = Month.objects.select_for_update().get(pk=month.pk)
    check_remark(month, text)
    with made_by(by, "assessments.remark"):
        return Remark.objects.update_or_create(
            month=month,
            institution=institution,
            indicator=key.indicator,
            category=key.category,
            defaults={"text": text.strip(), "by": str(by)},
        )[0]


@transaction.atomic
def freeze(*, revision: Revision, by: Account, explanation: str = "") -> Revision:
    """Freeze a computed month: its rows never change again; their hash lets anyone check that.

    `explanation` is remarked on every jump that nobody has explained yet. Raises `RuleViolation` when the revision
    isn't done, isn't the current one, is provisional, is frozen, or when a finding is open (month.open_findings).
    """
    month = Month.objects.select_for_update().get(pk=revision.month_id)
    revision = Revision.objects.select_for_update().get(pk=revision.pk)
    check_can_freeze(revision)
    found = findings(revision)
    if explanation:
        found = [_explained(finding, month, explanation, by) for finding in found]
    check_is_explained([f"{finding.institution.name}: {finding.words}" for finding in found if finding.is_open])
    revision.frozen_at = timezone.now()
    revision.frozen_by = str(by)
    revision.sha256 = rows_sha256(revision)
    revision.save(update_fields=["frozen_at", "frozen_by", "sha256"])
    _refuse_changes(revision)
    keep_dues(revision=revision)
    audit.record(kind=AuditEvent.Kind.FREEZE, by=by, what=f"{revision} {revision.sha256}")
    return revision


def _explained(finding: Finding, month: Month, explanation: str, by: Account) -> Finding:
    """The finding with the explanation as its remark, unless it has one or none helps."""
    if not finding.is_open or finding.concern is Concern.SUM:
        return finding
    made = remark(month=month, institution=finding.institution, key=finding.key, text=explanation, by=by)
    return replace(finding, remark=made)


def verify(*, revision: Revision, by: Account) -> bool:
    """Whether the rows of a frozen revision are still those that were frozen. Raises RuleViolation month.not_frozen."""
    check_is_frozen(revision)
    same = rows_sha256(revision) == revision.sha256
    audit.record(kind=AuditEvent.Kind.VERIFY, by=by, what=f"{revision} {'same' if same else 'CHANGED'}")
    return same


def _refuse_changes(revision: Revision) -> None:
    """From now on the database itself refuses to change the revision's rows."""
    with connection.cursor() as cursor:
        for parent, _rows in _queries(revision):
            name = f"{parent}_{revision.pk}"
            cursor.execute(
                f"create trigger frozen before insert or update or delete on {name}"
                " for each row execute function assessments_refuse_change()"
            )
            cursor.execute(
                f"create trigger frozen_whole before truncate on {name}"
                " for each statement execute function assessments_refuse_change()"
            )


def rows_sha256(revision: Revision) -> str:
    """SHA-256 over the revision's rows as CSV, table by table, ordered by key, and its places, without its own id."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor, io.BufferedWriter(_Hashing(digest), HASHED_AT_ONCE) as rows:
        # Whoever could move a unit could change whom a frozen figure opens to. Without places nothing is added.
        places = f"select pairs from assessments_places where revision_id = {revision.pk}"
        for query in (*(rows_of_it for _parent, rows_of_it in _queries(revision)), places):
            cursor.copy_expert(f"copy ({query}) to stdout with (format csv)", rows)
    return digest.hexdigest()


def _queries(revision: Revision) -> list[tuple[str, str]]:
    """The tables that hold the revision's rows, each with the SELECT of them."""
    figure_columns = ("institution_id", "team_key", "category", "indicator", "numerator", "denominator")
    tables: list[tuple[str, Iterable[str], str]] = [
        (RESIDENTS, definitions.RESIDENT_COLUMNS, "resident_id"),
        (COVERAGES, definitions.COVERAGE_COLUMNS, "coverage_id"),
        (FIGURES, figure_columns, 'institution_id, team_key, category collate "C", indicator collate "C"'),
    ]
    if revision.has_answers:
        tables.append((ANSWERS, definitions.ANSWER_COLUMNS, 'kind collate "C", answer_id'))
    return [
        (parent, f"select {', '.join(columns)} from {parent} where revision_id = {revision.pk} order by {key}")
        for parent, columns, key in tables
    ]


class _Hashing(io.RawIOBase):
    """A file that keeps only the hash of what is written. COPY writes row by row: put a buffer before it."""

    def __init__(self, digest: "hashlib._Hash") -> None:
        self.digest = digest

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        self.digest.update(data)
        return memoryview(data).nbytes
