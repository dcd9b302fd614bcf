"""What may be done to months, and what decides scores and money: one module for each noun."""
