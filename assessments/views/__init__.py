"""Pages of figures and months."""
