-- Days on which residents had not paid their share, as a fact (docs/rules.md 6).
create view fact_unpaid as
select u.coverage_id as coverage, c.resident_id as resident, r.person,
       cast(c.resident_id / 100000000 as integer) as county, u.from_on, u.to_on
from contracts_unpaid u
left join contracts_coverage c on c.id = u.coverage_id
left join residents_resident r on r.id = c.resident_id
where u.payer = 'resident';
