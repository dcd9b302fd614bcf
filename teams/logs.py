"""Log lines without identities: nothing that a driver quotes from a row, no number long enough to be somebody's."""

import logging
import re

# PostgreSQL quotes the row it refuses: "DETAIL:  Failing row contains (17, 张秀英, …)".
_QUOTED_ROW = re.compile(r"^(DETAIL|CONTEXT|LINE \d+): .*(\n(?! |\w+: |Traceback).*)*", re.MULTILINE)
# ID numbers (18, or 15 of old) and mobile phones, alone or in a longer text.
_NUMBER = re.compile(r"(?<![\dA-Fa-f])(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![\dA-Fa-f])")


class LineFormatter(logging.Formatter):
    """Formats as usual, then blots out what could identify a person, in the message and in the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return without_identities(super().format(record))


def without_identities(text: str) -> str:
    """The text with quoted rows removed and long numbers hidden."""
    return _NUMBER.sub("***", _QUOTED_ROW.sub(r"\1: ***", text))
