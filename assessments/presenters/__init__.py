"""What the pages of figures show: counts in, the templates' contexts out (pure, no queries of their own)."""
