"""Who is to be paid how much in a round: members, institutions, hospitals; adds up to the round's payable money."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Line, PassedOn, Round, Share

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Payment:
    """A payee and an amount in yuan, below zero: to be paid back. `kind`: staff, institution, unshared, hospital; of a
    unit `carried`, whose debt (`carried_on`, below zero) the next period deducts, and `repaid`, of which some of what
    its payees have to pay back (`owed`) came in. `prepaid` is what the payee had."""

    kind: str
    institution_code: str
    institution: str
    team_code: str
    team: str
    staff_no: str
    name: str
    prepaid: Decimal
    amount: Decimal
    carried_on: Decimal = NOTHING
    owed: Decimal = NOTHING
    repaid: Decimal = NOTHING


def payments_of(row: Round) -> Iterator[Payment]:
    """By line: its members, what is not shared out among them, its institution, the hospitals of its referrals, what
    it still owes, and what of that came in."""
    shares: dict[int, list[Share]] = {}
    for share in Share.objects.filter(line__round=row).select_related("staff").order_by("staff__staff_no"):
        shares.setdefault(share.line_id, []).append(share)
    hospitals: dict[int, list[PassedOn]] = {}
    for part in PassedOn.objects.filter(line__round=row).select_related("hospital").order_by("hospital__code"):
        hospitals.setdefault(part.line_id, []).append(part)
    before = _prepaid(row)
    lines = Line.objects.filter(round=row).with_debts().select_related("institution", "team")
    for line in lines.order_by("code"):
        paid = before.get((line.institution_id, line.team_id))
        yield from _of_line(line, paid, shares.get(line.pk, []), hospitals.get(line.pk, []))


def _prepaid(row: Round) -> dict[tuple[int, int | None], Line]:
    """The lines of the run's prepayment, which a settlement deducts."""
    if row.stage == Round.Stage.PREPAYMENT:
        return {}
    lines = Line.objects.filter(round__run=row.run_id, round__stage=Round.Stage.PREPAYMENT)
    return {(line.institution_id, line.team_id): line for line in lines}


def _of_line(line: Line, paid: Line | None, shares: list[Share], hospitals: list[PassedOn]) -> Iterator[Payment]:
    place = (line.institution.code, line.institution.name)
    team = (line.team.code, line.team.name) if line.team else ("", "")
    unit = team[1] or place[1]
    parts = [
        *(
            Payment("staff", *place, *team, share.staff.staff_no, share.staff.name, share.prepaid, share.amount)
            for share in shares
        ),
        Payment("unshared", *place, *team, "", unit, paid.unshared if paid else NOTHING, line.unshared),
        Payment("institution", *place, *team, "", place[1], paid.unit_amount if paid else NOTHING, line.unit_amount),
        *(
            Payment(
                "hospital", part.hospital.code, part.hospital.name, *team, "", part.hospital.name, NOTHING, part.amount
            )
            for part in hospitals
        ),
        Payment("carried", *place, *team, "", unit, NOTHING, NOTHING, line.carried_on),
        Payment("repaid", *place, *team, "", unit, NOTHING, NOTHING, owed=line.owed, repaid=line.repaid),
    ]
    yield from (part for part in parts if part.amount or part.carried_on or part.repaid)
