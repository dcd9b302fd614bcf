"""Numbers in groups of three, as accounts and statistical tables of the country have them; Django's are ungrouped."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
