"""Forms of contracts: one module a noun."""
