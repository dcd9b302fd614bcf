"""What teams asks of several tables at once: accounts."""
