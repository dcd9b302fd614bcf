"""Pages of teams: sign-in, refusals, health."""
