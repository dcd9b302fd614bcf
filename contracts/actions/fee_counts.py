"""Counting the fees of the whole district, for the statement and the fee desk; done by the worker."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from contracts.accounts import PAYING
from contracts.actions.ending import lock_contracts
from contracts.actions.waivers import contracts_with_misfits, fit_waivers
from contracts.models import Coverage, FeeAccount, FeeCell, FeeCount, FeeEntry
from contracts.queries.fee_desk import FEE_ACCOUNTS, FEE_VERSIONS
from contracts.queries.statements import DUES, ENTRIES
from teams.clock import today
from teams.history import made_by
from teams.models.accounts import SystemAccount

LOCK = 0x666565  # "fee" as a number
# Whatever was entered before this has been committed: no request takes so long.
MARGIN = timedelta(minutes=10)
_CELLS = f"""
insert into contracts_feecell (team_id, payer, month, due, received, waived, refunded, carried)
select k.team_id, m.payer, date_trunc('month', m."on"::timestamp)::date,
       sum(m.due), sum(m.received), sum(m.waived), sum(m.refunded), sum(m.carried)
from (
    {DUES} union all
    {ENTRIES.format(entered="d.entered_at < %(cutoff)s and (d.cancelled_at is null or d.cancelled_at >= %(cutoff)s)")}
) m
join contracts_coverage c on c.id = m.coverage_id
join contracts_contract k on k.id = c.contract_id
group by 1, 2, 3
"""
# The accounts, what was entered by then and the cutoff are of one moment: one statement tells them all.
_VERSIONS = FEE_VERSIONS.format(cutoff="(select cutoff from contracts_feecount)")
_COUNTED = f"""
    select a.contract_id, a.payer, a.team_id, sum(a.open) as open, min(a.since) as since, sum(a.back) as back,
           coalesce(max(v.version), 0) as version
    from ({FEE_ACCOUNTS}) a
    left join ({_VERSIONS}) v on v.contract_id = a.contract_id and v.payer = a.payer
    group by a.contract_id, a.payer, a.team_id
"""
_ACCOUNTS = f"""
insert into contracts_feeaccount (contract_id, payer, team_id, open, since, back, version)
{_COUNTED}
"""
_AGAIN = f"""
update contracts_feeaccount f
set open = a.open, since = a.since, back = a.back, version = a.version
from ({_COUNTED}) a,
     (
         -- Whoever counts them all meanwhile is not waited for.
         select id from contracts_feeaccount where contract_id = any(%(contracts)s) for update skip locked
     ) free
where f.id = free.id and f.contract_id = a.contract_id and f.payer = a.payer
"""


@transaction.atomic
def fit_all_waivers(*, by: SystemAccount) -> None:
    """Let waivers follow ends that came by a file, and dates of death that were mended elsewhere."""
    if keys := contracts_with_misfits():
        with made_by(by, "contracts.fit_waivers"):
            lock_contracts(keys)
            coverages = Coverage.objects.filter(contract__in=keys).values_list("pk", flat=True)
            fit_waivers(coverages=list(coverages), by=by)


def count_fees() -> int:
    """Write today's sums and accounts in place of those before; how many accounts. 0 when somebody else counts."""
    now = timezone.now()
    parameters = {
        "coverages": None,
        "payers": list(PAYING),
        "day": today(),
        "last": today(),
        "cutoff": now - MARGIN,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("set local work_mem = '128MB'")
        for model in (FeeCount, FeeCell, FeeAccount):
            model._default_manager.all().delete()
        FeeCount.objects.create(day=today(), counted_at=now, cutoff=now - MARGIN)
        cursor.execute(_CELLS, parameters)
        cursor.execute(_ACCOUNTS, parameters)
        return FeeAccount.objects.count()


@transaction.atomic
def count_again(*, entry_id: int) -> None:
    """Count anew the accounts of the contracts that the entry's number is for, where they were counted before.

    Of two counts at once, or of one and an entry meanwhile, an account may be left of an earlier moment: pages see
    that by its version. Without effect while the whole is counted.
    """
    number = FeeEntry.objects.get(pk=entry_id).number
    paid = FeeEntry.objects.filter(number=number).values("coverage__contract")
    coverages = Coverage.objects.filter(contract__in=paid)
    found = dict(coverages.values_list("pk", "contract"))
    parameters: dict[str, Any] = {"coverages": list(found), "contracts": list({*found.values()})}
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, {**parameters, "payers": list(PAYING), "day": today()})
