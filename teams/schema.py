"""How migrations make many tables at once, and from which databases they can go on (docs/adr/0014)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTogether(Operation):
    """Create models that are whole from the start, and their triggers.

    After each operation of its own Django renders all models that are related to the changed one, which are nearly all
    of them: a minute for an empty database. Together they are rendered once.
    """

    serialization_expand_args: ClassVar[list[str]] = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django writes operations into files."""
        return self.__class__.__qualname__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Take every operation into the state, which is rendered when somebody next asks."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """In order; foreign keys follow when every table is there."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The other way round."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Create {len(self.operations)} models and triggers together"


def check_replaced_migrations(*, databases: Sequence[str] | None = None, **others: object) -> list[CheckMessage]:
    """That each database has all or none of what an initial migration replaces; `migrate` asks before it begins.

    With some of it, Django would neither find the rest of the old road nor see that the tables are there.
    """
    return [
        Error(
            f"The database has only some of the migrations that {', '.join(begun)} take the place of.",
            hint="Migrate with version 0.3.0 first (docs/operations.md, Updating).",
            id="teams.E001",
        )
        for alias in databases or ()
        if (begun := _begun(MigrationLoader(connections[alias], replace_migrations=False)))
    ]


def _begun(loader: MigrationLoader) -> list[str]:
    """The migrations, by name, that replace others of which some were applied and some were not."""
    applied = set(loader.applied_migrations)
    return [
        f"{app}.{name}"
        for (app, name), migration in loader.replacements.items()
        if applied & {(app, name), *migration.replaces} and not applied.issuperset(migration.replaces)
    ]
