"""Screening the district for signs of false signing: asked for by a person or the clock, done by the worker, one
screening at a time."""

import logging
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from assessments.actions.phone_runs import write_runs
from assessments.leads import COLUMNS, all_signals
from assessments.models import Screening
from contracts.models import Charge, Coverage, Service
from service_packages.models import Item, Payer
from teams import looks
from teams.dates import add_months, last_born_with_age
from teams.models import User
from teams.models.accounts import SYSTEM, SystemAccount
from teams.policy import policy_on

log = logging.getLogger(__name__)

LOCK = 0x6C656164  # "lead" as a number
KEPT = timedelta(days=30)
ADULT = 18
MERGE = (Path(__file__).parent.parent / "sql" / "merge_leads.sql").read_text(encoding="utf-8")
FOUND = """
    create temp table found (
        kind text, weight smallint, subject bigint, institution_id bigint, team_id bigint, staff_id bigint,
        resident_id bigint, evidence jsonb, people integer, mark text, fingerprint text
    ) on commit drop
"""
# How a service was given that brought staff and resident together; files bring the words typed.
IN_PERSON = (Item.Mode.CLINIC, Item.Mode.HOME, "门诊", "上门")


def request(*, by: User | SystemAccount = SYSTEM) -> Screening:
    """A screening that waits for the worker; joins one that waits already."""
    return looks.ask(Screening, by)


def screen(*, screening_id: int) -> bool:
    """Look through the district now. False when somebody else is at it: then the screening waits its turn."""
    return looks.take(Screening, screening_id, lock=LOCK, find=_look)


def waiting() -> list[int]:
    """Screenings that wait (the queue was away) or whose worker was killed."""
    return looks.waiting(Screening)


def forget_screenings() -> int:
    """Drop what nobody needs to know any more; how many."""
    return looks.forget(Screening, KEPT)


def parameters(day: date) -> dict[str, Any]:
    """What a signal's query may name: the policy of the day, the day, and days and birth dates that follow from it."""
    policy = policy_on(day)
    return {
        **policy,
        "day": day,
        "year_ago": add_months(day, -12),
        # Of the quarter in which the year of services begins only the end is known.
        "first_quarter_ends": _quarter_end(add_months(day, -12)),
        "adult_born_by": last_born_with_age(ADULT, day),
        "unserved_by": day - timedelta(days=policy["lead_unserved_days"]),
        "receipt_by": day - timedelta(days=policy["lead_receipt_days"]),
        "time_zone": settings.TIME_ZONE,
    }


def _quarter_end(day: date) -> date:
    """The last day of the day's quarter."""
    return add_months(day.replace(day=1), 3 - (day.month - 1) % 3) - timedelta(days=1)


def _look(day: date) -> int:
    """Find every lead as of the day and write the difference to what was found before; how many were found."""
    values = parameters(day)
    with connection.cursor() as cursor:
        cursor.execute("set local work_mem = '128MB'")
        cursor.execute("set local jit = off")
    make_facts(day)
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        for signal in all_signals().values():
            started = time.monotonic()
            cursor.execute(
                f"insert into found (kind, weight, {columns})"
                f" select distinct on (subject) %(kind)s, %(weight)s, {columns} from ({signal.sql}) as rows"
                " order by subject, team_id",
                {**values, "kind": signal.code, "weight": signal.weight},
            )
            log.debug("%s: %d in %.2f s", signal.code, cursor.rowcount, time.monotonic() - started)
        cursor.execute("update found set fingerprint = md5(mark)")
        cursor.execute("analyze found")
        cursor.execute(MERGE, values)
        cursor.execute("select count(*) from found")
        (number,) = cursor.fetchone()
        cursor.execute("drop table signed, given, runs, found")
        return int(number)


def make_facts(day: date) -> None:
    """The temporary tables that signals read (`assessments.leads`)."""
    _make_table("signed", _signed(day), index="resident_id")
    _make_table("given", _given(day))
    write_runs(policy_on(day)["lead_phone_run"])


def _signed(day: date) -> QuerySet[Any, Any]:
    charges = Charge.objects.filter(held__coverage=OuterRef("pk"), payer=Payer.RESIDENT, amount__gt=0)
    person = ("name", "sex", "birth_date", "household_id", "village_id", "phone_hash", "phone_problem")
    return Coverage.objects.in_force_on(day).values(
        "resident_id",
        "contract_id",
        "start_on",
        "team_id",
        coverage_id=F("pk"),
        institution_id=F("contract__team__institution_id"),
        signed_on=F("contract__signed_on"),
        pays=Exists(charges),
        **{name: F(f"resident__{name}") for name in person},
    )


def _given(day: date) -> QuerySet[Any, Any]:
    return Service.objects.filter(performed_on__gt=add_months(day, -12), performed_on__lte=day).values(
        *("id", "resident_id", "staff_id", "performed_on", "systolic", "diastolic", "entered_at"),
        glucose=F("fasting_glucose"),
        is_in_person=ExpressionWrapper(Q(place__in=IN_PERSON), BooleanField()),
    )


def _make_table(name: str, rows: QuerySet[Any, Any], *, index: str = "") -> None:
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table {name} on commit drop as {sql}", values)
        if index:
            cursor.execute(f"create index on {name} ({index})")
        cursor.execute(f"analyze {name}")
