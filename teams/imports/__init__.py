"""Files of every kind on their way in (docs/formats.md): read, check, write batch by batch, tell what was refused."""

from teams.imports.kinds import Kind, Loader, all_kinds, find_kind, kinds_for, register

__all__ = ["Kind", "Loader", "all_kinds", "find_kind", "kinds_for", "register"]
