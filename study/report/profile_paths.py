"""Name the files of profiles: by the place, in letters that every file system and link can hold."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

from markupsafe import Markup

__all__ = ["FOLDER", "MOST_PROFILES", "profile_link", "profile_paths"]

FOLDER = "profiles"
# pages of a results folder; `innoscape profile` draws any other
MOST_PROFILES = 400
_UNSAFE = re.compile(r"[^\w-]+")
# bytes, of which file systems take 255; names that Windows keeps for itself
_LONGEST = 120
_KEPT = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def profile_paths(places: Iterable[str]) -> dict[str, str]:
    """Return place -> path below the results folder.

    A name that is changed, too long or the same as another but for case gets eight digits of its hash, so that each
    place has the same file in every run and no two places share one.

    Examples
    --------
    >>> profile_paths(["北京", "a/../b", "A", "a"])["北京"]
    'profiles/北京.html'
    >>> len({path.lower() for path in profile_paths(["北京", "a/../b", "A", "a"]).values()})
    4
    """
    listed = list(dict.fromkeys(places))
    folded = [unicodedata.normalize("NFKC", place).casefold() for place in listed]
    found: dict[str, str] = {}
    for place, own in zip(listed, folded, strict=True):
        name = _UNSAFE.sub("-", place).strip("-").encode()[:_LONGEST].decode(errors="ignore")
        if not name or name != place or folded.count(own) > 1 or _KEPT.fullmatch(name):
            name = f"{name or 'place'}-{hashlib.sha256(place.encode(errors='replace')).hexdigest()[:8]}"
        found[place] = f"{FOLDER}/{name}.html"
    return found


def profile_link(name: Markup, path: str | None) -> Markup:
    """Return a name as a link to a page, where there is one.

    Examples
    --------
    >>> profile_link(Markup("Hubei"), "profiles/a b.html")
    Markup('<a href="profiles/a%20b.html">Hubei</a>')
    """
    return name if path is None else Markup('<a href="{}">{}</a>').format(quote(path), name)
