"""What a study's folder says of its study: enough to read it by, and to see whether a study is the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from simulation.files import PROGRAM, RunFolderError
from simulation.manifests import read_json
from simulation.sweeping.factors import Factor
from simulation.sweeping.study import Study

PLAN = "plan.json"
RESERVED = {"point", "key", "in_design", "policy", "future", "replicate", "replicates", "seconds", "cause"}
GROWING = ("design.", "replicates", "policies", "stopping", "listed")  # what `--extend` may change


@dataclass(frozen=True)
class Plan:
    """A study without its scenario."""

    name: str
    question: str
    based_on: str
    design: Mapping[str, Any]
    factors: tuple[Factor, ...]
    outcomes: tuple[Mapping[str, str], ...]  # name, label, unit
    policies: tuple[str, ...]
    replicates: int
    customers: int
    weeks: int
    seed: int
    count: int
    currency: str
    assumptions: int  # numbers of the model that are assumptions
    identity: Mapping[str, Any]
    shard: tuple[int, int] | None = None

    @classmethod
    def of(cls, study: Study, shard: tuple[int, int] | None = None) -> Plan:
        """The plan of a study, or of its part."""
        from simulation.assumptions import assumptions
        from simulation.sweeping.outcomes import label_of, unit_of

        scenario = study.scenario
        outcomes = [(name, label_of(name), unit_of(name)) for name in study.outcomes]
        return cls(
            name=study.name,
            question=study.question,
            based_on=scenario.name,
            design=study.design.model_dump(),
            factors=study.factors,
            outcomes=tuple({"name": name, "label": label, "unit": unit} for name, label, unit in outcomes),
            policies=tuple(policy.id for policy in study.policies),
            replicates=study.replicates,
            customers=scenario.population.customers,
            weeks=scenario.weeks,
            seed=study.seed,
            count=study.count,
            currency=scenario.market.currency,
            assumptions=len(assumptions(scenario)),
            identity=json.loads(json.dumps(dict(study.identity), default=str)),
            shard=shard,
        )

    @property
    def outcome_names(self) -> tuple[str, ...]:
        """The names of what is kept of every run."""
        return tuple(each["name"] for each in self.outcomes)

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"program": PROGRAM, **asdict(self)}

    @classmethod
    def read(cls, folder: Path) -> Plan:
        """What a folder says of its study.

        Raises:
            RunFolderError: it is no study's folder.
        """
        try:
            found = read_json(folder / PLAN)
            if found.get("program") != PROGRAM:
                raise ValueError("written by another program")  # noqa: TRY301
            return _checked(found)
        except ValidationError as error:
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise RunFolderError(f"{folder} is no folder of a study: its {PLAN} is damaged ({why}).") from error
        except (OSError, ValueError) as error:
            raise RunFolderError(f"{folder} is no folder of a study: its {PLAN} cannot be read ({error}).") from error


def _checked(found: Mapping[str, Any]) -> Plan:
    """The plan that a table says, each entry of its kind; raises `ValueError`."""
    from simulation.sweeping.forms import Design

    plan = TypeAdapter(Plan).validate_json(json.dumps(found), strict=True)
    Design.model_validate(plan.design)
    if not plan.outcomes or any(not {"name", "label", "unit"} <= each.keys() for each in plan.outcomes):
        raise ValueError("an outcome has a name, a label and a unit")
    names = [factor.name for factor in plan.factors] + list(plan.outcome_names)
    if len(set(names)) < len(names) or RESERVED & set(names):
        raise ValueError("two columns have one name")
    return plan


class Change(NamedTuple):
    """What two studies say differently."""

    key: str
    before: Any
    after: Any

    @property
    def may_grow(self) -> bool:
        """Whether old runs stay right when this changes."""
        return self.key.startswith(GROWING) and self.key != "design.kind"

    def __str__(self) -> str:
        return f"{self.key}: was {_short(self.before)}, is {_short(self.after)}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> list[Change]:
    """What differs between the identities of two studies."""
    return list(_differences(before, after, path))


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{path}{key}.")
        elif old != new:
            yield Change(f"{path}{key}", old, new)


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004
