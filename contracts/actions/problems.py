"""Looking through the district for data problems and for people to be signed: asked for by a person or the clock, done
by the worker, one look at a time."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from contracts.actions.candidates import write_candidates
from contracts.models import Coverage, ProblemCheck
from contracts.problems import COLUMNS, all_rules
from residents.models import Resident
from teams import looks
from teams.dates import last_born_with_age
from teams.models import User
from teams.models.accounts import SYSTEM, SystemAccount
from teams.policy import policy_on

LOCK = 0x70726F626C656D  # "problem" as a number
KEPT = timedelta(days=7)
ADULT = 18

_MERGE = (
    """
    delete from contracts_problem p
    where not exists (select from found f where f.rule = p.rule and f.subject = p.subject)
    """,
    """
    insert into contracts_problem
        (rule, subject, institution_id, village_id, team_id, resident_id, contract_id, detail, found_on)
    select rule, subject, institution_id, village_id, team_id, resident_id, contract_id, detail, %(day)s from found
    on conflict (rule, subject) do update
    set institution_id = excluded.institution_id, village_id = excluded.village_id, team_id = excluded.team_id,
        resident_id = excluded.resident_id, contract_id = excluded.contract_id, detail = excluded.detail
    where (contracts_problem.institution_id, contracts_problem.village_id, contracts_problem.team_id,
           contracts_problem.resident_id, contracts_problem.contract_id, contracts_problem.detail)
          is distinct from (excluded.institution_id, excluded.village_id, excluded.team_id,
           excluded.resident_id, excluded.contract_id, excluded.detail)
    """,
)


def request(*, by: User | SystemAccount = SYSTEM) -> ProblemCheck:
    """A check that waits for the worker; joins one that waits already."""
    return looks.ask(ProblemCheck, by)


def check(*, check_id: int) -> bool:
    """Look for every problem of the district now. False when somebody else is at it: then the check waits its turn."""
    return looks.take(ProblemCheck, check_id, lock=LOCK, find=_look)


def forget_checks() -> int:
    """Drop what nobody needs to know any more; how many."""
    return looks.forget(ProblemCheck, KEPT)


def _look(day: date) -> int:
    """Find every problem as of the day and write the difference to what was found before; how many there are."""
    values = parameters(day)
    with connection.cursor() as cursor:
        # Room to hash a district, and no loops over its rows, which the planner thinks are few.
        cursor.execute("set local work_mem = '128MB'")
        cursor.execute("set local enable_nestloop = off")
        cursor.execute("set local jit = off")
    for name, rows in _facts(day).items():
        _make_table(name, rows)
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            "create temp table found as"
            " select rule, subject, institution_id, village_id, team_id, resident_id, contract_id, detail"
            " from contracts_problem with no data"
        )
        for rule in all_rules().values():
            cursor.execute(
                f"insert into found (rule, {columns})"
                f" select distinct on (subject) %(rule)s, {columns} from ({rule.sql}) as rows order by subject",
                {**values, "rule": rule.code},
            )
        cursor.execute("analyze found")
        for statement in _MERGE:
            cursor.execute(statement, values)
        write_candidates(values)
        cursor.execute("select count(*) from found")
        (number,) = cursor.fetchone()
        cursor.execute("drop table people, covered, found")
        return int(number)


def parameters(day: date) -> dict[str, Any]:
    """What a rule's query may name: the day, the policy of the day, and the latest birth dates of some ages."""
    policy = policy_on(day)
    return {
        **policy,
        "day": day,
        "adult_born_by": last_born_with_age(ADULT, day),
        "grown_born_by": last_born_with_age(policy["child_age"] + 1, day),
        "elderly_born_by": last_born_with_age(policy["elderly_age"], day),
        "new_since": day - timedelta(days=policy["to_sign_new_days"]),
    }


def _facts(day: date) -> dict[str, QuerySet[Any]]:
    people = Resident.objects.in_population_on(day).values(
        *("id", "institution_id", "village_id", "household_id", "is_head", "name", "sex", "birth_date"),
        *("registered_on", "phone_hash", "phone_problem"),
    )
    covered = Coverage.objects.in_force_on(day).values(
        "id", "resident_id", "contract_id", "start_on", "end_on", "team_id"
    )
    return {"people": people, "covered": covered}


def _make_table(name: str, rows: QuerySet[Any]) -> None:
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table {name} as {sql}", values)
        cursor.execute(f"create index on {name} ({'id' if name == 'people' else 'resident_id'})")
        cursor.execute(f"analyze {name}")
