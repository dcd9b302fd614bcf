-- The statement of fees for a period: opening + due − received − waived + refunded + carried = closing, in fen, a row for
-- each key. %(coverages)s narrows them (null: all); %(first)s and %(last)s are the period's days, %(payers)s the payers.
with movement as (
    select d.coverage_id, d.payer, d."on", d.fen as due, 0::bigint as received, 0::bigint as waived, 0::bigint as refunded,
           0::bigint as carried
    from contracts_due_of(%(coverages)s::bigint[]) d
    where d."on" <= %(last)s and d.payer = any(%(payers)s)
    union all
    select d.coverage_id, d.payer, d."on", 0,
           case when d.kind = 'receipt' then (d.amount * 100)::bigint else 0 end,
           case when d.kind = 'waiver' then (d.amount * 100)::bigint else 0 end,
           case when d.kind = 'refund' then (d.amount * 100)::bigint else 0 end,
           case d.kind when 'carried_out' then (d.amount * 100)::bigint
                       when 'carried_in' then (-d.amount * 100)::bigint else 0 end
    from contracts_feeentry d
    where d."on" <= %(last)s and d.payer = any(%(payers)s) and d.cancelled_at is null
      and (%(coverages)s::bigint[] is null or d.coverage_id = any(%(coverages)s))
), line as (
    select {key} as key,
           coalesce(sum(m.due - m.received - m.waived + m.refunded + m.carried)
                    filter (where m."on" < %(first)s), 0)::bigint as opening,
           coalesce(sum(m.due) filter (where m."on" >= %(first)s), 0)::bigint as due,
           coalesce(sum(m.received) filter (where m."on" >= %(first)s), 0)::bigint as received,
           coalesce(sum(m.waived) filter (where m."on" >= %(first)s), 0)::bigint as waived,
           coalesce(sum(m.refunded) filter (where m."on" >= %(first)s), 0)::bigint as refunded,
           coalesce(sum(m.carried) filter (where m."on" >= %(first)s), 0)::bigint as carried
    from movement m
    {places}
    group by 1
)
select key, opening, due, received, waived, refunded, carried, count(*) over () as lines
from line
where key is not null
order by key
limit %(limit)s offset %(offset)s
