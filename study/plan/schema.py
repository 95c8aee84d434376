"""Declare what a study file may say: what to score, connect, simulate and show, with every choice named.

Units of time are years and costs are kilometers unless the study gives other costs. A number that no source measures is
declared with `Assumed` and reported as assumed wherever it is used.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from ...data import OptionError
from ...data.options import check_names
from ...data.wording.catalogue import LANGUAGES, Text
from ...geo import Recipe
from ...geo.index.recipe import parse_choice
from ...geo.index.score import Nested
from ...geo.space.basemap_choices import AREA_FILES, BASEMAPS
from ...network.structure.cutoffs import Cutoff
from .analyses import ANALYSES
from .audit_plan import AuditPlan
from .concentration_plan import ConcentrationPlan, concentration_misfits
from .diffusion import Diffusion, channel_misfits
from .diffusion_fit import fit_misfits
from .estimates import Estimate, misfits_of_estimates
from .fields import (
    STUDY_FILE,
    Assumed,
    Name,
    Part,
    Reference,
    Slug,
    Tier,
    choice_error,
    legible_part,
    listed,
    needed_error,
)
from .gravity_plan import GravityPlan, gravity_misfits
from .misfits import misfits
from .panels import strange_panels, with_panel
from .pattern_plan import PatternPlan, pattern_misfits
from .regression_plan import RegressionPlan, regression_misfits
from .siting_plan import SitingPlan, siting_misfits
from .study_scenario import StudyScenario
from .tiers import Tiers, TierSource, strange_tiers
from .typology_plan import TypologyPlan, typology_misfits
from .variables import Variable
from .weights_plan import WeightsPlan, weights_misfits
from .years import Year, Years

__all__ = ["APART", "STUDY_FILE", "Study"]

# says that the parts of a study need not fit one another
APART = {"apart": True}


class Tables(Part):
    """Where the tables of the study are."""

    places: Annotated[list[Reference], BeforeValidator(listed)] = Field(min_length=1)
    memberships: Reference | None = Field(None, description="place and container, for containers that overlap")
    indicators: Reference | None = None
    framework: Reference | None = None
    corridors: Reference | None = None
    landmarks: Reference | None = None
    costs: Reference | None = None
    attributes: Reference | None = Field(None, description="classes of places, such as drivers, roles or sectors")


class IndexRecipe(Part):
    """One way of building the index; its options are those of `innoscape.geo.Recipe`."""

    name: Slug
    options: dict[str, Any] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object) -> object:
        """Keep the options flat in the file: every key but the name belongs to the recipe."""
        if isinstance(given, dict) and "options" not in given:
            name = {"name": given["name"]} if "name" in given else {}
            return {**name, "options": {k: v for k, v in given.items() if k != "name"}}
        return given

    @model_validator(mode="after")
    def _options_work(self) -> "IndexRecipe":
        faults = _recipe_faults(self.options)
        if faults:
            raise ValidationError.from_exception_data("recipe", faults)
        return self

    @cached_property
    def choices(self) -> Recipe:
        """The recipe."""
        return Recipe.from_dict(self.options)


def _recipe_faults(options: Mapping[str, Any]) -> list[InitErrorDetails]:
    """Find every option that is unknown or cannot work, else those that do not work together."""
    known = [*(field.name for field in fields(Recipe)), "convention"]
    found: dict[tuple[str, ...], Text] = {}
    for name, value in options.items():
        try:
            check_names("recipe", [name], known)
            parse_choice(name, value)
        except OptionError as error:
            found[(name,)] = error.said
    if not found:
        try:
            Recipe.from_dict(options)
        except OptionError as error:
            # the message begins with the option it is about
            name = str(error).partition(":")[0]
            found[(name,) if name in options else ()] = error.said
    return [
        InitErrorDetails(
            type=PydanticCustomError("option", "{error}", {"error": error}),
            loc=loc,
            input=options.get(*loc) if loc else "",
        )
        for loc, error in found.items()
    ]


class Robustness(Part):
    """How far weights, recipes and data are varied; the recipes of the index are drawn from."""

    runs: int = Field(2000, ge=2)
    seed: int = Field(0, ge=0)
    weight_noise: float = Assumed("assumptions.weight_noise", default=0.25, ge=0, le=1)
    data_noise: dict[Name, float] = Assumed("assumptions.data_noise", default={})


class Index(Part):
    """The composite index."""

    units: list[Name] = Field(description="places that are scored")
    nested: Nested = Field("raise", description="whether they may contain one another or share places")
    panel: Literal["none", "yearly", "pooled"] = Field("none", description="whether years are scored apart or together")
    year: Year | Literal["latest"] | None = Field(
        None, description="the year scored; of a panel the year shown, the latest when missing"
    )
    recipes: list[IndexRecipe] = Field(min_length=1, description="the first is the main one")
    robustness: Robustness | None = None

    @model_validator(mode="before")
    @classmethod
    def _share_panel(cls, given: object) -> object:
        return with_panel(given)

    @model_validator(mode="after")
    def _one_panel(self) -> "Index":
        faults = strange_panels(self)
        if faults:
            raise ValidationError.from_exception_data("index", faults)
        return self


class Centers(Part):
    """Which places are centers."""

    kinds: list[str] | None = Field(None, description="kinds of places that can be centers; all when missing")
    tiers: TierSource | list[TierSource] = Field(
        "given", description="where tiers come from; of several, the first that has one for a place"
    )
    assumed_tiers: dict[Name, Tier] = Assumed("assumptions.assumed_tiers", default={})

    @property
    def tier_sources(self) -> tuple[TierSource, ...]:
        """Where tiers come from, the first that has one for a place counting."""
        return tuple(self.tiers) if isinstance(self.tiers, list) else (self.tiers,)


class Structure(Part):
    """How the places of a network are sorted into blocks and roles; see `innoscape.network.block_roles`."""

    cutoff: Cutoff | Annotated[float, Field(ge=0)] = Field(
        "row_mean", description="flow above which two places are tied: mean of the row, mean or median of all, a number"
    )
    margin: float = Field(0.05, ge=0, le=0.5, description="change of the cutoffs within which a role must hold")


class Network(Part):
    """One kind of flow."""

    name: Slug
    title: str = ""
    title_zh: str = ""
    directed: bool = Field(description="whether a flow has a direction")
    years: Years = Field("each", description="which years of the flows are used, and whether they are added")
    flows: Reference | None = None
    estimate: Estimate | None = None
    structure: Structure = Field(default_factory=lambda: Structure.model_validate({}))
    gravity: GravityPlan | None = Field(None, description="the gravity model that is fitted to its flows")
    group_into: list[Name] | None = Field(None, description="containers whose members become one node each")
    balance: list[Name] | None = Field(None, description="groups to balance; the scored places when missing")

    @model_validator(mode="after")
    def _one_origin(self) -> "Network":
        if (self.flows is None) == (self.estimate is None):
            raise needed_error("faults.needed.flows")
        return self


class Origin(Part):
    """Where the idea behind an assumed number comes from."""

    source: Name = Field(description="key of the dataset sources, or a name of one's own")
    at: str = Field("", description="where in the source, such as §2")


class Stated(Part):
    """Something that the study takes to be so and no source says, in words."""

    at: Name = Field(description="key path in the study file of what it is about, such as tables.framework")
    text: str = ""
    text_zh: str = ""

    @model_validator(mode="after")
    def _about_a_section(self) -> "Stated":
        section = self.at.partition(".")[0].partition("[")[0]
        if section not in Study.model_fields:
            raise needed_error("faults.needed.section", name=self.at)
        if not (self.text or self.text_zh):
            raise needed_error("faults.needed.sentence")
        return self


def _ground(value: str) -> str:
    if value in BASEMAPS or value.lower().endswith(AREA_FILES):
        return value
    raise choice_error([*BASEMAPS, "areas.gpkg"])


def _known_language(value: str) -> str:
    if value in LANGUAGES:
        return value
    raise choice_error(LANGUAGES)


Ground: TypeAlias = Annotated[Name, AfterValidator(_ground), Field(description="a ground, or a file of areas")]


class Map(Part):
    """What the map shows besides the results."""

    boundaries: Ground = "auto"
    approval: Name | None = Field(
        None, description="the number under which the boundaries of the file were approved for publication"
    )

    @property
    def file(self) -> str | None:
        """The file of areas, where the ground is one."""
        return None if self.boundaries in BASEMAPS else self.boundaries


class Study(Part):
    """A whole study.

    Attributes
    ----------
    folder : Path or None
        Where its tables are; None for a study made in Python.
    """

    name: Slug
    title: str
    title_zh: str = ""
    description: str = ""
    description_zh: str = ""
    language: Annotated[str, AfterValidator(_known_language)] | None = Field(
        None, description="the language its pages open in, unless the reader chose one before"
    )
    tables: Tables
    index: Index | None = None
    tiers: Tiers = Field(default_factory=lambda: Tiers.model_validate({}))
    centers: Centers = Field(default_factory=lambda: Centers.model_validate({}))
    networks: list[Network] = Field([])
    weights: list[WeightsPlan] = Field([])
    pattern: PatternPlan | None = None
    concentration: ConcentrationPlan | None = None
    siting: SitingPlan | None = None
    regression: RegressionPlan | None = None
    typology: TypologyPlan | None = None
    audit: AuditPlan | None = None
    diffusion: Diffusion | None = None
    scenarios: list[StudyScenario] = Field([])
    map: Map = Field(default_factory=lambda: Map.model_validate({}))
    origins: dict[Name, Origin] = Field(
        {}, description="start of a key path -> the source of the ideas behind its numbers"
    )
    assumed: list[Stated] = Field([], description="what is assumed besides the numbers that are assumed by nature")
    folder: Path | None = Field(None, exclude=True)

    @property
    def variables(self) -> list[Variable]:
        """What its analyses take from each place."""
        plans = [plan for key in ANALYSES if (plan := getattr(self, key)) is not None]
        return [variable for plan in plans for variable in plan.variables_used]

    @model_validator(mode="before")
    @classmethod
    def _legible(cls, given: object) -> object:
        return legible_part(given)

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> "Study":
        if info.context == APART:
            return self
        found = [*misfits(self), *misfits_of_estimates(self), *channel_misfits(self), *fit_misfits(self)]
        found += [*gravity_misfits(self), *strange_tiers(self, self.tiers.order)]
        found += [*weights_misfits(self), *pattern_misfits(self), *concentration_misfits(self)]
        found += [*siting_misfits(self), *regression_misfits(self), *typology_misfits(self)]
        if found:
            raise ValidationError.from_exception_data("study", found)
        return self
