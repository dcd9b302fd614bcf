-- The accounts of some coverages on a day, a row for each payer. %(coverages)s are ids (null: all), %(day)s is the day,
-- %(payers)s those whom money is asked of.
with due as (
    select coverage_id, payer, "on", fen,
           sum(fen) over (partition by coverage_id, payer order by "on", is_released) as so_far,
           min("on") over (partition by coverage_id) as first_on
    from contracts_due_of(%(coverages)s::bigint[])
    where payer = any(%(payers)s)
), entered as (
    select coverage_id, payer,
           sum(amount) filter (where kind = 'receipt' and "on" <= %(day)s) as received,
           sum(case kind when 'waiver' then amount else -amount end)
               filter (where kind in ('waiver', 'waiver_cut') and "on" <= %(day)s) as waived,
           sum(amount) filter (where kind = 'refund' and "on" <= %(day)s) as refunded,
           sum(case kind when 'carried_out' then amount else -amount end)
               filter (where kind in ('carried_out', 'carried_in') and "on" <= %(day)s) as carried,
           sum(case when kind in ('refund', 'carried_out', 'waiver_cut') then -amount else amount end) as settled,
           sum(case when kind in ('refund', 'carried_out') then -amount
                    when kind in ('waiver', 'waiver_cut') then 0 else amount end) as cash
    from contracts_feeentry
    where (%(coverages)s::bigint[] is null or coverage_id = any(%(coverages)s)) and cancelled_at is null
    group by coverage_id, payer
), owed as (
    select d.coverage_id, d.payer,
           sum(d.fen) filter (where d."on" <= %(day)s) as due,
           sum(d.fen) filter (where d."on" <= greatest(%(day)s, d.first_on)) as payable,
           sum(d.fen) as agreed,
           min(d."on") filter (where d."on" <= %(day)s and d.so_far > 100 * coalesce(e.settled, 0)) as since
    from due d
    left join entered e on e.coverage_id = d.coverage_id and e.payer = d.payer
    group by d.coverage_id, d.payer
)
select coalesce(o.coverage_id, e.coverage_id) as coverage_id, coalesce(o.payer, e.payer) as payer,
       coalesce(round(o.due / 100, 2), 0.00) as due, coalesce(round(o.payable / 100, 2), 0.00) as payable,
       coalesce(round(o.agreed / 100, 2), 0.00) as agreed,
       coalesce(e.received, 0.00) as received, coalesce(e.waived, 0.00) as waived,
       coalesce(e.refunded, 0.00) as refunded, coalesce(e.carried, 0.00) as carried,
       coalesce(e.settled, 0.00) as settled, coalesce(e.cash, 0.00) as cash, o.since
from owed o
full join entered e on e.coverage_id = o.coverage_id and e.payer = o.payer
