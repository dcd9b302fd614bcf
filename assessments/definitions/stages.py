"""A month's text cut at its WITHs. One SELECT says what the rows are; PostgreSQL makes a table of each WITH instead,
for it uses one processor only where a statement reads a WITH twice, and plans without knowing how many rows it has."""

import re
from collections.abc import Sequence

# The texts of this folder are laid out so: `name as (` and `)` stand at the left edge, each on a line of its own.
NAMED = re.compile(r"^(?:with )?(\w+) as \(\n(.*?)\n\),?\n", re.MULTILINE | re.DOTALL)


def cut(text: str, prefix: str) -> tuple[Sequence[tuple[str, str]], str]:
    """The WITHs of `text` as (table, SELECT) in their order, and the SELECT that reads the tables.

    A table is called as its WITH, after `prefix`.
    """
    named = NAMED.findall(text)
    reading = re.compile(rf"\b(from|join) ({'|'.join(name for name, _select in named)})\b")

    def over_tables(select: str) -> str:
        return reading.sub(rf"\1 {prefix}\2", select)

    return [(prefix + name, over_tables(select)) for name, select in named], over_tables(NAMED.sub("", text))
