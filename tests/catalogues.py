"""The catalogues as tests read them, without the package's own reader."""

import tomllib
from pathlib import Path

import innoscape

ROOT = Path(innoscape.__file__).parent
ROOMS = ("data", "geo", "network", "study")
WORDING = ROOT / "data" / "wording"


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def catalogue(language):
    return dict(flat(tomllib.loads((WORDING / f"{language}.toml").read_text(encoding="utf-8"))))
