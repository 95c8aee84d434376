"""What the pages of the site show runs, in order, page by page; Chinese pages show the same as the English ones."""

import doctest
import re
import shlex
import tomllib
import warnings
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import innoscape
from innoscape.data import InnoscapeWarning
from innoscape.study import Study, main

DOCS = Path(innoscape.__file__).parent / "docs"
FENCE = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ENGLISH = sorted([DOCS / "index.md", DOCS / "tutorial.md", *DOCS.glob("how-to/*.md"), *DOCS.glob("concepts/*.md")])
CHINESE = sorted(DOCS.glob("zh/**/*.md"))
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
#: what other tests and continuous integration run in full: the bundled study
ELSEWHERE = {"innoscape run --out results"}


class Page:
    """A page that is followed step by step in an empty folder."""

    def __init__(self, path):
        self.path, self.names = path, {}

    def pycon(self, _file, block):
        test = doctest.DocTestParser().get_doctest(block, self.names, self.path.name, str(self.path), 0)
        with warnings.catch_warnings():
            # a reader sees them and the page says so
            warnings.simplefilter("ignore", InnoscapeWarning)
            told = []
            failed = doctest.DocTestRunner(optionflags=FLAGS).run(test, clear_globs=False, out=told.append).failed
        self.names = test.globs
        assert not failed, "".join(told)

    def python(self, _file, block):
        exec(compile(block, self.path.name, "exec"), self.names)  # noqa: S102

    def text(self, file, block):
        Path(file).write_text(block, encoding="utf-8")

    def toml(self, file, block):
        assert tomllib.loads(block)
        if file:
            with Path(file).open("a", encoding="utf-8") as study:
                study.write("\n" + block)
            return  # the page checks or runs it
        for section, value in tomllib.loads(block).items():
            TypeAdapter(Study.model_fields[section].annotation).validate_python(value)

    def sh(self, _file, block):
        for line in block.splitlines():
            program, *words = shlex.split(line)
            if line in ELSEWHERE or (program, words[0]) == ("pip", "install"):
                continue
            assert program == "innoscape"
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("sys.argv", [program, *words])
                with pytest.raises(SystemExit) as ended:
                    main()
            assert ended.value.code == 0, line


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_the_snippets_of_a_page_run(path, study, tmp_path, monkeypatch):
    text = path.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    study.rename("my-study")
    page = Page(path)
    for kind, file, block in FENCE.findall(text):
        getattr(page, kind)(file, block)


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.stem)
def test_a_chinese_page_shows_what_the_english_one_does(path):
    english = DOCS / path.relative_to(DOCS / "zh")
    shown = [FENCE.findall(page.read_text(encoding="utf-8")) for page in (path, english)]
    assert shown[0] == shown[1]
    assert re.search(r"[\u4e00-\u9fff]{8}", path.read_text(encoding="utf-8"))
