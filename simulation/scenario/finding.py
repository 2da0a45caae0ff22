"""Which file a name means, and the chain of files a scenario is based on."""

from __future__ import annotations

from pathlib import Path

from simulation.scenario.problems import Problem, ScenarioError, suggestion
from simulation.scenario.reading import Document, inside, is_file, read, shown

SHIPPED = (
    Path(__file__).parents[2] / "scenarios"
)  # beside the package: a user's own folder of that name does not hide it


def shipped(folder: Path = SHIPPED) -> list[str]:
    """Names of the built-in markets and scenarios, or of what else a folder of the program holds."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def find(name_or_path: str | Path, folder: Path = SHIPPED, what: str = "built-in scenario") -> Path:
    """The file of a built-in name or a path; raises `ScenarioError` when there is none."""
    if str(name_or_path) in shipped(folder):
        return folder / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if is_file(path):
        return path
    hint = suggestion(path.stem, shipped(folder))
    raise ScenarioError([Problem(str(name_or_path), None, "", f"there is no such file or {what}. {hint}".rstrip())])


def chain(document: Document) -> tuple[Document, ...]:
    """A document and all it is based on, the first of them in front; raises `ScenarioError`."""
    documents = [document]
    seen: list[Path] = []
    while "based_on" in documents[0].data:
        path = based_on(documents[0], "based_on")
        if path.resolve() in seen:
            raise _circle(documents)
        seen.append(path.resolve())
        documents.insert(0, _read_base(documents[0], path))
    return tuple(documents)


def based_on(document: Document, key: str) -> Path:
    """The file that `based_on` or `baseline` of a document names: built in, or within the document's own folder."""
    name = document.data[key]
    if not isinstance(name, str):
        raise _error(document, key, f'{key} must be a name or a path in quotes, such as "grocery"; it is {name!r}')
    if name in shipped():
        return SHIPPED / f"{name}.toml"
    return _path_within(document, key, name)


def _path_within(document: Document, key: str, name: str) -> Path:
    if document.folder is None:
        raise _error(document, key, f"there is no built-in scenario {name!r}. {suggestion(name, shipped())}".rstrip())
    path = inside(document.folder, name)
    if path is None:
        raise _error(document, key, f"{name!r} leads out of the folder of this file; paths must stay inside it")
    if not is_file(path):
        near = suggestion(name, [*shipped(), *(f"{file.name}" for file in document.folder.glob("*.toml"))])
        raise _error(document, key, f"there is no market or scenario {name!r}. {near}".rstrip())
    return path


def _read_base(document: Document, path: Path) -> Document:
    try:
        return read(path)
    except ScenarioError as error:
        here = _error(document, "based_on", f"{shown(path)}, which this is based on, cannot be read")
        raise ScenarioError([*here.problems, *error.problems]) from None


def _circle(documents: list[Document]) -> ScenarioError:
    names = " -> ".join(document.file for document in reversed(documents))
    message = f"based_on goes round in a circle ({names} -> ...); one of them must stand on its own"
    return _error(documents[0], "based_on", message)


def _error(document: Document, key: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(document.file, document.lines.get((key,)), key, message)])
