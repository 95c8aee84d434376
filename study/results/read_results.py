"""Read back what a results folder holds: the study as it ran, its tables and its manifest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from pydantic import ValidationError

from ...data.errors import Fault, StudyError, reason_of
from ..plan.schema import Study
from .claim_folder import MANIFEST

__all__ = ["ReadResults", "read_results"]


class ReadResults(NamedTuple):
    """What a results folder holds."""

    study: Study
    tables: Mapping[str, pd.DataFrame]
    manifest: Mapping[str, Any]


def read_results(folder: str | Path) -> ReadResults:
    """Read a results folder; nothing is computed.

    Raises
    ------
    StudyError
        If the manifest or a table cannot be read, or is not as innoscape writes it.
    """
    where = Path(folder)
    try:
        manifest = json.loads((where / MANIFEST).read_text(encoding="utf-8"))
        study = Study.model_validate(manifest["study"])
        tables = {path.stem: pd.read_parquet(path) for path in sorted(where.glob("*.parquet"))}
    except OSError as error:
        raise StudyError([Fault.of("faults.study.results", str(where), reason=reason_of(error))]) from None
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        reason = " ".join(str(error).split())[:200]
        raise StudyError([Fault.of("faults.study.results", str(where), reason=reason)]) from None
    return ReadResults(study, tables, manifest)
