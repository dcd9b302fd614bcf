"""Questions about residents: one module a noun."""
