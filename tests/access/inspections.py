"""Inspections and rectification: the bureau runs them, an institution sees its own once they are over."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from assessments.actions import checklists
from assessments.models import Checklist, Finding, FindingProof, Inspection, InspectionRound, InspectionTeam
from teams import cipher
from teams.models import User
from tests.accounts import Place

TABLE = """
# name                           object   an  cl  fo  do  of  ad  au     an  cl  fo  do  of  ad  au
assessments:patrol_list          -        in  200 200 403 200 200 403    in  403 403 403 200 403 403
assessments:inspector_list       -        in  403 403 403 200 403 403    in  403 403 403 200 403 403
assessments:patrol_detail        own      in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:patrol_spread        own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:patrol_plan          own      in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:patrol_close         own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:inspection_detail    own      in  200 404 403 200 200 403    in  405 405 405 405 405 405
assessments:inspection_detail    other    in  404 200 403 200 200 403    in  405 405 405 405 405 405
assessments:inspection_answer    own      in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:inspection_finish    own      in  405 405 405 405 405 405    in  403 403 403 200 403 403
assessments:inspection_drop      own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:finding_list         -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:finding_file         -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:finding_assign       -        in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:finding_detail       own      in  200 404 403 200 200 403    in  405 405 405 405 405 405
assessments:finding_detail       other    in  404 200 403 200 200 403    in  405 405 405 405 405 405
assessments:finding_move         own      in  405 405 405 405 405 405    in  200 404 403 200 200 403
assessments:finding_move         other    in  405 405 405 405 405 405    in  404 200 403 200 200 403
assessments:finding_proof        own      in  200 404 403 200 200 403    in  405 405 405 405 405 405
assessments:finding_proof        other    in  404 200 403 200 200 403    in  405 405 405 405 405 405
assessments:checklist_list       -        in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:checklist_create     -        in  403 403 403 200 403 403    in  403 403 403 200 403 403
assessments:checklist_detail     own      in  200 200 403 200 200 403    in  405 405 405 405 405 405
assessments:checklist_draft      own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
assessments:checklist_edit       own      in  403 403 403 302 403 403    in  403 403 403 302 403 403
assessments:checklist_publish    own      in  405 405 405 405 405 405    in  403 403 403 302 403 403
"""

DAY = date(2018, 10, 15)


def _finding(place: Place | None) -> Finding:
    found = Finding.objects.filter(institution=place.centre.pk).first() if place else None
    return found or Finding(pk=10**9, inspection_id=10**9)


def _of_finding(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": _finding(place).pk}, {}


def _of_inspection(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": _finding(place).inspection_id}, {}


def _of_round(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": InspectionRound.objects.values_list("pk", flat=True).first() if place else 10**9}, {}


def _of_checklist(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": Checklist.objects.values_list("pk", flat=True).first() if place else 10**9}, {}


def _of_item(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    return {"pk": _finding(place).inspection_id, "item": _finding(place).item_id or 0}, {}


def _of_proof(place: Place | None) -> tuple[dict[str, object], dict[str, object]]:
    proof = FindingProof.objects.filter(finding=_finding(place).pk).first()
    return {"pk": proof.pk if proof else 10**9}, {}


ADDRESSES = {
    **{f"assessments:patrol_{step}": _of_round for step in ("detail", "spread", "plan", "close")},
    **{f"assessments:inspection_{step}": _of_inspection for step in ("detail", "finish", "drop")},
    "assessments:inspection_answer": _of_item,
    "assessments:finding_detail": _of_finding,
    "assessments:finding_move": lambda place: ({"pk": _finding(place).pk, "to": "done"}, {}),
    "assessments:finding_proof": _of_proof,
    **{f"assessments:checklist_{step}": _of_checklist for step in ("detail", "draft", "edit", "publish")},
}


def furnish(place: Place, users: Mapping[str, User]) -> None:
    """An inspection that is over, with a finding handed down and its picture."""
    official = users["official"]
    checklist = Checklist.objects.filter(code="centre").first() or make_checklist(official)
    made, _new = InspectionRound.objects.get_or_create(first_on=DAY.replace(day=1), defaults={"made_by": official})
    team, _new = InspectionTeam.objects.get_or_create(number=1, defaults={"name": "第一巡查组"})
    inspection = Inspection.objects.create(
        round=made, institution=place.centre, team=team, checklist=checklist, planned_on=DAY, done_on=DAY
    )
    finding = Finding.objects.create(
        inspection=inspection,
        institution=place.centre,
        item=checklist.items.get(),
        text="未公示联系电话",
        deduction=Decimal("1.00"),
        state=Finding.State.ASSIGNED,
        found_on=DAY,
        due_on=DAY,
    )
    FindingProof.objects.create(
        finding=finding,
        content=cipher.encrypt_bytes(b"\x89PNG\r\n\x1a\n", field=FindingProof.FIELD),
        media_type="image/png",
        size=8,
        sha256="0" * 64,
        made_by=official,
    )


def make_checklist(official: User) -> Checklist:
    """One in use, for centres."""
    kinds = ["township_center"]
    draft = checklists.create(code="centre", name="督查表", kinds=kinds, by=official)
    items = [checklists.Item("组织管理", "公示团队")]
    checklists.write(checklist=draft, name=draft.name, kinds=kinds, items=items, by=official)
    return checklists.publish(checklist=draft, by=official)
