"""Pages of contracts: one module a noun."""
