"""Take the normalizations of the framework table into the recipes of a study."""

from ...data import Fault, Framework, OptionError, StudyError
from ...geo.index.normalize.by_indicator import listed_methods
from ...geo.index.own_normalizations import with_own_normalizations
from .schema import STUDY_FILE, IndexRecipe, Study

__all__ = ["with_own_methods"]


def with_own_methods(study: Study, framework: Framework | None) -> Study:
    """Return the study with the methods of the column ``normalize`` written into the recipes that read it.

    Raises
    ------
    StudyError
        A method of the column is unknown or does not go with a recipe, or no recipe reads the column.
    """
    index = study.index
    if index is None or framework is None:
        return study
    faults, recipes = [], []
    for i, recipe in enumerate(index.recipes, 1):
        if recipe.choices.step("normalize")[0] != "by_indicator":
            recipes.append(recipe)
            continue
        try:
            chosen = with_own_normalizations(recipe.choices, framework).to_dict()["normalize"]
        except OptionError as error:
            said = Fault.of("faults.study.options_together", STUDY_FILE, column=f"index.recipes[{i}]", error=error)
            faults.append(said)
            continue
        recipes.append(IndexRecipe.model_validate({"name": recipe.name, **recipe.options, "normalize": chosen}))
    named = listed_methods(framework)
    if named and not any(recipe.choices.step("normalize")[0] == "by_indicator" for recipe in index.recipes):
        names = [recipe.name for recipe in index.recipes]
        faults.append(Fault.of("faults.study.normalizations", STUDY_FILE, column="index.recipes", names=names))
    if faults:
        raise StudyError(faults)
    return study.model_copy(update={"index": index.model_copy(update={"recipes": recipes})})
