"""Append an entry to a list of tables in a study file; comments, order and line ends of the rest stay."""

from typing import Any

from ...data import MissingExtraError, OptionError

__all__ = ["append_entry"]


def append_entry(text: str, path: tuple[str, ...], entry: dict[str, Any], *, what: str, rows: str | None = None) -> str:
    r"""Return the text of a study file with one more entry in a list of tables, behind those it has.

    Parameters
    ----------
    text : str
    path : tuple of str
        Where the list stands, such as ``("index", "recipes")``.
    entry : dict
        Its ``name`` must be new.
    what : str
        What an entry is called.
    rows : str, optional
        Key of the entry that takes one line for each of its items.

    Raises
    ------
    OptionError
        If a section above the list is missing, or the name is taken.

    Examples
    --------
    >>> append_entry("a = 1\n", ("scenarios",), {"name": "far"}, what="scenario")
    'a = 1\n\n[[scenarios]]\nname = "far"\n'
    """
    tomlkit = _tomlkit()
    newline = "\r\n" if "\r\n" in text else "\n"
    document = tomlkit.parse(text.replace("\r\n", "\n"))
    host = document
    for key in path[:-1]:
        if key not in host:
            raise OptionError(f"{key}: needed a section [{key}] of the study file, got none")
        host = host[key]
    present = host.get(path[-1])
    if any(one.get("name") == entry["name"] for one in present or ()):
        raise OptionError(f"name: the study has a {what} {entry['name']!r}; choose another name")
    if isinstance(present, tomlkit.items.Array):
        present.append(entry)
        return tomlkit.dumps(document).replace("\n", newline)
    table = _table(entry, rows)
    remarks = _split_remarks(document.body if present is None else present[-1].value.body)
    if present is None:
        present = tomlkit.aot()
        host.append(path[-1], present)
    else:
        for remark in [tomlkit.nl(), *remarks]:
            table.add(remark)
    present.append(table)
    return tomlkit.dumps(document).replace("\n", newline)


def _split_remarks(body: list[Any]) -> list[Any]:
    """End a body with an empty line, and return the remarks right above the next section, which belong to it."""
    items = _tomlkit().items
    while body and isinstance(body[-1][1], items.Table | items.AoT):
        last = body[-1][1]
        body = (last[-1] if isinstance(last, items.AoT) else last).value.body
    remarks = []
    while body and isinstance(body[-1][1], items.Comment | items.Whitespace):
        remarks.append(body.pop()[1])
    body.append((None, _tomlkit().nl()))
    while remarks and isinstance(remarks[-1], items.Whitespace):
        remarks.pop()
    return remarks[::-1]


def _table(entry: dict[str, Any], rows: str | None) -> Any:  # noqa: ANN401 - an item of tomlkit
    table = _tomlkit().table()
    for key, value in entry.items():
        if key == rows:
            steps = _tomlkit().array().multiline(multiline=True)
            for step in value:
                steps.append(_inline(step))
            table.add(key, steps)
        else:
            table.add(key, _inline(value) if isinstance(value, dict) else value)
    return table


def _inline(given: dict[str, Any]) -> Any:  # noqa: ANN401 - an item of tomlkit
    table = _tomlkit().inline_table()
    table.update({key: _inline(value) if isinstance(value, dict) else value for key, value in given.items()})
    return table


def _tomlkit() -> Any:  # noqa: ANN401 - a module
    try:
        import tomlkit
        import tomlkit.items
    except ImportError as error:
        raise MissingExtraError("explore", purpose="save") from error
    return tomlkit
