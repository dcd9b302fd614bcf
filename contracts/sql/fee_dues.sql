-- What becomes owed up to %(last)s, in fen. %(coverages)s narrows it (null: all).
select d.coverage_id, d.payer, d."on", d.fen as due, 0::bigint as received, 0::bigint as waived, 0::bigint as refunded,
       0::bigint as carried
from contracts_due_of(%(coverages)s::bigint[]) d
where d."on" <= %(last)s and d.payer = any(%(payers)s)
