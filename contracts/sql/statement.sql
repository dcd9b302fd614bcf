-- The statement of fees for a period: opening + due − received − waived + refunded + carried = closing, in fen, a row for
-- each key. %(first)s and %(last)s are the period's days; `movement` has rows "on", due, received, waived, refunded,
-- carried, and what the key needs.
with movement as (
    {movement}
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
