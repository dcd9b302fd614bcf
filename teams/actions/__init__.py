"""What teams writes: accounts and the audit trail."""
