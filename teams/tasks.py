"""Doorways of the worker: ids in, one action out."""

from celery import shared_task

from teams.actions import exports, import_work, imports, submissions


@shared_task
def run_import(import_id: int) -> None:
    """Check, put in or take back what was asked for on a page."""
    import_work.run(import_id=import_id)


@shared_task
def resume_imports() -> None:
    """Take up imports that wait (Redis was away) or whose worker was killed: nobody holds their lock."""
    for import_id in import_work.waiting():
        import_work.run(import_id=import_id)


@shared_task
def forget_submissions() -> None:
    """Every night: drop the keys of forms that nobody sends again."""
    submissions.forget_submissions()


@shared_task
def discard_unconfirmed_imports() -> None:
    """Every night: drop files that were checked days ago and that nobody put in."""
    imports.discard_unconfirmed()


@shared_task
def run_export(export_id: int) -> None:
    """Write a file that was asked for on a page."""
    exports.run(export_id=export_id)


@shared_task
def resume_exports() -> None:
    """Write the exports that wait (Redis was away) or whose worker was killed: nobody holds their lock."""
    for export_id in exports.waiting():
        exports.run(export_id=export_id)


@shared_task
def forget_exports() -> None:
    """Every night: drop the files that are past their time."""
    exports.forget_exports()
