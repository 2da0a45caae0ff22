"""Whatever is installed with the program may be used by a program under the MIT licence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("test", "cluster")
FREE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|PSF|Python Software Foundation|Python-2\.0|CNRI-Python|ISC|MPL|Mozilla|HPND|zlib|Unlicense"
    r"|MIT-CMU|Zope|ZPL)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
TOOLS_UNDER_COPYLEFT = {"codespell"}  # run beside the project, never with it: data of GPL-2.0


def needed(names: list[str]) -> Iterator[metadata.Distribution]:
    """What these requirements bring, and what that brings; what is not installed is left out."""
    waiting, seen = [Requirement(name) for name in names], set[tuple[str, str]]()
    while waiting:
        requirement = waiting.pop()
        for extra in ("", *requirement.extras):
            key = (requirement.name.lower().replace("_", "-"), extra)
            if key in seen:
                continue
            seen.add(key)
            try:
                found = metadata.distribution(requirement.name)
            except metadata.PackageNotFoundError:
                continue
            if not extra:
                yield found
            asked = [Requirement(each) for each in found.requires or ()]
            waiting += [each for each in asked if each.marker is None or each.marker.evaluate({"extra": extra})]


def licence_of(found: metadata.Distribution) -> str:
    """What a package says of its licence: an expression, classifiers, or the first words of a text."""
    about = found.metadata
    classified = [each for each in about.get_all("Classifier") or () if each.startswith("License ::")]
    return " ".join([about.get("License-Expression") or "", *classified, (about.get("License") or "")[:200]]).strip()


RUN_TIME = {each.metadata["Name"]: licence_of(each) for each in needed(PROJECT["dependencies"])}
TOOLS = {
    each.metadata["Name"]: licence_of(each)
    for each in needed([name for extra in EXTRAS for name in PROJECT["optional-dependencies"][extra]])
}


@pytest.mark.parametrize("name", sorted(RUN_TIME))
def test_what_the_program_needs_is_free_for_a_program_under_mit(name: str):
    assert FREE.search(RUN_TIME[name]), f"{name} says of its licence: {RUN_TIME[name]!r}"
    assert not COPYLEFT.search(RUN_TIME[name].replace("LGPL", "")), f"{name} is under the GPL: {RUN_TIME[name]!r}"


@pytest.mark.parametrize("name", sorted(TOOLS.keys() - RUN_TIME.keys() - TOOLS_UNDER_COPYLEFT))
def test_tools_are_free_too(name: str):
    assert FREE.search(TOOLS[name]), f"{name} says of its licence: {TOOLS[name]!r}"


def test_the_project_is_under_mit():
    assert PROJECT["license"]["text"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_copyleft_is_noticed():
    assert COPYLEFT.search("License :: OSI Approved :: GNU General Public License v2 (GPLv2)")
    assert not COPYLEFT.search("MIT License")
