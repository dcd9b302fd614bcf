"""One running product for all browser tests, and a browser in which nothing may go wrong.

The tests here use pages only; nothing of Django runs beside them.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.browser.product import Product, running_product

# What htmx writes when a page is left while an answer is under way: nothing went wrong. A request that failed is
# named by another event (sendError, responseError, timeout), so nothing is hidden by this.
PAGE_WAS_LEFT = ("error: htmx:sendAbort", "error: htmx:afterRequest")


@pytest.fixture(scope="session")
def product(browser: Browser) -> Iterator[Product]:
    """The product on a small made district, once for all browser tests."""
    with running_product(browser) as product:
        yield product


@pytest.fixture
def role() -> str:
    """Whose desk the test sits at; a test parametrizes it for another."""
    return "official"


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], product: Product, role: str) -> dict[str, Any]:
    state = {"storage_state": product.states[role]} if role in product.states else {}
    return {**browser_context_args, "base_url": product.url, **state}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page on which nothing may go wrong: no error in the console, no breach of its policy, no 404."""
    complaints = complaints_of(page)
    yield page
    assert complaints == []


@pytest.fixture
def desks(browser: Browser, product: Product) -> Iterator[Callable[[str], Page]]:
    """Opens a page at the desk of a role that says yes to every question; on none may anything go wrong."""
    contexts, complaints = [], []

    def sit_down(role: str) -> Page:
        context = browser.new_context(base_url=product.url, locale="zh-CN", storage_state=product.states[role])
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        complaints.append(complaints_of(page))
        return page

    yield sit_down
    for context in contexts:
        context.close()
    assert [complaint for each in complaints for complaint in each] == []


def complaints_of(page: Page) -> list[str]:
    """What goes wrong on the page from now on."""
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        complaint = f"{message.type}: {message.text}"
        if message.type in ("error", "warning") and not complaint.startswith(PAGE_WAS_LEFT):
            complaints.append(complaint)

    def on_response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status} {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("response", on_response)
    return complaints
