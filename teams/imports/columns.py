"""The columns of a kind of file, each with the reader of its cells."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams import cells
from teams.cells import CellError
from teams.phones import Phone, mask_phone, parse_phone
from teams.workbooks import TemplateColumn

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_PHONE = 100
PHONES = ("电话", "电话号码", "手机", "手机号", "手机号码", "联系方式", "联系电话号码", "本人电话", "移动电话")
PEOPLE_NAMES = ("居民姓名", "本人姓名", "名字")


@dataclass(frozen=True)
class Column:
    """A column: `name` is its English heading, `label` the Chinese one, `parse` reads a cell that isn't blank.

    `blank` is the value of an empty cell and of a column that the file doesn't have. `mask` hides most of a value
    that identifies a person, for pages. `help` and `sample` are for the template. `synonyms` are further headings under
    which lists have the same thing.
    """

    name: str
    label: str
    parse: Callable[[object], Any]
    _: KW_ONLY
    required: bool = False
    blank: Any = None
    help: "StrOrPromise" = ""
    sample: object = None
    kind: Literal["text", "date", "number"] = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    is_list: bool = False
    mask: Callable[[str], str] | None = None
    synonyms: tuple[str, ...] = ()

    def read(self, cell: object) -> Any:
        """The value of a cell. Raises CellError; `blank` for an empty cell that must not be."""
        if cell is None or cell == "":
            return self._empty()
        try:
            value = self.parse(cell)
        except CellError as error:
            if error.code == "blank":
                return self._empty()
            raise
        return self._empty() if value == "" else value

    def for_template(self) -> TemplateColumn:
        """The column as the template shows it."""
        return TemplateColumn(
            self.name, self.label, self.required, self.help, self.choices, kind=self.kind, is_list=self.is_list
        )

    def _empty(self) -> Any:
        if self.required:
            raise CellError("blank", _("Empty. Fill it in."))
        return self.blank


def text(name: str, label: str, length: int, **options: Any) -> Column:
    """A text on one line."""
    return Column(name, label, partial(cells.parse_text, max_length=length), **{"blank": "", **options})


def code(name: str, label: str, length: int, **options: Any) -> Column:
    """A code: half-width, without spaces."""
    return Column(name, label, partial(_code, length=length), **{"blank": "", **options})


def codes(name: str, label: str, **options: Any) -> Column:
    """Several codes in one cell, separated by ; of either width: a tuple in the order typed."""
    return Column(name, label, _codes, **{"blank": (), "is_list": True, **options})


def day(name: str, label: str, **options: Any) -> Column:
    """A date; None when empty."""
    return Column(name, label, cells.parse_date, **{"kind": "date", **options})


def flag(name: str, label: str, **options: Any) -> Column:
    """Yes or no; an empty cell is no."""
    return Column(name, label, cells.parse_boolean, **{"blank": False, "choices": {"1": "是", "0": "否"}, **options})


def whole(name: str, label: str, minimum: int, maximum: int, **options: Any) -> Column:
    """A whole number of the range; None when empty."""
    parse = partial(cells.parse_integer, minimum=minimum, maximum=maximum)
    return Column(name, label, parse, **{"kind": "number", **options})


def money(name: str, label: str, digits: int = 10, **options: Any) -> Column:
    """Yuan with two places, not below zero; None when empty."""
    return Column(name, label, partial(cells.parse_decimal, places=2, digits=digits), **{"kind": "number", **options})


def choice(
    name: str, label: str, choices: Mapping[str, str], words: Mapping[str, str] | None = None, **options: Any
) -> Column:
    """One of {code: Chinese label}, by either; `words` are further ones people type, each with its code."""
    parse = choice_parser(choices, words or {})
    return Column(name, label, parse, **{"blank": "", "choices": choices, **options})


def choice_parser(choices: Mapping[str, str], synonyms: Mapping[str, str]) -> Callable[[object], str]:
    """Reads a cell as one of {code: Chinese label}; the error names labels and codes only, not the synonyms."""
    accepted = cells.accepted_texts(choices)

    def parse(cell: object) -> str:
        try:
            return cells.parse_choice(cell, {**accepted, **synonyms})
        except CellError as error:
            if error.code != "not_a_choice":
                raise
            return cells.parse_choice(cell, accepted)  # raises, too

    return parse


def phone(name: str, label: str, **options: Any) -> Column:
    """A phone number as a `Phone`; None when there is none. What is wrong with it is a data problem, no error."""
    return Column(name, label, _phone, **{"mask": mask_phone, "sample": "13905580123", "synonyms": PHONES, **options})


def _code(cell: object, length: int) -> str:
    value = cells.parse_code(cell)
    if len(value) > length:
        message = _("{length} characters long, but at most {limit} fit. Shorten it.")
        raise CellError("too_long", format_lazy(message, length=len(value), limit=length))
    return value


def _codes(cell: object) -> tuple[str, ...]:
    return tuple(cells.parse_list(cell))


def _phone(cell: object) -> Phone | None:
    parsed = parse_phone(cells.parse_text(cell, LONGEST_PHONE))
    return parsed if parsed.number else None
