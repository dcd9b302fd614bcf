-- Write the outcomes of the matching: for each obligation the service that meets it and its date, or nothing.
update contracts_obligation o
set met_by_id = m.met_by, met_on = m.met_on
from unnest(%s::bigint[], %s::bigint[], %s::date[]) as m(id, met_by, met_on)
where o.id = m.id
