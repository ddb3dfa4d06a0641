"""The map in tests/events/README.md is complete: every number once, every proof there, every case named."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent.parent
EVENTS = TESTS / "events"
LINES = (EVENTS / "README.md").read_text().splitlines()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if line.startswith("| ")]
PROOFS = sorted({proof for row in ROWS for proof in re.findall(r"`([^`]+)`", row[-1])} - {"*/*", "binaryMediaTypes"})


def cases_of(proof: str) -> set[Path]:
    return set(EVENTS.glob(f"{proof}.json"))


def test_every_number_of_the_catalogue_is_there_once() -> None:
    numbers = [int(row[0]) for row in ROWS if row[0].isdecimal()]

    assert numbers == list(range(1, 143))


def test_every_number_has_a_proof_or_a_reason() -> None:
    unproven = [row[0] for row in ROWS if row[0].isdecimal() and not re.search(r"out of scope: \w|`[\w*]+/", row[2])]

    assert unproven == []


def test_every_case_that_the_map_names_is_there() -> None:
    named = [proof for proof in PROOFS if "::" not in proof and not proof.startswith(("refused_events", "lambwsgi "))]

    assert [proof for proof in named if not cases_of(proof)] == []


def test_every_test_that_the_map_names_is_there() -> None:
    named = [proof.split("::") for proof in PROOFS if "::" in proof]

    assert [name for path, name in named if f"def {name}(" not in (TESTS / path).read_text()] == []


def test_every_case_is_named_by_the_map() -> None:
    named = {path for proof in PROOFS for path in cases_of(proof)}

    assert sorted(str(path.relative_to(EVENTS)) for path in set(EVENTS.rglob("*.json")) - named) == []
