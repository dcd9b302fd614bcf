"""Doorways of the worker to contracts: ids in, one action out."""

from celery import shared_task

from contracts.actions import problems


@shared_task
def check_problems() -> None:
    """Every quarter of an hour: look for data problems."""
    problems.check(check_id=problems.request().pk)
    problems.forget_checks()


@shared_task
def run_problem_check(check_id: int) -> None:
    """Look for data problems because somebody asked on a page."""
    problems.check(check_id=check_id)
