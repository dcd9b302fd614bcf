-- Let coverages hold package versions, at the price a year that the version has today (docs/rules.md 6).
with version as (
    select v.id, coalesce(v.annual_price, sum(i.unit_price * i.times_per_year), 0) as price
    from service_packages_packageversion v
    left join service_packages_packageitem i on i.version_id = v.id
    where v.id = any(%(versions)s)
    group by v.id
)
insert into contracts_coveragepackage (coverage_id, version_id, price)
select h.coverage_id, v.id, v.price
from unnest(%(coverages)s::bigint[], %(versions)s::bigint[]) as h(coverage_id, version_id)
join version v on v.id = h.version_id
order by h.coverage_id, v.id
on conflict on constraint contracts_coveragepackage_once do nothing
