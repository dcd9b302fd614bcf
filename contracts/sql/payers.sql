-- Who pays how much for each row of `priced` (held_id, version_id, price, resident_id, start_on): held_id, payer, amount.
-- The one place that decides it, both for charging (copy_prices.sql) and for showing it before (preview_prices.sql).
-- %(categories)s are the key populations in their order; the last three are, for each day on which a term begins, the
-- latest birth date of the elderly and the latest one of who is no child any more.
, special as materialized (
    select s.version_id, s.category, k.place, coalesce(sum(s.amount) filter (where s.payer = 'resident'), 0) as own
    from service_packages_payershare s
    join unnest(%(categories)s::text[]) with ordinality as k(category, place) on k.category = s.category
    group by s.version_id, s.category, k.place
), chosen as materialized (
    -- Several rules for one resident: the one that leaves the least to pay, of equal ones the first category's.
    select distinct on (u.held_id) u.held_id, s.category
    from priced u
    join special s on s.version_id = u.version_id
    join residents_resident r on r.id = u.resident_id
    left join unnest(%(starts)s::date[], %(elderly_born_by)s::date[], %(grown_born_by)s::date[])
        as a(start_on, elderly_born_by, grown_born_by) on a.start_on = u.start_on
    where case s.category
        when 'elderly' then r.birth_date <= a.elderly_born_by
        when 'child' then r.birth_date > a.grown_born_by
        else exists (
            select from residents_register g
            where g.resident_id = r.id and g.category = s.category
              and g.from_on <= u.start_on and (g.to_on is null or g.to_on > u.start_on)
        )
    end
    order by u.held_id, s.own, s.place
), ruled as (
    select u.held_id, u.version_id, u.price, coalesce(k.category, '') as category
    from priced u left join chosen k on k.held_id = u.held_id
)
select r.held_id, s.payer, s.amount
from ruled r
join service_packages_payershare s on s.version_id = r.version_id and s.category = r.category
where s.amount > 0
union all
-- Nobody was named: the resident pays.
select r.held_id, 'resident', r.price
from ruled r
where not exists (
    select from service_packages_payershare s where s.version_id = r.version_id and s.category = r.category
)
