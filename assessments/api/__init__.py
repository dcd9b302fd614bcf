"""Figures, definitions, targets and months for other programs: read-only, and scoped like the pages."""
