"""Start a study from files: write the folder that is proposed, once the study has passed its check."""

import shutil
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ...data import Gazetteer, InnoscapeError, InnoscapeWarning, OutputError, StudyError, TableError
from ...data.errors import Fault, grouped_faults
from ...data.files import write_file
from ...data.wording.catalogue import LANGUAGES, text
from ..plan.new_folder import new_folder
from ..plan.schema import STUDY_FILE
from ..stages.run import check
from .draft import Draft
from .propose_study import propose_study
from .study_toml import study_toml

__all__ = ["start_study"]

# what is left out in turn where a study does not pass its check
_LEFT_OUT: tuple[tuple[str, ...], ...] = (
    (),
    ("siting",),
    ("diffusion",),
    ("siting", "diffusion"),
    ("index", "siting"),
    ("networks", "diffusion"),
)


def start_study(
    files: Iterable[str | Path],
    folder: str | Path,
    *,
    gazetteer: Gazetteer | None = None,
    language: str = "en",
) -> Draft:
    """Propose a study from files and write it to a new folder; nothing is written that does not pass its check.

    Parameters
    ----------
    files : iterable of paths
        As in `propose_study`.
    folder : str or Path
        Must not exist, or be empty.
    gazetteer : Gazetteer, optional
        As in `propose_study`.
    language : str
        Language of the comment in the study file, and what the pages of the study open in.

    Returns
    -------
    Draft
        With what was understood, assumed and not used.

    Raises
    ------
    TableError
        If nothing in the files makes a study, with a line for each that could not be used.
    OutputError
        If the folder holds something or cannot be written.
    OptionError
        If no file is given.

    Examples
    --------
    >>> lines = ["city,rd,patents", "北京,9,8", "上海,7,6", "武汉,3,4", "西安,2,3"]
    >>> with tempfile.TemporaryDirectory() as home:
    ...     _ = Path(home, "cities.csv").write_text(chr(10).join(lines), encoding="utf-8")
    ...     _ = start_study([f"{home}/cities.csv"], f"{home}/mine", gazetteer=Gazetteer.shipped())
    ...     sorted(one.name for one in Path(home, "mine").iterdir())
    ['framework.csv', 'indicators.csv', 'places.csv', 'study.toml']
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(text("faults.calls.alike.new_empty_folder_another", target=target))
    draft = propose_study(files, name=target.name, gazetteer=gazetteer)
    if not draft.content:
        # where faults keep tables out, they say all
        last = [] if draft.blamed else [Fault.of("faults.start.nothing", target.name)]
        nothing = TableError([*draft.unused, *last])
        nothing.doubts = (*draft.notices, *draft.doubts)
        raise nothing
    if language != LANGUAGES[0]:
        draft.content["language"] = language
    _make_pass(draft, language)
    with new_folder(target) as work:
        _write(draft, work, language)
    return draft


def _make_pass(draft: Draft, language: str) -> None:
    """Leave out the section that keeps the study from passing its check, or cut fewer tiers; raise where none helps."""
    whole, first = dict(draft.content), None
    most = int(whole["tiers"]["k"])
    for out in _LEFT_OUT:
        for classes in range(most, 0, -1):
            kept = {key: value for key, value in whole.items() if key not in out}
            if not {"index", "networks", "diffusion"} & set(kept):
                continue
            draft.content = _consistent(kept | {"tiers": {**whole["tiers"], "k": classes}})
            try:
                _check(draft, language)
            except (StudyError, TableError) as error:
                first = first or error
                continue
            if first is not None:
                found = [replace(fault, where=Path(fault.where).name) for fault in first.faults]
                draft.unused += grouped_faults(found)
                for key in [key for key in whole if key not in draft.content]:
                    draft.drop(key, STUDY_FILE)
            return
    assert first is not None  # noqa: S101 - one was tried
    raise first


def _consistent(content: dict) -> dict:
    """Take out of a study what rests on a section that it no longer has."""
    sources = content.get("centers", {}).get("tiers", "given")
    sources = [sources] if isinstance(sources, str) else list(sources)
    lost = {"scores": "index", "flows": "networks"}
    kept = [one for one in sources if lost.get(one) is None or lost[one] in content]
    tables = dict(content["tables"])
    tiers = dict(content["tiers"])
    if "index" not in content:
        tables = {key: value for key, value in tables.items() if key not in ("indicators", "framework")}
    if "networks" not in content:
        tiers.pop("flows", None)
    out = content | {"tables": tables, "tiers": tiers}
    if "centers" in content:
        out["centers"] = content["centers"] | {
            "tiers": (kept or ["given"]) if len(kept) > 1 else (kept or ["given"])[0]
        }
    return out


def _check(draft: Draft, language: str) -> None:
    work = Path(tempfile.mkdtemp(prefix="innoscape-"))
    try:
        _write(draft, work, language)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            check(work)
    except InnoscapeError as error:
        if isinstance(error, StudyError | TableError):
            raise
        raise StudyError(
            [
                Fault(
                    STUDY_FILE,
                    text("faults.calls.start_study.study_can_built"),
                    str(error),
                    text("faults.calls.start_study.see_message"),
                )
            ]
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(draft: Draft, work: Path, language: str) -> None:
    named = study_toml(draft.content, draft.assumed, language)
    for name, table in draft.tables.items():
        if f'"{name}"' in named:
            write_file(work / name, table.to_csv(index=False, lineterminator="\n"))
    for name, content in draft.further.items():
        if f'"{name}"' in named:
            write_file(work / name, content)
    write_file(work / STUDY_FILE, named)
