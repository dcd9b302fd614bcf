-- What each coverage holds, as one text to count by: package:price:payer=charge,payer=charge;package:… in fen. What a
-- coverage holds is copied at signing; another package is another coverage.
create temporary table held on commit drop as
select h.coverage_id,
       string_agg(concat(v.package_id, ':', (h.price * 100)::bigint, ':', c.charges), ';' order by v.package_id) as text
from contracts_coveragepackage h
join service_packages_packageversion v on v.id = h.version_id
left join (
    select held_id, string_agg(concat(payer, '=', (amount * 100)::bigint), ',' order by payer) as charges
    from contracts_charge
    group by held_id
) c on c.held_id = h.id
group by h.coverage_id
