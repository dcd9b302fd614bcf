"""Errors that are told to people: by a rule, about a file, about a cell."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class CodedError(Exception):
    """An error with its reason. `code` is stable; `message` is a sentence for the user, best a lazy one."""

    def __init__(self, code: str, message: "StrOrPromise") -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
