"""What was told of files, with other names for the folders that they lie in."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


def renamed(told: T, names: Mapping[str, str]) -> T:
    """A value, with every text in it changed, however deep, where it names one of some folders.

    Args:
        told: Text, a record, or a collection of such.
        names: The new name of each folder. Folders are named by absolute paths that no other text
            holds by chance.
    """
    changed: T = _renamed(told, names)
    return changed


def _renamed(told: Any, names: Mapping[str, str]) -> Any:
    if type(told) is str:
        for folder, name in names.items():
            if folder in told:
                told = told.replace(folder, name)
        return told
    if isinstance(told, BaseModel):
        return _model(told, names)
    if dataclasses.is_dataclass(told) and not isinstance(told, type):
        return _dataclass(told, names)
    if isinstance(told, Mapping):
        return {_renamed(k, names): _renamed(v, names) for k, v in told.items()}
    if isinstance(told, tuple) and hasattr(told, "_fields"):
        return type(told)(*(_renamed(item, names) for item in told))
    if type(told) in {tuple, list, set, frozenset}:
        return type(told)(_renamed(item, names) for item in told)
    return told


def _model(told: BaseModel, names: Mapping[str, str]) -> BaseModel:
    changed = {
        name: new for name, old in told.__dict__.items() if (new := _renamed(old, names)) != old
    }
    if not changed:
        return told
    # Unlike an update, this leaves what was set and what was not as it is.
    copy = told.model_copy()
    copy.__dict__.update(changed)
    return copy


def _dataclass(told: Any, names: Mapping[str, str]) -> Any:
    changed = {}
    for one in dataclasses.fields(told):
        old = getattr(told, one.name)
        new = _renamed(old, names)
        if one.init and new is not old and new != old:
            changed[one.name] = new
    return dataclasses.replace(told, **changed) if changed else told
