"""Questions about contracts and promises: one module a noun."""
