"""Doorways of the worker: ids in, one action out."""

from celery import shared_task

from teams.actions import imports, submissions


@shared_task
def run_import(import_id: int) -> None:
    """Put in an import that was asked for on a page."""
    imports.run(import_id=import_id)


@shared_task
def resume_imports() -> None:
    """Take up imports that wait (Redis was away) or whose worker was killed: nobody holds their lock."""
    for import_id in imports.waiting():
        imports.run(import_id=import_id)


@shared_task
def forget_submissions() -> None:
    """Every night: drop the keys of forms that nobody sends again."""
    submissions.forget_submissions()
