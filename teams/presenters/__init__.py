"""Puts what pages of teams show into words."""
