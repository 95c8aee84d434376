"""An option that is a word is typed as the words it may be, and the list stands once."""

import inspect
import re
from dataclasses import fields
from importlib import import_module
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from innoscape.geo import Recipe

ROOMS = ("data", "geo", "network", "study")
BRACES = re.compile(r"(?m)^(\w+(?:, \w+)*) : \{(.*?)\}", re.DOTALL)
# one word beside numbers or tables, as in: k : "share", number or DataFrame
WORD = re.compile(r'(?m)^(\w+(?:, \w+)*) : (".*)$')


def words_of(hint):
    """Return the words that an annotation allows, None where it has no Literal."""
    if get_origin(hint) is Literal:
        return {word for word in get_args(hint) if isinstance(word, str)}
    found = [words_of(part) for part in get_args(hint)]
    return set().union(*(words for words in found if words)) or None


def documented_words(doc):
    """Yield (parameter, words) for every parameter whose docstring lists words, in braces or one beside other kinds."""
    text = inspect.cleandoc(doc or "")
    for names, given in [*BRACES.findall(text), *WORD.findall(text)]:
        words = set(re.findall(r'"([^"]*)"', given))
        for name in names.split(", ") if words else ():
            yield name, words


def public_things():
    for room in ROOMS:
        package = import_module(f"innoscape.{room}")
        for name in package.__all__:
            thing = getattr(package, name)
            if inspect.isclass(thing):
                yield pytest.param(thing, id=f"{room}.{name}")
                for key, method in vars(thing).items():
                    if inspect.isfunction(method) and not key.startswith("_"):
                        yield pytest.param(method, id=f"{room}.{name}.{key}")
            elif inspect.isfunction(inspect.unwrap(thing)):
                yield pytest.param(thing, id=f"{room}.{name}")


@pytest.mark.parametrize("thing", list(public_things()))
def test_words_listed_in_a_docstring_are_those_of_the_type(thing):
    listed = dict(documented_words(thing.__doc__))
    if not listed:
        return
    hints = {name: hint_of(thing, name) for name in listed}
    # a step of a recipe may also be a table or a function, and is checked by its registry
    steps = {field.name for field in fields(Recipe)} - {"panel", "ties"} if thing is Recipe else set()
    typed = {
        name: words_of(hint)
        for name, hint in hints.items()
        if name not in steps and (words_of(hint) or str in (hint, *get_args(hint)))
    }
    assert typed == {name: listed[name] for name in typed}


def hint_of(thing, name):
    """Return the annotation of one parameter; names that only type checkers import may stand at others."""
    thing = inspect.unwrap(thing)
    owner = thing if inspect.isclass(thing) or name in thing.__annotations__ else None
    found = owner.__annotations__.get(name) if owner else None
    return eval(found, vars(import_module(thing.__module__))) if isinstance(found, str) else found  # noqa: S307


def loosely_typed(functions):
    """Return (function, parameter) where a plain string stands for what another function types as words."""
    hints = [(thing, name, hint) for thing in functions for name, hint in thing.__annotations__.items()]
    worded = {name for _, name, hint in hints if words_of(hint)}
    plain = [(thing, name) for thing, name, hint in hints if str in (hint, *get_args(hint)) and not words_of(hint)]
    return [(thing.__name__, name) for thing, name in plain if name in worded]


def test_an_option_is_typed_alike_by_all_functions_of_a_module():
    modules = {}
    for thing in (param.values[0] for param in public_things()):
        if not inspect.isclass(thing):
            modules.setdefault(inspect.unwrap(thing).__module__, []).append(inspect.unwrap(thing))
    assert {module: loose for module, functions in modules.items() if (loose := loosely_typed(functions))} == {}


def test_the_rule_sees_a_plain_string():
    def loose(how: str, part: str | float) -> None:
        """Do it.

        Parameters
        ----------
        how : {"fast", "slow"}
            Pace.
        part : "all" or number
            How much.
        """

    def strict(how: Literal["fast", "slow"]) -> None:
        """Do it."""

    assert dict(documented_words(loose.__doc__)) == {"how": {"fast", "slow"}, "part": {"all"}}
    assert loosely_typed([loose, strict]) == [("loose", "how")]
    assert words_of(get_type_hints(loose)["how"]) is None
    assert words_of(Literal["fast", "slow"] | None) == {"fast", "slow"}


def registries():
    from innoscape.geo.tiers.breaks import TIER_METHODS, TierMethodName
    from innoscape.network import Channel, estimate_flows
    from innoscape.network.diffusion.model.channel import DECAYS, TIE_SCALES
    from innoscape.network.flows.shapes import BALANCES, SHAPES

    channel, estimate = get_type_hints(Channel), get_type_hints(inspect.unwrap(estimate_flows))
    recipe = get_type_hints(Recipe)
    from innoscape.geo.index.recipe import PANELS, TIES

    yield pytest.param(TierMethodName, TIER_METHODS, id="tier methods")
    yield pytest.param(channel["decay"], DECAYS, id="decays")
    yield pytest.param(channel["normalize"], TIE_SCALES, id="scales of ties")
    yield pytest.param(estimate["decay"], SHAPES, id="shapes")
    yield pytest.param(estimate["balance"], BALANCES, id="balances")
    yield pytest.param(recipe["panel"], PANELS, id="panels")
    yield pytest.param(recipe["ties"], TIES, id="ties")


@pytest.mark.parametrize(("hint", "registry"), list(registries()))
def test_a_registry_holds_the_words_of_its_type(hint, registry):
    assert words_of(hint) == set(registry)
