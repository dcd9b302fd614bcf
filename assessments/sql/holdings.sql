-- Covered people of each team in a frozen month by what they hold, and the visits of their year so far, in fen.
select m.team_id, coalesce(h.text, '') as held, count(*) filter (where m.in_force) as people,
       sum(m.visit_cost_fen)::bigint as visits
from assessments_coveragemonth m
left join held h on h.coverage_id = m.coverage_id
where m.revision_id = %(revision)s
group by 1, 2
