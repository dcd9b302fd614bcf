"""What runs in production needs nothing that only developers install."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.processes import environment

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==", re.MULTILINE)
# The pages, the worker with its way to Redis, the web server, and every module of the project.
PROGRAM = """
import importlib, pkgutil, sys
from importlib.machinery import PathFinder

class Installed(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in absent else super().find_spec(name, path, target)

absent = set(sys.argv[1].split())
sys.meta_path[:] = [Installed if finder is PathFinder else finder for finder in sys.meta_path]
import config.wsgi
import celery.bin.celery, celery.beat, celery.worker, gunicorn.app.wsgiapp, kombu.transport.redis
for app in ("config", "teams", "residents", "service_packages", "contracts", "assessments"):
    for module in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
        importlib.import_module(module.name)
"""


def pinned(name: str) -> set[str]:
    return {normal(found) for found in PINNED.findall((ROOT / name).read_text(encoding="utf-8"))}


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_product_starts_without_what_only_developers_install() -> None:
    only_developers = pinned("requirements-dev.lock") - pinned("requirements.lock")
    absent = [
        module
        for module, distributions in packages_distributions().items()
        if {normal(name) for name in distributions} <= only_developers
    ]
    assert "pytest" in absent
    command = [sys.executable, "-c", PROGRAM, " ".join(absent)]
    ran = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
