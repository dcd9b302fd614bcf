"""What keeps the code in shape: the line of imports, sizes, and what a strict page policy and honest errors forbid."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
# Each imports only what stands to its right (docs/adr/0001).
CHAIN = ("config", "assessments", "contracts", "service_packages", "residents", "teams")
# Inside an app, from the bottom up; a module imports only modules of its own level or below.
LEVELS = (
    ("models",),
    ("rules",),
    ("actions", "queries"),
    ("tasks", "forms", "views", "api"),
    ("urls",),
)
FUNCTION_LINES, FILE_LINES, TEMPLATE_LINES = 40, 400, 150


def sources() -> Iterator[Path]:
    for app in CHAIN:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_apps_import_only_to_their_right() -> None:
    wrong = [
        f"{relative(path)} imports {name}"
        for path in sources()
        for name in imported(path)
        if name.split(".")[0] in CHAIN[: CHAIN.index(path.relative_to(ROOT).parts[0])]
    ]
    assert not wrong, "\n".join(wrong)


def test_models_relate_only_to_their_right() -> None:
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in CHAIN:
            continue
        left = CHAIN[: CHAIN.index(model._meta.app_label)]
        wrong += [
            f"{model.__name__}.{field.name}"
            for field in model._meta.get_fields()
            if field.is_relation and not field.auto_created and field.related_model._meta.app_label in left
        ]
    assert not wrong, wrong


def level(name: str) -> int | None:
    return next((index for index, names in enumerate(LEVELS) if name in names), None)


def test_modules_of_an_app_import_only_downwards() -> None:
    wrong = []
    for path in sources():
        app, *inside = path.relative_to(ROOT).with_suffix("").parts
        own = level(inside[0])
        for name in imported(path):
            parts = name.split(".")
            other = level(parts[1]) if parts[0] == app and len(parts) > 1 else None
            if own is not None and other is not None and other > own:
                wrong.append(f"{relative(path)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_files_and_functions_stay_short() -> None:
    long = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > FILE_LINES:
            long.append(f"{relative(path)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{relative(path)}:{node.lineno} {node.name}: {lines} lines")
    assert not long, "\n".join(long)


def test_errors_are_not_swallowed() -> None:
    """Whoever catches everything cleans up or takes note, and raises it again."""
    swallowed = [
        f"{relative(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not isinstance(node.body[-1], ast.Raise)
    ]
    assert not swallowed, swallowed


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=relative)
def test_template_is_short_and_has_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= TEMPLATE_LINES
    # hx-headers and data-* are data; style, on… and script text would need a weaker policy.
    assert not re.search(r"""\sstyle=|<script>|<style|\son[a-z]+=|hx-on""", text)


def test_the_own_javascript_stays_small() -> None:
    assert (ROOT / "static" / "app.js").read_text(encoding="utf-8").count("\n") <= 100
