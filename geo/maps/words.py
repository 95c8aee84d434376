"""Hand the words of the catalogues to the page: names of layers, and all that the scripts say."""

from functools import cache

from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, languages, plain, text, words_of
from .offline import script_json

__all__ = ["layer_name", "page_words"]

# whose keys the page's data name
_KINDS = ("statuses", "channels", "landmarks")


def layer_name(given: str | Text | None, layer: str) -> Text:
    """Return the name of a layer: the one given, or its usual one.

    Examples
    --------
    >>> str(layer_name(None, "scopes")), str(layer_name("Regions", "scopes"))
    ('Scopes', 'Regions')
    """
    return plain(given) if given else text(f"map.layers.{layer}")


@cache
def page_words() -> str:
    """Write the call that gives the scripts their words and languages."""
    named = {key: term.name.to_dict() for kind in _KINDS for key, term in terms(kind).items()}
    words = (
        named
        | words_of("map.page.")
        | {
            "list.comma": text("list.comma").to_dict(),
            "amount_steps": text("language.steps").to_dict(),
        }
    )
    return f"Object.assign(innoscape.speech, {script_json({'languages': languages(), 'words': words})});"
