"""A stage laid over what it extends, positions kept. Knows the rules of merging, not the settings themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lambwsgi.settings.source import Entry, Value


def merge(under: Value, over: Value) -> Value:
    """`over` laid over `under`: maps are merged, all else is replaced, `null` takes away what lay under it."""
    if not (isinstance(under.data, Mapping) and isinstance(over.data, Mapping)):
        return over
    entries: dict[str, Entry] = dict(under.entries)
    for name, entry in over.entries.items():
        below = entries.get(name)
        entries[name] = replace(entry, value=merge(below.value, entry.value)) if below else entry
    return replace(over, data=entries)


def without_nulls(value: Value) -> Value:
    """The value without keys set to `null`: such a setting has its default, such a variable does not exist."""
    if not isinstance(value.data, Mapping):
        return value
    kept = {
        name: replace(entry, value=without_nulls(entry.value))
        for name, entry in value.entries.items()
        if entry.value.data is not None
    }
    return replace(value, data=kept)
