"""The tables of what adapters add to requests."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from benchmarks.report import Record, Table

_SUBJECT = "lambwsgi"
_MOST_LINES = 12
Key = tuple[str, str, str]


def tables(records: Sequence[Record], contenders: Sequence[str], unclosed: Sequence[str]) -> list[Table]:
    """Per application the ratios, then the time added to small requests, then who is ahead and where.

    `unclosed` are the contenders that do not close what the application returns.
    """
    cells = _by_cell(records)
    apps = dict.fromkeys(app for app, _, _ in cells)
    return [
        *(_ratios(app, cells, contenders) for app in apps),
        _added(cells, contenders),
        _summary(cells, contenders, unclosed),
    ]


def _by_cell(records: Iterable[Record]) -> dict[Key, dict[str, Record]]:
    cells: dict[Key, dict[str, Record]] = {}
    for record in records:
        cells.setdefault((record["app"], record["kind"], record["shape"]), {})[record["contender"]] = record
    return cells


def _ratios(app: str, cells: dict[Key, dict[str, Record]], contenders: Sequence[str]) -> Table:
    rows = [
        [kind, shape, f"{cell['direct']['median_us']:.1f}", *(_ratio(cell.get(name)) for name in contenders)]
        for (cell_app, kind, shape), cell in cells.items()
        if cell_app == app
    ]
    title = f"{app}: time of a request in ratio to calling the application directly, medians (in brackets of minima)"
    return Table(title, ["gateway", "request", "direct, µs", *contenders], rows, labels=2)


def _ratio(record: Record | None) -> str:
    if record is None:
        return ""
    return f"{record['ratio']:.2f} ({record['ratio_of_minima']:.2f})" if "ratio" in record else record["verdict"]


def _added(cells: dict[Key, dict[str, Record]], contenders: Sequence[str]) -> Table:
    rows = [
        [app, kind, *(_added_by(cell.get(name), cell[_SUBJECT]) for name in contenders)]
        for (app, kind, shape), cell in cells.items()
        if shape == "GET, small answer" and _SUBJECT in cell
    ]
    title = "Time added to a small GET with 20 headers, µs (in brackets: in ratio to lambwsgi's)"
    return Table(title, ["application", "gateway", *contenders], rows, labels=2)


def _added_by(record: Record | None, subject: Record) -> str:
    if record is None or "added_us" not in record or "added_us" not in subject:
        return record["verdict"] if record else ""
    return f"{record['added_us']:.1f} ({record['added_us'] / subject['added_us']:.2f})"


def _summary(cells: dict[Key, dict[str, Record]], contenders: Sequence[str], unclosed: Sequence[str]) -> Table:
    peers = [name for name in contenders if name != _SUBJECT]
    behind = [line for name in peers for line in _cells_behind(name, cells)]
    title = "All cells: lambwsgi beside each peer, by the time of the whole request (medians)"
    columns = [
        "peer",
        "cells claimed",
        "wrong",
        "raises",
        "both right",
        "lambwsgi is faster",
        "peer's added time, median",
    ]
    return Table(
        title, columns, [_beside(name, cells) for name in peers], notes=behind or ["lambwsgi is ahead in all."]
    )


def _beside(peer: str, cells: dict[Key, dict[str, Record]]) -> list[str]:
    verdicts = [cell[peer]["verdict"] for cell in cells.values()]
    pairs = _pairs(peer, cells)
    ratios = [theirs["added_us"] / ours["added_us"] for _, ours, theirs in pairs if ours["added_us"] > 0]
    return [
        peer,
        str(len(verdicts) - verdicts.count("not claimed")),
        str(verdicts.count("wrong")),
        str(verdicts.count("raises")),
        str(len(pairs)),
        str(sum(ours["median_us"] < theirs["median_us"] for _, ours, theirs in pairs)),
        f"{statistics.median(ratios):.2f} of lambwsgi's" if ratios else "",
    ]


def _pairs(peer: str, cells: dict[Key, dict[str, Record]]) -> list[tuple[Key, Record, Record]]:
    """The cells in which both were timed."""
    return [
        (key, cell[_SUBJECT], cell[peer])
        for key, cell in cells.items()
        if "median_us" in cell.get(_SUBJECT, {}) and "median_us" in cell.get(peer, {})
    ]


def _cells_behind(peer: str, cells: dict[Key, dict[str, Record]]) -> list[str]:
    """The cells in which the peer is faster, the largest difference first."""
    behind = sorted(
        ((ours["median_us"] / theirs["median_us"], key, ours, theirs) for key, ours, theirs in _pairs(peer, cells)),
        key=lambda each: -each[0],
    )
    lines = [
        f"- {peer} is faster: {', '.join(key)}: {theirs['median_us']:.1f} µs, lambwsgi {ours['median_us']:.1f} µs"
        for ratio, key, ours, theirs in behind
        if ratio > 1
    ]
    return lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], f"- … and in {len(lines) - _MOST_LINES} more"]
