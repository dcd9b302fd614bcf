-- Months that were frozen before dues were kept.
insert into assessments_due (revision_id, payer, a_year)
select m.revision_id, c.payer, sum(c.amount)
from assessments_coveragemonth m
join assessments_revision r on r.id = m.revision_id and r.frozen_at is not null
join contracts_coveragepackage h on h.coverage_id = m.coverage_id
join contracts_charge c on c.held_id = h.id
where m.in_force
group by m.revision_id, c.payer;
