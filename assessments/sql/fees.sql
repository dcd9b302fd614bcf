-- The packages that those covered in frozen months held: people-months and the yearly prices they had signed, by team.
select m.team_id, v.package_id, count(*) as people, sum(h.price) as a_year
from assessments_coveragemonth m
join contracts_coveragepackage h on h.coverage_id = m.coverage_id
join service_packages_packageversion v on v.id = h.version_id
where m.revision_id = any(%(revisions)s) and m.in_force
group by m.team_id, v.package_id
