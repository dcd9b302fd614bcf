"""Merging two records of one person, traceably, and taking them apart again exactly as they were.

Whatever names a resident moves by its foreign key, also tables that are added later. Transfers stay: the kept record's
places are its own (docs/rules.md, readings). What is worked out anew anyway (candidates, problems) is dropped.
"""

from collections.abc import Iterator
from typing import Any

import pghistory.models
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.forms.models import model_to_dict
from django.utils import timezone

from contracts.actions.ledger import lock_ledger, make_obligations, match_services
from contracts.lives import check_services_fit
from contracts.models import Apart, Candidate, Coverage, Merge, Obligation, Problem
from contracts.rules import constraint_of
from contracts.rules.merging import check_can_merge, check_can_undo
from residents.models import Resident, Transfer
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount

Account = User | SystemAccount

STAYING = (Resident, Transfer, Merge, Apart, Obligation, Candidate, Problem)
DERIVED = (Candidate, Problem)
# What an obligation is, besides the outcome, which is matched anew.
KEPT_FIELDS = ("id", "coverage", "resident", "held", "item", "opens_on", "due_on", "waived_on", "waived_by", "waiver")


@transaction.atomic
def merge(*, kept: Resident, merged: Resident, reason: str, by: Account) -> Merge:
    """Let everything that one record holds belong to the other; the emptied record is no resident any more.

    What the kept record has already, the same service on the same day, stays behind and is remembered.
    Raises RuleViolation: merge.same, .merged, .unlike, .reason, .overlap (naming both contracts),
    life.service_before_birth, .service_after_death.
    """
    with made_by(by, "contracts.merge"):
        kept, merged = _locked(kept.pk, merged.pk)
        check_can_merge(kept, merged, reason)
        before = [_kept_fields(row) for row in Obligation.objects.filter(resident__in=[kept, merged]).order_by("pk")]
        moved: dict[str, list[int]] = {}
        left: dict[str, list[int]] = {}
        for field in holding_fields():
            ids = field.model._base_manager.filter(**{field.name: merged}).order_by("pk").values_list("pk", flat=True)
            if rows := list(ids):
                _hand_over(field, rows, kept, moved, left)
        obligations = Obligation.objects.filter(resident=merged, coverage__resident=kept)
        obligations.update(resident=kept)
        _drop_derived(kept, merged)
        merged.merged_into = kept
        merged.save(update_fields=["merged_into"])
        check_services_fit(kept)
        _work_out([kept])
        return Merge.objects.create(
            kept=kept,
            merged=merged,
            reason=reason.strip()[:200],
            moved=moved,
            left=left,
            obligations=before,
            by=str(by),
        )


@transaction.atomic
def unmerge(*, merge: Merge, reason: str, by: Account) -> Merge:
    """Take two records apart: every row that the merge moved goes back, as far as it is still there.

    What was entered since stays with the kept record. Raises RuleViolation: merge.undone, .in_chain, .reason.
    """
    with made_by(by, "contracts.unmerge"):
        kept, merged = _locked(merge.kept_id, merge.merged_id)
        merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        merge.kept, merge.merged = kept, merged
        check_can_undo(merge, reason)
        merged.merged_into = None
        merged.save(update_fields=["merged_into"])
        fields = {label_of(field): field for field in holding_fields()}
        for field, ids in ((fields[label], ids) for label, ids in merge.moved.items() if label in fields):
            field.model._base_manager.filter(pk__in=ids, **{field.name: kept}).update(**{field.name: merged})
        _drop_derived(kept, merged)
        _restore_obligations(merge)
        _work_out([kept, merged])
        merge.undone_at, merge.undone_by, merge.undone_reason = timezone.now(), str(by), reason.strip()[:200]
        merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        return merge


@transaction.atomic
def keep_apart(*, first: Resident, second: Resident, by: Account) -> Apart:
    """Note that two records that look like one person are two; they are not offered again."""
    low, high = sorted((first, second), key=lambda resident: resident.pk)
    Problem.objects.filter(rule="maybe_twice", subject__in=[low.pk, high.pk]).delete()
    return Apart.objects.get_or_create(first=low, second=high, defaults={"by": str(by)})[0]


def holding_fields() -> Iterator[models.ForeignKey]:
    """Every foreign key that names a resident and moves with a merge; coverages first, since they may be refused."""
    relations = [
        relation
        for relation in Resident._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and _moves(relation.field)
    ]
    fields = [relation.field for relation in relations]
    yield from sorted(fields, key=lambda field: (field.model is not Coverage, label_of(field)))


def label_of(field: models.ForeignKey) -> str:
    """`contracts.Service.resident`."""
    return f"{field.model._meta.label}.{field.name}"


def _moves(field: models.ForeignKey) -> bool:
    model = field.model
    is_history = issubclass(model, pghistory.models.Event)
    # Rows of months are facts of the past: they never change hands.
    return model._meta.managed and not is_history and model not in STAYING


def _locked(kept: int, merged: int) -> tuple[Resident, Resident]:
    rows = Resident.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([kept, merged])
    for key in sorted(rows):
        lock_ledger(key)
    return rows[kept], rows[merged]


def _hand_over(
    field: models.ForeignKey, rows: list[int], kept: Resident, moved: dict[str, list[int]], left: dict[str, list[int]]
) -> None:
    """Move rows to the kept record: all at once, or one by one where it has some of them already."""
    label = label_of(field)
    if _move(field, rows, kept):
        moved[label] = rows
        return
    for row in rows:
        (moved if _move(field, [row], kept) else left).setdefault(label, []).append(row)


def _move(field: models.ForeignKey, rows: list[int], kept: Resident) -> bool:
    """Whether the rows could be moved: not where a unique constraint says that the kept record has them."""
    try:
        with transaction.atomic():
            field.model._base_manager.filter(pk__in=rows).update(**{field.name: kept})
    except IntegrityError as error:
        if not constraint_of(error):
            raise
        return False
    return True


def _drop_derived(kept: Resident, merged: Resident) -> None:
    for model in DERIVED:
        model._base_manager.filter(resident__in=[kept, merged]).delete()
    Problem.objects.filter(rule="maybe_twice", subject__in=[kept.pk, merged.pk]).delete()


def _work_out(residents: list[Resident]) -> None:
    """Obligations and outcomes follow from the facts as they stand now."""
    coverages = Coverage.objects.filter(resident__in=residents)
    make_obligations(coverages=coverages)
    match_services(coverages=coverages)


def _restore_obligations(merge: Merge) -> None:
    """Obligations as they were, ids and waivers too, where their coverages are still there."""
    before = {row["id"]: row for row in merge.obligations}
    both = Q(resident=merge.kept_id) | Q(resident=merge.merged_id)
    present = {row.pk: row for row in Obligation.objects.filter(both)}
    held = set(Coverage.objects.filter(resident__in=[merge.kept_id, merge.merged_id]).values_list("pk", flat=True))
    coverages = {row["coverage"] for row in merge.obligations}
    gone = [pk for pk, row in present.items() if pk not in before and row.coverage_id in coverages]
    Obligation.objects.filter(pk__in=gone, waived_on=None).delete()
    for pk, row in before.items():
        values = {f"{name}_id" if name in ("coverage", "resident", "held", "item") else name: row[name] for name in row}
        if pk in present:
            Obligation.objects.filter(pk=pk).update(resident_id=row["resident"], due_on=row["due_on"])
        elif row["coverage"] in held:
            Obligation.objects.create(**values)


def _kept_fields(obligation: Obligation) -> dict[str, Any]:
    row = model_to_dict(obligation, fields=KEPT_FIELDS) | {"id": obligation.pk}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
