"""How a referral moves: from which state to which, and who takes the step. Pure data."""

from enum import StrEnum
from typing import NamedTuple

from contracts.models import Referral

Status = Referral.Status


class Side(StrEnum):
    """Whose step it is."""

    TEAM = "team"
    HOSPITAL = "hospital"


class Step(NamedTuple):
    """A step's end state and who takes it."""

    to: Status
    side: Side


TRANSITIONS: dict[tuple[str, str], tuple[Step, ...]] = {
    ("up", Status.REQUESTED): (
        Step(Status.ACCEPTED, Side.HOSPITAL),
        Step(Status.DECLINED, Side.HOSPITAL),
        Step(Status.WITHDRAWN, Side.TEAM),
    ),
    ("up", Status.ACCEPTED): (Step(Status.SEEN, Side.HOSPITAL), Step(Status.WITHDRAWN, Side.TEAM)),
    ("up", Status.SEEN): (Step(Status.RETURNED, Side.HOSPITAL),),
    ("up", Status.RETURNED): (Step(Status.CLOSED, Side.TEAM),),
    ("down", Status.OFFERED): (
        Step(Status.ACCEPTED, Side.TEAM),
        Step(Status.DECLINED, Side.TEAM),
        Step(Status.WITHDRAWN, Side.HOSPITAL),
    ),
    ("down", Status.ACCEPTED): (Step(Status.CLOSED, Side.TEAM),),
}


def steps_from(referral: Referral) -> tuple[Step, ...]:
    """The steps that are possible now, whoever takes them."""
    return TRANSITIONS.get((referral.direction, referral.status), ())
