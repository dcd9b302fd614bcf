"""Checklists: a new version as a draft, its items, publishing it; and those that come with the product."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.checklist_files import shipped
from assessments.models import Checklist, ChecklistItem
from assessments.rules.inspections import check_can_supervise
from teams import versions
from teams.actions.twins import only_one
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SYSTEM, SystemAccount
from teams.rules import RuleViolation

Actor = User | SystemAccount


@dataclass(frozen=True)
class Item:
    """An item as it is typed; `code` is empty for a new one."""

    section: str
    text: str
    hint: str = ""
    points: Decimal = Decimal("1.00")
    code: str = ""


@transaction.atomic
def draft(*, code: str, by: Actor) -> Checklist:
    """The draft of a checklist: the one there is, or a copy of the published version.

    Raises RuleViolation: inspection.not_allowed, checklist.unknown.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.draft_checklist"):
        every = Checklist.objects.filter(code=code).order_by("-number")
        list(every.select_for_update())  # the second of two waits here, and then finds the first one's draft
        latest = every.first()
        if latest is None:
            raise RuleViolation("checklist.unknown", _("There is no such checklist."))
        if latest.is_draft:
            return latest
        made = Checklist.objects.create(code=code, number=latest.number + 1, name=latest.name, kinds=latest.kinds)
        fields = ("code", "place", "section", "text", "hint", "points")
        ChecklistItem.objects.bulk_create(ChecklistItem(checklist=made, **row) for row in latest.items.values(*fields))
        return made


@transaction.atomic
def create(*, code: str, name: str, kinds: Sequence[str], by: Actor) -> Checklist:
    """A new checklist, as an empty draft. Raises RuleViolation: inspection.not_allowed, checklist.code_taken."""
    check_can_supervise(by)
    taken = format_lazy(_("There is a checklist {code} already."), code=code)
    with made_by(by, "assessments.create_checklist"), only_one("checklist.code_taken", taken):
        return Checklist.objects.create(code=code, number=1, name=name, kinds=list(kinds))


@transaction.atomic
def write(*, checklist: Checklist, name: str, kinds: Sequence[str], items: Sequence[Item], by: Actor) -> Checklist:
    """What a draft says, in this order. Items keep their codes; new ones get the next.

    Raises RuleViolation: inspection.not_allowed, checklist.no_draft.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.write_checklist"):
        found = _locked_draft(checklist)
        found.name, found.kinds = name, list(kinds)
        found.save(update_fields=["name", "kinds"])
        codes = _codes(found, items)
        found.items.all().delete()
        ChecklistItem.objects.bulk_create(
            ChecklistItem(
                checklist=found,
                code=code,
                place=place,
                section=item.section,
                text=item.text,
                hint=item.hint,
                points=item.points,
            )
            for place, (code, item) in enumerate(zip(codes, items, strict=True), start=1)
        )
        return found


@transaction.atomic
def publish(*, checklist: Checklist, by: Actor) -> Checklist:
    """Inspect with this version from now on; inspections that are planned or begun keep theirs.

    Raises RuleViolation: inspection.not_allowed, checklist.no_draft, .empty.
    """
    check_can_supervise(by)
    with made_by(by, "assessments.publish_checklist"):
        found = _locked_draft(checklist)
        if not found.items.exists() or not found.kinds:
            raise RuleViolation("checklist.empty", _("A checklist names kinds of institutions and holds items."))
        found.published_at, found.published_by = timezone.now(), str(by)
        versions.put_in_use(found, Checklist.objects.filter(code=found.code), "published_at", "published_by")
        return found


@transaction.atomic
def load_shipped(*, by: Actor = SYSTEM) -> int:
    """Publish the checklists that come with the product, of those codes that the district doesn't have; how many."""
    present = set(Checklist.objects.values_list("code", flat=True))
    missing = [row for row in shipped() if row["code"] not in present]
    for row in missing:
        made = create(code=row["code"], name=row["name"], kinds=row["kinds"], by=by)
        items = [Item(**{**item, "points": Decimal(item["points"])}) for item in row["item"]]
        write(checklist=made, name=made.name, kinds=made.kinds, items=items, by=by)
        publish(checklist=made, by=by)
    return len(missing)


def _locked_draft(checklist: Checklist) -> Checklist:
    return versions.still_draft(Checklist.objects.select_for_update().filter(pk=checklist.pk), "checklist")


def _codes(checklist: Checklist, items: Sequence[Item]) -> list[str]:
    """The items' codes: their own, or for new ones a number that no version has used."""
    used = set(ChecklistItem.objects.filter(checklist__code=checklist.code).values_list("code", flat=True))
    used |= {item.code for item in items if item.code}
    codes: list[str] = []
    number = 0
    for item in items:
        code = item.code
        while not code or code in codes:
            number += 1
            code = f"n{number}" if f"n{number}" not in used else ""
        codes.append(code)
    return codes
