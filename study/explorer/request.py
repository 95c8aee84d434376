"""Say what a reader of the explorer may move, in the words of a study file's interventions.

A lever left where the study has it is no intervention. Every number here is an assumption, as in the study file.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..charts.svg import WIDTH
from ..plan.interventions import Intervention, centers_needed
from ..plan.read import key_path

__all__ = [
    "Asked",
    "CellOrder",
    "DropOrder",
    "FilesOrder",
    "IndexOrder",
    "Levers",
    "MeasureOrder",
    "NetworkOrder",
    "PlaceOrder",
    "RecipeOrder",
    "SaveOrder",
    "ScenarioOrder",
    "StudyOrder",
    "TierOrder",
    "faults_of",
    "places_of",
    "plain_steps",
]

MOST_STEPS = 60


class Asked(BaseModel):
    """What every question holds: the marks of the parts of its last answer, which are not sent again."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    known: dict[str, str] = Field(default={}, max_length=40)


class Levers(Asked):
    """Where the levers stand: interventions in order, how many runs to simulate, and how wide the page is."""

    interventions: list[Intervention] = Field(default=[], max_length=MOST_STEPS)
    runs: int | None = Field(None, ge=50, le=5000)
    width: float = Field(default=WIDTH, gt=0)


class SaveOrder(Asked):
    """A scenario to put into a study file, in a new study folder if one is named."""

    name: str = Field(min_length=1, max_length=80)
    title: str = Field("", max_length=300)
    title_zh: str = Field("", max_length=300)
    interventions: list[Intervention] = Field(min_length=1, max_length=MOST_STEPS)
    folder: str | None = Field(None, min_length=1, max_length=1000)


# the name of a folder beside others, which leads nowhere else
FolderName: TypeAlias = Annotated[str, Field(pattern=r"^\w[\w-]{0,59}$")]
Factor: TypeAlias = Annotated[float, Field(ge=0, le=100)]


class ScenarioOrder(SaveOrder):
    """A scenario to save that the page orders: a new folder has a name, and no path."""

    folder: FolderName | None = None


class TierOrder(BaseModel):
    """How scores become tiers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    method: Literal["natural_breaks", "head_tail", "quantiles", "maximum_breaks", "k_means"]
    k: int = Field(4, ge=1, le=7)


class IndexOrder(Asked):
    """A recipe of the study with some steps replaced, and factors on the weights of indicators."""

    recipe: str = Field("", max_length=80)
    steps: dict[Literal["normalize", "weigh", "aggregate"], Annotated[str, Field(max_length=40)]] = {}
    factors: dict[str, Factor] = Field(default={}, max_length=1000)
    tiers: TierOrder | None = None


class RecipeOrder(IndexOrder):
    """An index to put into the study file as a recipe, in a new study folder if one is named; shown first."""

    name: str = Field(min_length=1, max_length=80)
    folder: FolderName | None = None
    write: bool = False


class NetworkOrder(Asked):
    """A network of the study."""

    network: str = Field(min_length=1, max_length=80)


class MeasureOrder(NetworkOrder):
    """A network of which only the strongest ties are kept."""

    keep: float = Field(1.0, gt=0, le=1)


class GivenFile(BaseModel):
    """A file that was dropped on the page."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=300)
    content: str


class FilesOrder(Asked):
    """Files to take in, their contents in base64."""

    files: list[GivenFile] = Field(min_length=1, max_length=40)


class DropOrder(Asked):
    """A file to leave out."""

    file: str = Field(max_length=300)


class Cell(BaseModel):
    """A cell, as a spreadsheet counts it from 1, and its new text."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    row: int = Field(ge=1)
    column: int = Field(ge=1)
    value: str = Field(max_length=2000)


class CellOrder(Asked):
    """Cells of a sheet to change; the sheet has no name where it is the only one."""

    file: str = Field(max_length=300)
    sheet: str = Field("", max_length=300)
    cells: list[Cell] = Field(min_length=1, max_length=1000)


class PlaceOrder(Asked):
    """Where a place lies, in degrees, or the name that it has elsewhere."""

    place: str = Field(min_length=1, max_length=300)
    name: str | None = Field(None, min_length=1, max_length=300)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)


class StudyOrder(Asked):
    """A name for the folder of a new study: letters, digits, hyphens and underscores, no path."""

    folder: FolderName
    language: Literal["en", "zh"] = "en"


def plain_steps(steps: list[Intervention]) -> list[dict[str, Any]]:
    """Write interventions as the study file holds them: verb first, start last, nothing left out or at 0."""
    plain = []
    for step in steps:
        numbers = step.model_dump(exclude={"verb", "start"}, exclude_none=True)
        plain.append({"verb": step.verb, **numbers} | ({"start": step.start} if step.start > 0 else {}))
    return plain


def places_of(steps: Iterable[Intervention]) -> Iterator[tuple[str, str]]:
    """Name every center that a step needs to exist, with the key that names it."""
    for number, step in enumerate(steps, 1):
        yield from ((f"interventions[{number}].{key}", place) for key, place in centers_needed(step))


def faults_of(error: ValidationError) -> list[str]:
    """Say what is wrong with a request, one line a fault, each by its key path."""
    lines = []
    for entry in error.errors(include_url=False):
        path = key_path(entry["loc"]) if entry["loc"] else "request"
        text = entry["msg"].removeprefix("Value error, ")
        if entry["type"] == "union_tag_invalid":
            text = f"a scenario has no verb {entry.get('ctx', {}).get('tag')!r} here; leave this lever out"
        lines.append(f"{path}: {text}")
    return lines
