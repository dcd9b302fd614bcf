"""Residents and registers on their way in from files (docs/formats.md)."""
