"""Counting the fees of the whole district, for the statement and the fee desk; done by the worker."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from contracts.accounts import PAYING
from contracts.actions.ending import lock_contracts
from contracts.actions.waivers import contracts_with_misfits, fit_waivers
from contracts.models import Coverage, FeeAccount, FeeCell, FeeCount
from contracts.queries.fee_desk import FEE_ACCOUNTS
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
_ACCOUNTS = f"""
insert into contracts_feeaccount (coverage_id, payer, contract_id, team_id, open, since, back)
{FEE_ACCOUNTS}
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
        cursor.execute(_CELLS, parameters)
        cursor.execute(_ACCOUNTS, parameters)
        FeeCount.objects.create(day=today(), counted_at=now, cutoff=now - MARGIN)
        return FeeAccount.objects.count()
