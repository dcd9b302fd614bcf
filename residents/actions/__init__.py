"""Changes of residents: one module a noun."""
