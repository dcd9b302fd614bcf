"""What a bureau enters once a year, on its way in from files."""
