"""Drawing a sample, and drawing it again to compare."""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.db import connection, transaction

from assessments.models import Lead, Sample, Sampled
from assessments.rules.samples import check_can_draw
from assessments.sampling import Design, Unit, draw, pack, packed_hash, unpack
from contracts.models import Charge, Coverage
from residents.categories import categories
from residents.models import Register
from service_packages.models import Payer
from teams.clock import today
from teams.dates import last_born_with_age
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.policy import policy_on

NEW_DAYS = 90
BUSY_TIMES = 2  # a team that signed so many times the median of the year
GENERAL = "general"
# A person counts in one stratum: the first of these that holds; added registers come before the common ones.
RARE_FIRST = ("maternal", "tuberculosis", "mental_disorder", "special_family", "child")
COMMON_LAST = ("low_income", "disabled", "diabetes", "hypertension", "elderly")


@transaction.atomic
def draw_sample(
    *,
    name: str,
    kind: str,
    method: str,
    size: int,
    margin: Decimal,
    confidence: int,
    extra_percent: int,
    second_percent: int,
    by: User | SystemAccount,
    seed: str = "",
) -> Sample:
    """Draw from everybody covered today; the seed is drawn as well unless given. Raises as `check_can_draw`."""
    check_can_draw(confidence, by)
    frame = frame_of(today())
    packed = pack(frame)
    with made_by(by, "assessments.draw_sample"):
        sample = Sample.objects.create(
            name=name.strip(),
            kind=kind,
            as_of=today(),
            seed=seed or secrets.token_hex(16),
            method=method,
            size=size,
            margin=margin,
            confidence=confidence,
            extra_percent=extra_percent,
            second_percent=second_percent,
            frame=packed,
            frame_size=len(frame),
            frame_sha256=packed_hash(packed),
            drawn_by_id=by.pk,
        )
        Sampled.objects.bulk_create(_rows(sample, frame), batch_size=1000)
    return sample


@dataclass(frozen=True)
class Verdict:
    """Whether the frame is the one of the draw, and the sample the one that follows from it."""

    frame_is_whole: bool
    drawn: int
    kept: int
    differing: int

    @property
    def is_same(self) -> bool:
        """Whether everything agrees."""
        return self.frame_is_whole and not self.differing


def verify(sample: Sample) -> Verdict:
    """Draw again from the frame that was kept, and compare person by person."""
    packed = bytes(sample.frame)
    again = {_compared(row) for row in _rows(sample, unpack(packed))}
    kept = {_compared(row) for row in sample.people.all()}
    return Verdict(packed_hash(packed) == sample.frame_sha256, len(again), len(kept), len(again ^ kept))


def design_of(sample: Sample) -> Design:
    """The design as the draw takes it."""
    by_margin = sample.method == Sample.Method.MARGIN
    return Design(
        seed=sample.seed,
        size=sample.size,
        margin=Decimal(sample.margin) if by_margin else None,
        confidence=sample.confidence,
        extra_percent=sample.extra_percent,
        second_percent=sample.second_percent,
    )


def frame_of(day: date) -> list[Unit]:
    """Everybody covered on the day, in order of resident id, with stratum and reasons."""
    covered = Coverage.objects.in_force_on(day).order_by("resident_id")
    rows = list(
        covered.values_list(
            "pk",
            "resident_id",
            "contract__team__institution_id",
            "contract__team_id",
            "start_on",
            "resident__birth_date",
        )
    )
    registers, leads = _registers(day), _leads()
    paying = set(
        Charge.objects.filter(
            payer=Payer.RESIDENT, amount__gt=0, held__coverage__in=covered.order_by().values("pk")
        ).values_list("held__coverage", flat=True)
    )
    busy, new_from, policy = _busy(rows, day), day - timedelta(days=NEW_DAYS), policy_on(day)
    old_by, child_from = (
        last_born_with_age(policy["elderly_age"], day),
        last_born_with_age(policy["child_age"] + 1, day),
    )
    order = _order()
    found = []
    for coverage, resident, institution, team, start_on, born in rows:
        of = registers.get(resident, set()) | (
            {"elderly"} if born <= old_by else {"child"} if born > child_from else set()
        )
        flags = {
            Sampled.Reason.LEAD: resident in leads,
            Sampled.Reason.NEW: start_on > new_from,
            Sampled.Reason.PAID: coverage in paying,
            Sampled.Reason.BUSY: team in busy,
        }
        category = next((code for code in order if code in of), GENERAL)
        reasons = tuple(reason.value for reason, holds in flags.items() if holds)
        found.append(Unit(resident, institution, team, category, reasons))
    return found


def _order() -> list[str]:
    known = [category.code for category in categories() if category.is_register]
    added = [code for code in known if code not in (*RARE_FIRST, *COMMON_LAST)]
    return [*RARE_FIRST, *added, *COMMON_LAST]


def _registers(day: date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for resident, category in Register.objects.on(day).values_list("resident_id", "category").iterator():
        found.setdefault(resident, set()).add(category)
    return found


def _leads() -> set[int]:
    """Residents who are evidence of a lead that is not cleared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct person::bigint from assessments_lead l"
            " cross join lateral jsonb_array_elements_text(l.evidence -> 'residents') as person"
            " where l.state = any(%s) and l.evidence ? 'residents'",
            [[*Lead.PENDING, Lead.State.CONFIRMED]],
        )
        return {person for (person,) in cursor.fetchall()}


def _busy(rows: list[tuple[int, int, int, int, date, date]], day: date) -> set[int]:
    """Teams whose coverages that began within the year are more than BUSY_TIMES the median."""
    year_ago = day - timedelta(days=365)
    signed = Counter(team for _coverage, _resident, _institution, team, start_on, _born in rows if start_on > year_ago)
    usual = median(signed.values()) if signed else 0
    return {team for team, people in signed.items() if people > BUSY_TIMES * usual}


def _rows(sample: Sample, frame: list[Unit]) -> list[Sampled]:
    return [
        Sampled(
            sample=sample,
            resident_id=drawn.unit.resident,
            place=place,
            institution_id=drawn.unit.institution,
            team_id=drawn.unit.team,
            category=drawn.unit.category,
            reasons=list(drawn.unit.reasons),
            is_extra=drawn.is_extra,
            is_second=drawn.is_second,
        )
        for place, drawn in enumerate(draw(frame, design_of(sample)), start=1)
    ]


def _compared(row: Sampled) -> tuple[object, ...]:
    return (row.resident_id, row.place, row.institution_id, row.category, row.is_extra, row.is_second)
