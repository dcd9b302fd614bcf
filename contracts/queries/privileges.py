"""What a contract gives at a hospital's till on a day (domain: priority, fees, tests, prescriptions)."""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.models import Coverage, Referral
from contracts.queries.accounts import is_out_of_force_unpaid
from residents.identity import IdNumber
from residents.queries.identities import resident_with
from teams.dates import ONE_DAY
from teams.models import Team, User
from teams.policy import policy_on

# A referral counts for tests as long.
REFERRED_FOR = timedelta(days=90)
_UNDER_WAY = (Referral.Status.ACCEPTED, Referral.Status.SEEN, Referral.Status.RETURNED)


@dataclass(frozen=True)
class Privileges:
    """Whether a contract is in force, with whom and until when (the last day), and what it gives.

    `test_points` are percentage points off tests; 0 without a referral to this hospital.
    """

    resident_id: int | None = None
    in_force: bool = False
    team: Team | None = None
    until: date | None = None
    is_referred: bool = False
    registration_fee_waived: bool = False
    test_points: int = 0
    prescription_weeks: int = 0


def privileges(number: IdNumber, day: date, *, user: User) -> Privileges:
    """What somebody with this ID number may claim on a day, at the hospital that asks; nobody known may claim nothing.

    Whoever stands at the till with their card is looked up in the whole district: that is what the query is for.
    """
    resident = resident_with(number)
    covering = Coverage.objects.in_force_on(day).filter(resident=resident) if resident else Coverage.objects.none()
    policy = policy_on(day)
    coverage = covering.select_related("contract__team__institution").first()
    if resident is None or coverage is None or is_out_of_force_unpaid(coverage, day, policy):
        return Privileges(resident_id=resident.pk if resident else None)
    is_referred = _is_referred(resident.pk, day, user)
    return Privileges(
        resident_id=resident.pk,
        in_force=True,
        team=coverage.contract.team,
        until=min(coverage.last_on, resident.moved_out_on - ONE_DAY) if resident.moved_out_on else coverage.last_on,
        is_referred=is_referred,
        registration_fee_waived=bool(policy["privilege_registration_fee_waived"]),
        test_points=policy["privilege_test_points"] if is_referred else 0,
        prescription_weeks=policy["privilege_prescription_weeks"],
    )


def _is_referred(resident_id: int, day: date, user: User) -> bool:
    """Whether a team has sent the resident up to a hospital of the account, which took them."""
    rows = Referral.objects.visible_to(user).filter(
        resident=resident_id,
        direction=Referral.Direction.UP,
        status__in=_UNDER_WAY,
        made_on__range=(day - REFERRED_FOR, day),
    )
    return rows.exists()
