"""When two records may be merged, and taken apart again."""

from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage, Merge
from residents.models import Resident
from teams.rules import RuleViolation

SHORTEST_REASON = 2


def check_can_merge(kept: Resident, merged: Resident, reason: str) -> None:
    """Two records, both still residents, alike in name or birth date, with a reason; no two contracts at a time."""
    if kept.pk == merged.pk:
        raise RuleViolation("merge.same", _("These are not two records."))
    if kept.merged_into_id or merged.merged_into_id:
        raise RuleViolation("merge.merged", _("One of the records was merged already. Load the page again."))
    if kept.name != merged.name and kept.birth_date != merged.birth_date:
        message = _("Neither the names nor the birth dates agree. If it is one person, correct the wrong record first.")
        raise RuleViolation("merge.unlike", message)
    check_merge_reason(reason)
    _check_coverages(kept, merged)


def check_can_undo(merge: Merge, reason: str) -> None:
    """A merge is undone once, the latest of a chain first."""
    if merge.undone_at:
        raise RuleViolation("merge.undone", _("The records were taken apart already."))
    if merge.kept.merged_into_id:
        raise RuleViolation(
            "merge.in_chain", _("The record was merged into another since. Take those two apart first.")
        )
    check_merge_reason(reason)


def check_merge_reason(reason: str) -> None:
    """Who merges or takes apart says how they know."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation("merge.reason", _("Say how you know, e.g. by both ID cards."))


def _check_coverages(kept: Resident, merged: Resident) -> None:
    ended = Q(terminated_on__isnull=False) & Q(terminated_on__lte=F("start_on"))
    mine = Coverage.objects.filter(resident=kept).exclude(ended).select_related("contract")
    theirs = Coverage.objects.filter(resident=merged).exclude(ended).select_related("contract")
    for one in mine:
        for other in theirs:
            if one.start_on <= other.last_on and other.start_on <= one.last_on:
                raise RuleViolation(
                    "merge.overlap",
                    format_lazy(
                        _(
                            "Contract {first} ({first_from} to {first_to}) and contract {second} ({second_from} to"
                            " {second_to}) run at the same time. End the wrong one first, on its first day if it was"
                            " never meant to be."
                        ),
                        first=one.contract.number,
                        first_from=one.start_on,
                        first_to=one.last_on,
                        second=other.contract.number,
                        second_from=other.start_on,
                        second_to=other.last_on,
                    ),
                )
