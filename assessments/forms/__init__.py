"""Forms of figures, supervision, assessment and money: one module for each noun."""
