-- What payers would be charged for packages that residents choose, before anything is signed (docs/rules.md 6).
-- %(residents)s and %(versions)s are the choices, numbered from 1 as held_id; %(start)s the first day of the term.
-- payers.sql stands behind this text and ends it.
with version as (
    select v.id, coalesce(v.annual_price, sum(i.unit_price * i.times_per_year), 0) as price
    from service_packages_packageversion v
    left join service_packages_packageitem i on i.version_id = v.id
    where v.id = any(%(versions)s)
    group by v.id
), priced as materialized (
    select h.held_id, h.version_id, v.price, h.resident_id, %(start)s::date as start_on
    from unnest(%(residents)s::bigint[], %(versions)s::bigint[])
        with ordinality as h(resident_id, version_id, held_id)
    join version v on v.id = h.version_id
    where v.price > 0
)
