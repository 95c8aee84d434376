"""Make a new study folder from a template, with its tables as files to edit."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from ...data import load
from ...data.files import write_file
from ...data.options import check_choice
from ...data.synthetic_provinces import synthetic_provinces
from ...data.wording.catalogue import LANGUAGES
from .new_folder import new_folder
from .schema import STUDY_FILE

__all__ = ["TEMPLATES", "Template", "write_template"]

Template = Literal["china", "provinces"]
TEMPLATES: tuple[Template, ...] = get_args(Template)
_DATASET = re.compile(r'"dataset:([a-z_]+)"')


def write_template(folder: str | Path, *, template: Template = "china", language: str = "en") -> Path:
    """Write a template to a folder, every shipped dataset it uses as a CSV file beside it.

    Parameters
    ----------
    folder : str or Path
        Must not exist, or be empty.
    template : {"china", "provinces"}
        The bundled study, or the technology markets of provinces from synthetic yearbook tables of five years.
    language : str
        What the pages of the study open in; where it is not English, the study file says so.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    OptionError
        If there is no such template or language.
    OutputError
        If the folder holds something or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     file = write_template(Path(home, "mine"), template="provinces")
    ...     sorted(one.name for one in file.parent.iterdir())
    ['bought.csv', 'framework.csv', 'indicators.csv', 'places.csv', 'sold.csv', 'study.toml']
    """
    check_choice("template", template, TEMPLATES)
    check_choice("language", language, LANGUAGES)
    target = Path(folder)
    given = {file.name: file.read_text(encoding="utf-8") for file in (files("innoscape.study") / template).iterdir()}
    text = given.pop(STUDY_FILE)
    if language != LANGUAGES[0]:
        text = text.replace("\n\n[tables]", f'\nlanguage = "{language}"\n\n[tables]', 1)
    with new_folder(target) as work:
        for name, table in _tables(template, text).items():
            table.to_csv(work / f"{name}.csv", index=False, lineterminator="\n")
        for name, content in given.items():
            write_file(work / name, content)
        write_file(work / STUDY_FILE, _DATASET.sub(r'"\1.csv"', text))
    return target / STUDY_FILE


def _tables(template: Template, text: str) -> dict[str, pd.DataFrame]:
    """Return the shipped datasets that a study file names, and what is drawn for the template."""
    drawn = synthetic_provinces(seed=23) if template == "provinces" else {}
    return {name: load(name) for name in sorted(set(_DATASET.findall(text)))} | drawn
