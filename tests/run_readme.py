"""Run the commands of both READMEs as they stand, in an empty folder: ``python run_readme.py``.

Run by continuous integration. Files that a command begins from are synthetic.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from innoscape import data

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def make_file(file: Path) -> None:
    """Write a file of the kind that its name says."""
    if file.suffix == ".csv":
        data.synthetic_yearbook(file, seed=1)
    else:
        export = file.with_suffix(".csv")
        data.synthetic_export(export, "cn_patents", records=300, seed=1)
        pd.read_csv(export, dtype=str).to_excel(file, index=False)
        export.unlink()


def main() -> None:
    """Raise where a command fails; nothing but commands of innoscape is run."""
    for readme in ("README.md", "README.zh.md"):
        # the commands of this interpreter come first
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        with tempfile.TemporaryDirectory() as folder:
            for block in BLOCK.findall((ROOT / readme).read_text(encoding="utf-8")):
                for line in block.splitlines():
                    words = shlex.split(line, comments=True)
                    if words[:1] == ["export"]:
                        name, value = words[1].split("=")
                        environment[name] = value
                    elif words[:1] == ["innoscape"]:
                        if "--from" in words:
                            for name in words[words.index("--from") + 1 : -1]:
                                make_file(Path(folder) / name)
                        sys.stdout.write(f"{readme}: {line}\n")
                        sys.stdout.flush()
                        program = shutil.which(words[0], path=environment["PATH"]) or words[0]
                        subprocess.run([program, *words[1:]], cwd=folder, env=environment, check=True)


if __name__ == "__main__":
    main()
