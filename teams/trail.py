"""What lines of the audit trail say, in words. They are kept as codes, since their hashes hold them for good.

Apps above register their forms of lines when they are ready (`register`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.exports import find_kind as list_of
from teams.imports.kinds import find_kind as file_of
from teams.models import Role
from teams.rules import RuleViolation

Words = Callable[[str], object]
_PLACE = re.compile(r"\\{(\\\*)?(\w+)\\}")
_ROLE = re.compile(rf"\b({'|'.join(Role.values)})\b(?=,|$| )")


@dataclass(frozen=True)
class Phrase:
    """Lines of one form: `code` is how they are kept, `said` how they are told, with the same {places} in both; a
    {*place} of the code may hold several words.

    `names`: place -> what tells its value in words; an error means that the line is none of these.
    """

    code: str
    said: str | Promise
    names: Mapping[str, Words] = field(default_factory=dict)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a line of this form looks like."""
        return re.compile(_PLACE.sub(lambda place: rf"(?P<{place[2]}>{_width(place)})", re.escape(self.code)))

    def words(self, what: str) -> str | None:
        """The line in words; None: it is of another form."""
        found = self.pattern.fullmatch(what)
        if found is None:
            return None
        try:
            values = {place: self.names.get(place, str)(value) for place, value in found.groupdict().items()}
        except (LookupError, ValueError, RuleViolation):
            return None
        return str(self.said).format(**values)

    def holds(self, words: str) -> bool:
        """Whether these words stand in what is told of each such line."""
        return words.casefold() in re.sub(r"\{\w+\}", "\0", str(self.said)).casefold()


_phrases: list[Phrase] = []


def register(*phrases: Phrase) -> None:
    """Make forms of lines known; of several that fit, the one that was registered first counts."""
    _phrases.extend(phrases)


def in_words(what: str) -> str:
    """A line in words; as it is kept when nobody has words for it."""
    return next((said for phrase in _phrases if (said := phrase.words(what)) is not None), what)


def codes_told_with(words: str) -> Iterator[str]:
    """Regular expressions, as the database reads them, of the lines whose words hold these."""
    return (_PLACE.sub(_width, re.escape(phrase.code)) for phrase in _phrases if phrase.holds(words))


def _width(place: re.Match[str]) -> str:
    return ".+" if place[1] else "[^ ]+"


def short(digest: str) -> str:
    """The beginning of a hash, enough to tell it from others."""
    return f"{digest[:12]}…"


def _holding(held: str) -> str:
    """Roles in words; institution and staff member stand behind them by code and number."""
    return _ROLE.sub(lambda role: str(Role(role[0]).label), held)


def _list(code: str) -> object:
    return list_of(code).title


def _file(code: str) -> object:
    return file_of(code).title


PHRASES = (
    Phrase("export {id} {kind} {form} masked", _("export {id}: {kind}, .{form}, masked"), {"kind": _list}),
    Phrase("export {id} {kind} {form} whole", _("export {id}: {kind}, .{form}, identities whole"), {"kind": _list}),
    Phrase("file of export {id}", _("file of export {id} fetched")),
    Phrase("import {id} confirmed", _("import {id} confirmed")),
    Phrase("import {id} discarded", _("import {id} discarded")),
    Phrase("import {id} to be undone", _("import {id} is to be undone")),
    Phrase("import {id} undone", _("import {id} undone")),
    Phrase("import {id} corrected sha256:{hash}", _("import {id}: corrected rows, SHA-256 {hash}"), {"hash": short}),
    Phrase(
        "import {id} {kind} sha256:{hash}",
        _("import {id}: {kind}, SHA-256 {hash}"),
        {"kind": _file, "hash": short},
    ),
    Phrase("{kind} sha256:{hash}", _("{kind} by command, SHA-256 {hash}"), {"kind": _file, "hash": short}),
    Phrase("refused rows of import {id}", _("refused rows of import {id}")),
    Phrase("user {id}: new password", _("account {id}: new password")),
    Phrase("user {id}: own password", _("account {id}: own password changed")),
    Phrase("user {id}: unlocked", _("account {id} unlocked")),
    Phrase("user {id}: closed", _("account {id} closed")),
    Phrase("user {id}: reopened", _("account {id} reopened")),
    Phrase(
        "user {id}: {*before} -> {*after}",
        _("account {id}: {before} → {after}"),
        {"before": _holding, "after": _holding},
    ),
    Phrase("user {id}: {*held}", _("account {id} opened: {held}"), {"held": _holding}),
    Phrase("API key {*name} of {user}", _("API key {name} of account {user}")),
    Phrase("API key {*name} revoked", _("API key {name} revoked")),
    Phrase("no such account: {hash}", _("no such account, its name kept as {hash}"), {"hash": short}),
    Phrase("audit trail", _("audit trail")),
    Phrase("audit trail whole", _("audit trail: no line is missing")),
    Phrase("audit trail broken at {id}", _("audit trail broken at line {id}")),
    Phrase("catalogue {kind}", _("{kind} in use"), {"kind": _file}),
    Phrase("backup", _("backup made")),
    Phrase("restore", _("backup restored")),
)
