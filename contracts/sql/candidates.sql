-- People of the key populations who are not signed on %(day)s, why they are on the list and since when
-- (docs/today.md). Reads the temporary table `people` of a check (contracts.problems).
-- Whose contract has not begun yet or is suspended is signed. %(new_since)s: the first day that counts as new.
with member as (
    -- Someone born on 29 February has their birthday on 1 March in other years.
    select p.id, 'elderly' as category, b.day + (extract(day from p.birth_date) - extract(day from b.day))::int as since,
           'age' as reason
    from people p
    cross join lateral (select (p.birth_date + make_interval(years => %(elderly_age)s))::date as day) b
    where p.birth_date <= %(elderly_born_by)s
    union all
    select p.id, 'child', p.birth_date, 'standing'
    from people p
    where p.birth_date > %(grown_born_by)s
    union all
    select g.resident_id, g.category, min(g.from_on), 'register'
    from residents_register g
    where g.from_on <= %(day)s and (g.to_on is null or g.to_on > %(day)s)
    group by g.resident_id, g.category
), key as (
    select id, array_agg(category order by category) as categories, min(since) as since,
           max(since) filter (where reason = 'register') as registered_on,
           max(since) filter (where reason = 'age') as aged_on
    from member
    group by id
), open as (
    select k.*, p.institution_id, p.village_id, p.registered_on as arrived_on
    from key k
    join people p on p.id = k.id
    where not exists (
        select from contracts_coverage c
        where c.resident_id = k.id and c.end_on >= %(day)s and (c.terminated_on is null or c.terminated_on > %(day)s)
    )
), dated as (
    select o.*, greatest(o.arrived_on, t.moved_on) as moved_on, c.ended_on
    from open o
    left join (
        select resident_id, max("on") as moved_on from residents_transfer where "on" <= %(day)s group by resident_id
    ) t on t.resident_id = o.id
    left join (
        select resident_id, max(least(end_on + 1, terminated_on)) as ended_on from contracts_coverage group by resident_id
    ) c on c.resident_id = o.id
)
select d.id as resident_id, d.institution_id, d.village_id, d.categories, n.reason,
       coalesce(n.since, greatest(d.since, d.arrived_on)) as since, n.reason <> 'standing' as is_new
from dated d
cross join lateral (
    -- The latest of what happened; of one day the first of these.
    select reason, since
    from (values (1, 'register', d.registered_on), (2, 'age', d.aged_on), (3, 'moved_in', d.moved_on),
                 (4, 'ended', d.ended_on), (5, 'standing', null)) as v(place, reason, since)
    where since >= %(new_since)s or reason = 'standing'
    order by since desc nulls last, place
    limit 1
) n
