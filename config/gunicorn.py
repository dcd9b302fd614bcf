"""How gunicorn serves: `gunicorn --config python:config.gunicorn config.wsgi`. The command line has the last word."""

import gc
import os

# A page is mostly computing: threads of one process would only make one another late, while another process has nothing
# to do. So each answers one request at a time, and there are more of them than processors, for some wait for the
# database or for a file that comes slowly. Of this kind they wait for nobody's next request.
workers = int(os.environ.get("SHOUYUE_WEB_WORKERS", 2 * (os.cpu_count() or 1) + 1))
worker_class = "gthread"
threads = 1
loglevel = "warning"


def load_pages() -> None:
    """Templates are read now, and the pages' code: whoever opened a page first waited for them, in each process.

    What the application consists of stays for good: the collector needn't look through it again. It did so every few
    hundred requests, for a quarter of a second, while everybody on this process waited.
    """
    from django.conf import settings  # it isn't set up before the application is loaded
    from django.template import loader
    from django.urls import get_resolver

    folder = settings.BASE_DIR / "templates"
    for path in folder.rglob("*.html"):
        loader.get_template(str(path.relative_to(folder)))
    assert get_resolver().url_patterns  # imports every view
    gc.collect()
    gc.freeze()


def post_worker_init(_worker: object) -> None:
    """Called when a web process has begun."""
    load_pages()
