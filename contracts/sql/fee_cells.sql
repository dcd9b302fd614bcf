-- What moved the accounts of fees, in fen: the sums that were counted, and what was entered or cancelled since.
-- %(teams)s narrows them (null: all); `added` and `taken` are fee_entries.sql.
select c.team_id, c.payer, c.month as "on", c.due, c.received, c.waived, c.refunded, c.carried
from contracts_feecell c
where c.month <= %(last)s and c.payer = any(%(payers)s) and (%(teams)s::bigint[] is null or c.team_id = any(%(teams)s))
union all
select k.team_id, e.payer, e."on", 0, e.sign * e.received, e.sign * e.waived, e.sign * e.refunded, e.sign * e.carried
from (select 1 as sign, a.* from ({added}) a union all select -1, t.* from ({taken}) t) e
join contracts_coverage c on c.id = e.coverage_id
join contracts_contract k on k.id = c.contract_id
where %(teams)s::bigint[] is null or k.team_id = any(%(teams)s)
