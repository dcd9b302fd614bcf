-- What each payer is charged a year for those covered in a frozen month.
insert into assessments_due (revision_id, payer, a_year)
select m.revision_id, c.payer, sum(c.amount)
from assessments_coveragemonth m
join contracts_coveragepackage h on h.coverage_id = m.coverage_id
join contracts_charge c on c.held_id = h.id
where m.revision_id = %(revision)s and m.in_force
group by m.revision_id, c.payer
