"""The hooks with which accelerate moves tensors and inputs, told from those of others."""

from collections.abc import Iterator
from functools import partial
from types import CodeType, MethodType

import torch
from accelerate.hooks import AlignDevicesHook, ModelHook, SequentialHook, add_hook_to_module


def _replaced_forward() -> CodeType | None:
    """The code of the function that accelerate puts in the place of a module's `forward`."""
    constants = add_hook_to_module.__code__.co_consts
    codes = [value for value in constants if isinstance(value, CodeType)]
    return next((code for code in codes if code.co_name == "new_forward"), None)


_FORWARD = _replaced_forward()


def placing_hooks(module: torch.nn.Module) -> tuple[AlignDevicesHook, ...]:
    """The hooks of accelerate on a module that move its tensors, as they are called."""
    return tuple(hook for hook in _flat(vars(module).get("_hf_hook")) if _only_places(hook))


def only_places(module: torch.nn.Module) -> bool:
    """Whether what stands in the place of a module's `forward` only moves what it is given.

    It calls the method of the module's class, between hooks of accelerate that put tensors and
    inputs where they are computed with.
    """
    values = vars(module)
    forward, original = values.get("forward"), values.get("_old_forward")
    hooks = tuple(_flat(values.get("_hf_hook")))
    return (
        _FORWARD is not None
        and type(forward) is partial
        and getattr(forward.func, "__code__", None) is _FORWARD
        and len(forward.args) == 1
        and forward.args[0] is module
        and not forward.keywords
        and isinstance(original, MethodType)
        and original.__self__ is module
        and original.__func__ is getattr(type(module), "forward", None)
        and bool(hooks)
        and all(map(_only_places, hooks))
    )


def execution_devices(model: torch.nn.Module) -> set[torch.device]:
    """The devices that accelerate computes on."""
    return {
        torch.device(hook.execution_device)
        for module in model.modules()
        for hook in placing_hooks(module)
        if hook.execution_device is not None
    }


def _flat(hook: object) -> Iterator[object]:
    if isinstance(hook, SequentialHook) and type(hook) is SequentialHook:
        for inner in hook.hooks:
            yield from _flat(inner)
    elif hook is not None:
        yield hook


def _only_places(hook: object) -> bool:
    # A method that is set on the object hides the one of its class.
    return type(hook) is AlignDevicesHook and not any(
        name in vars(hook) for name in vars(ModelHook) if not name.startswith("_")
    )
