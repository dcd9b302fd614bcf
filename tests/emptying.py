"""Emptying the database after a test that commits: only the tables that hold anything.

Django truncates every table and writes content types and permissions anew, which takes seconds for two hundred tables;
such a test fills thirty. Rows are deleted as if nobody kept their history or refused it.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

# What migrations write, and no test changes.
STAYING = {"auth_permission", "django_content_type", "django_migrations"}


def install() -> None:
    """Let tests that commit be followed by this."""
    TransactionTestCase._fixture_teardown = lambda case: empty()


def empty() -> None:
    """Delete the rows of every table of a model, whatever refers to them and whatever triggers say of it."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - STAYING
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(f"select '{name}' where exists (select from {name})" for name in tables))
        filled = [name for (name,) in cursor.fetchall()]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (
            "alter table {} disable trigger user",
            "delete from {}",
            "set constraints all immediate",  # what refers to a row that is gone is gone by now as well
            "alter table {} enable trigger user",
        ):
            for name in filled if "{}" in statement else [""]:
                cursor.execute(statement.format(name))
