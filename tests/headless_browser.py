"""Start the system's Chromium without a window, or skip where there is none and the run may go without."""

import os
import shutil
from contextlib import contextmanager

import pytest

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _without_browser(reason):
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and this run must not go without a browser")
    pytest.skip(reason)


@contextmanager
def headless_browser():
    """Start Chromium, and close it at the end."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _without_browser("playwright is not installed")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        _without_browser("no Chromium on the path")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield chromium
        chromium.close()
