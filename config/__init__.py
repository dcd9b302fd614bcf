"""The project package: settings, addresses, the Celery application and the project's own servers."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
