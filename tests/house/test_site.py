"""The site builds without a warning, its links lead somewhere, and it asks for nothing from outside.

The build takes about half a minute of one processor.
"""

import os
import re
import runpy
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import innoscape

ROOT = Path(innoscape.__file__).parent
REFERENCE = runpy.run_path(str(ROOT / "docs" / "write_reference.py"))
ROOMS = ("data", "geo", "network", "study")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build everything once, warnings as errors; return the text of each page."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--builder", "html", "--fail-on-warning", "--quiet"]
    places = ["-c", "docs/site", "-d", str(folder / "doctrees"), "docs", str(folder / "html")]
    environment = os.environ | {"PYTHONPATH": str(ROOT.parent)} if ROOT.name == "innoscape" else os.environ
    built = subprocess.run([*command, *places], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    html = folder / "html"
    return html, {path: path.read_text(encoding="utf-8") for path in html.rglob("*.html")}


@pytest.mark.site
def test_every_link_of_the_site_leads_to_a_page_and_a_place_on_it(site):
    _, pages = site
    ids = {path: set(re.findall(r'\sid="([^"]+)"', text)) for path, text in pages.items()}
    broken, tried = [], 0
    for path, text in pages.items():
        for raw in set(re.findall(r'\s(?:href|src)="([^"]*)"', text)):
            link = urlsplit(unescape(raw))
            if link.scheme or raw in {"", "#"} or raw.startswith("#svg-"):
                continue
            tried += 1
            target = (path.parent / unquote(link.path)).resolve() if link.path else path
            fits = target.exists() and (not link.fragment or target not in ids or unquote(link.fragment) in ids[target])
            broken += [] if fits else [f"{path.name}: {raw}"]
    assert tried > 2000
    assert broken == []


@pytest.mark.site
def test_no_page_loads_anything_from_another_address(site):
    html, pages = site
    loads = r'<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\ssrc="([^"]+)"|<link\b[^>]*?\shref="([^"]+)"'
    found = {one or two for text in pages.values() for one, two in re.findall(loads, text)}
    for sheet in html.rglob("*.css"):
        style = sheet.read_text(encoding="utf-8")
        found |= set(re.findall(r"""url\(\s*["']?([^"')]+)""", style)) | set(re.findall(r'@import\s*"([^"]+)', style))
    assert len(found) > 10
    assert sorted(one for one in found if urlsplit(one).scheme not in {"", "data"} or one.startswith("//")) == []


@pytest.mark.site
def test_each_language_has_its_own_navigation_and_a_way_to_the_other(site):
    html, pages = site
    english, chinese = (
        pages[html / "how-to" / "own-provinces.html"],
        pages[html / "zh" / "how-to" / "own-provinces.html"],
    )
    assert '<html class="no-js" lang="en"' in english
    assert '<html class="no-js" lang="zh-Hans"' in chinese
    assert 'href="../zh/how-to/own-provinces.html"' in english
    assert 'href="../../how-to/own-provinces.html"' in chinese
    tree = re.search(r'<div class="sidebar-tree">(.*?)</aside>', chinese, re.DOTALL).group(1)
    assert re.search(r'<li class="current toctree-l1 current-page">\s*<a[^>]*>分析自己的省份数据', tree)
    assert "Which number" not in tree
    assert "On this page" not in chinese
    nested = pages[html / "reference" / "geo-tiers.html"]
    assert re.search(r'<li class="current toctree-l2 current-page"><a[^>]*>geo.tiers</a>', nested)
    assert re.search(r'<li class="current toctree-l1 has-children"><a[^>]*>Reference</a>', nested)
    assert "本页内容" in chinese


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "page"),
    [("扩散模型", "zh/how-to/fit-diffusion.html"), ("narrowing interval scenarios", "how-to/compare-scenarios.html")],
)
def test_the_search_finds_chinese_and_english_words_without_a_server(site, browser, words, page):
    tab = browser.new_page()
    complaints = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(f"{(site[0] / 'search.html').as_uri()}?q={words}")
    tab.locator(f'#search-results a[href^="{page}"]').first.wait_for(timeout=60_000)
    tab.close()
    assert complaints == []


def test_the_search_splits_chinese_text_into_pairs(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "site"))
    from two_letter_search import split

    assert split("创新中心 and R&D 省") == ["创新", "新中", "中心", "and", "R", "D", "省"]


def test_the_reference_holds_every_public_name_once():
    pages = REFERENCE["pages"]()
    listed = (ROOT / "docs" / "reference" / "index.md").read_text(encoding="utf-8")
    written = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md")}
    del written["index.md"]
    assert written == pages, "write them anew: python docs/write_reference.py"
    assert all(f"\n{name.removesuffix('.md')}\n" in listed for name in pages)
    for room in ROOMS:
        text = "\n".join(page for name, page in written.items() if re.match(room + r"[-.]", name))
        names = re.findall(r"^\.\. (?:auto\w+|py:data):: (\w+)$", text, re.MULTILINE)
        assert sorted(names) == sorted(getattr(innoscape, room).__all__)
