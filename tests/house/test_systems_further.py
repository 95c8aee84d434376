"""What the sources say beside the numbered systems, too, gives on its page what the page shows."""

import doctest
import re
from pathlib import Path

import pytest

import innoscape

PAGE = Path(innoscape.__file__).parent / "docs" / "systems" / "z-further.md"
EXAMPLES = re.findall(
    r"^### (.+?)\n.*?^```pycon\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)


@pytest.mark.parametrize(("name", "code"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_a_further_statement_gives_what_its_example_shows(name, code, capsys):
    example = doctest.DocTestParser().get_doctest(code, {}, name, str(PAGE), 0)
    assert example.examples[-1].want
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS).run(example)
    printed = capsys.readouterr().out
    assert printed == "", printed
