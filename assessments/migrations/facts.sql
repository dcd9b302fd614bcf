-- The narrow dated facts that a month is computed from (docs/adr/0004). Each carries resident, person and county; the
-- left joins by primary key cost nothing where a definition asks for none of their columns (each finds its row: foreign
-- keys). Ids lie in a block per county.
create view fact_resident as
select r.id as resident, r.person, cast(r.id / 100000000 as integer) as county, r.institution_id as institution,
       r.village_id as village, r.household_id as household, r.birth_date as birth_on, r.registered_on,
       r.moved_out_on, r.died_on
from residents_resident r
where r.merged_into_id is null;  -- records that were merged into another are in no figure

create view fact_transfer as
select t.id as transfer, t.resident_id as resident, r.person, cast(t.resident_id / 100000000 as integer) as county,
       t."on" as moved_on, t.from_institution_id as from_institution, t.from_village_id as from_village
from residents_transfer t left join residents_resident r on r.id = t.resident_id;

create view fact_register as
select g.id as entry, g.resident_id as resident, r.person, cast(g.resident_id / 100000000 as integer) as county,
       g.category, g.from_on, g.to_on
from residents_register g left join residents_resident r on r.id = g.resident_id;

create view fact_coverage as
select c.id as coverage, c.resident_id as resident, r.person, cast(c.resident_id / 100000000 as integer) as county,
       k.team_id as team, c.start_on, c.end_on, c.terminated_on
from contracts_coverage c
left join contracts_contract k on k.id = c.contract_id
left join residents_resident r on r.id = c.resident_id;

create view fact_package as
select h.id as held, h.coverage_id as coverage, c.resident_id as resident, r.person,
       cast(c.resident_id / 100000000 as integer) as county, cast(h.price * 100 as bigint) as price_fen
from contracts_coveragepackage h
left join contracts_coverage c on c.id = h.coverage_id
left join residents_resident r on r.id = c.resident_id;

create view fact_suspension as
select s.id as suspension, s.coverage_id as coverage, c.resident_id as resident, r.person,
       cast(c.resident_id / 100000000 as integer) as county, s.from_on, s.to_on
from contracts_suspension s
left join contracts_coverage c on c.id = s.coverage_id
left join residents_resident r on r.id = c.resident_id;

create view fact_obligation as
select o.id as obligation, o.coverage_id as coverage, o.held_id as held, o.resident_id as resident, r.person,
       cast(o.resident_id / 100000000 as integer) as county, o.due_on, o.met_on, o.waived_on
from contracts_obligation o left join residents_resident r on r.id = o.resident_id;

create view fact_service as
select s.id as service, s.resident_id as resident, r.person, cast(s.resident_id / 100000000 as integer) as county,
       i.kind, s.performed_on, cast(s.performed_on - date '2000-01-01' as bigint) as performed_day,
       cast(s.systolic as integer) as systolic, cast(s.diastolic as integer) as diastolic,
       -- Rounded down: 6.95 is below a goal of 7.0.
       cast(floor(s.fasting_glucose * 10) as integer) as glucose_tenths
from contracts_service s
left join service_packages_item i on i.id = s.item_id
left join residents_resident r on r.id = s.resident_id;

create view fact_visit as
select v.id as visit, v.resident_id as resident, r.person, cast(v.resident_id / 100000000 as integer) as county,
       v.visited_on, i.kind in ('township_center', 'community_center', 'village_clinic') as is_primary,
       cast(v.cost * 100 as bigint) as cost_fen
from contracts_visit v
left join teams_institution i on i.id = v.institution_id
left join residents_resident r on r.id = v.resident_id;
