-- Accounts whose waivers and what was taken off them no longer fit what is owed to the end of the coverage: how much is
-- to be taken off (fen), and on which day. %(coverages)s narrows it (null: all).
with entered as materialized (
    select coverage_id, payer,
           coalesce(sum(amount * 100) filter (where kind = 'waiver'), 0)::bigint as waived,
           max("on") filter (where kind = 'waiver') as waived_on,
           coalesce(sum(amount * 100) filter (where kind = 'waiver_cut'), 0)::bigint as cut,
           max("on") filter (where kind = 'waiver_cut') as cut_on
    from contracts_feeentry
    where kind in ('waiver', 'waiver_cut') and cancelled_at is null
      and (%(coverages)s::bigint[] is null or coverage_id = any(%(coverages)s))
    group by coverage_id, payer
), due as (
    select coverage_id, payer, sum(fen)::bigint as agreed, max("on") filter (where is_released) as released_on
    from contracts_due_of(array(select coverage_id from entered))
    group by coverage_id, payer
), fit as (
    select e.*, greatest(e.waived - coalesce(d.agreed, 0), 0) as wanted,
           greatest(e.waived_on, d.released_on) as wanted_on
    from entered e
    left join due d using (coverage_id, payer)
)
select coverage_id, payer, wanted, wanted_on
from fit
where wanted <> cut or (cut > 0 and cut_on <> wanted_on)
order by coverage_id, payer
