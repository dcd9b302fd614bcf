-- What was entered up to %(last)s, in fen. %(coverages)s narrows it (null: all), `entered` says which entries.
select d.coverage_id, d.payer, d."on", 0::bigint as due,
       case when d.kind = 'receipt' then (d.amount * 100)::bigint else 0 end as received,
       case d.kind when 'waiver' then (d.amount * 100)::bigint
                   when 'waiver_cut' then (-d.amount * 100)::bigint else 0 end as waived,
       case when d.kind = 'refund' then (d.amount * 100)::bigint else 0 end as refunded,
       case d.kind when 'carried_out' then (d.amount * 100)::bigint
                   when 'carried_in' then (-d.amount * 100)::bigint else 0 end as carried
from contracts_feeentry d
where d."on" <= %(last)s and d.payer = any(%(payers)s) and {entered}
  and (%(coverages)s::bigint[] is null or d.coverage_id = any(%(coverages)s))
