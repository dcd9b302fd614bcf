"""The exception of every business rule, and the rules of teams."""

from django.utils.functional import Promise


class RuleViolation(Exception):
    """An action was refused. `code` is stable (`contract.overlap`); `message` is a sentence for the user."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
