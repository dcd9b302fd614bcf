"""Who is to be paid how much in a round: members, institutions, hospitals; adds up to the round's payable money."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Line, PassedOn, Round, Share


@dataclass(frozen=True)
class Payment:
    """A payee and an amount in yuan, below zero: to be paid back. `kind`: staff, institution, unshared, hospital."""

    kind: str
    institution_code: str
    institution: str
    team_code: str
    team: str
    staff_no: str
    name: str
    amount: Decimal


def payments_of(row: Round) -> Iterator[Payment]:
    """By line: its members, what is not shared out among them, its institution, the hospitals of its referrals."""
    shares: dict[int, list[Share]] = {}
    for share in Share.objects.filter(line__round=row).select_related("staff").order_by("staff__staff_no"):
        shares.setdefault(share.line_id, []).append(share)
    hospitals: dict[int, list[PassedOn]] = {}
    for part in PassedOn.objects.filter(line__round=row).select_related("hospital").order_by("hospital__code"):
        hospitals.setdefault(part.line_id, []).append(part)
    for line in Line.objects.filter(round=row).select_related("institution", "team").order_by("code"):
        place = (line.institution.code, line.institution.name)
        team = (line.team.code, line.team.name) if line.team else ("", "")
        parts = [
            *(
                ("staff", *place, *team, share.staff.staff_no, share.staff.name, share.amount)
                for share in shares.get(line.pk, ())
            ),
            ("unshared", *place, *team, "", team[1] or place[1], line.unshared),
            ("institution", *place, *team, "", place[1], line.unit_amount),
            *(
                ("hospital", part.hospital.code, part.hospital.name, *team, "", part.hospital.name, part.amount)
                for part in hospitals.get(line.pk, ())
            ),
        ]
        yield from (Payment(*part) for part in parts if part[-1])
