-- Write what was found (`found`) over the leads of before. A person's word stands: who cleared a lead has judged its
-- evidence, so it opens again only with another one; what two people confirmed stays as they saw it.
create temp table moved on commit drop as
select l.id as lead_id, l.state as was, l.evidence as judged,
       case when f.kind is null then 'gone' else 'open' end as state,
       case when f.kind is null then 'gone' when l.state = 'gone' then 'found' else 'changed' end as step
from assessments_lead l
left join found f on f.kind = l.kind and f.subject = l.subject
where (f.kind is null and l.state in ('open', 'proposed'))
   or (f.kind is not null and (l.state = 'gone' or (l.state in ('cleared', 'proposed') and l.mark <> f.fingerprint)));

update assessments_lead l
set weight = f.weight, institution_id = f.institution_id, team_id = f.team_id, staff_id = f.staff_id,
    resident_id = f.resident_id, evidence = f.evidence, people = f.people, mark = f.fingerprint, seen_on = %(day)s
from found f
where f.kind = l.kind and f.subject = l.subject
  and (l.state in ('open', 'proposed', 'gone') or (l.state = 'cleared' and l.mark <> f.fingerprint));

update assessments_lead l set state = m.state from moved m where l.id = m.lead_id;

insert into assessments_leadstep (lead_id, kind, "on", at, name, reason, evidence)
select lead_id, step, %(day)s, now(), '', '', case when was in ('cleared', 'proposed') then judged end from moved;

with made as (
    insert into assessments_lead (kind, subject, weight, institution_id, team_id, staff_id, resident_id, evidence,
                                  people, mark, state, found_on, seen_on)
    select kind, subject, weight, institution_id, team_id, staff_id, resident_id, evidence, people, fingerprint, 'open',
           %(day)s, %(day)s
    from found
    on conflict (kind, subject) do nothing
    returning id
)
insert into assessments_leadstep (lead_id, kind, "on", at, name, reason)
select id, 'found', %(day)s, now(), '', '' from made;

drop table moved;
