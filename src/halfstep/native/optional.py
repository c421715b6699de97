"""Whether an optional extension of the texts is used: where it was built, unless ``HALFSTEP_KERNEL`` says otherwise."""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

from halfstep.core.errors import MisuseError

__all__ = ["chosen"]


def chosen(name: str) -> ModuleType | None:
    """Return the extension ``halfstep.native.<name>`` where it is to be used, None where NumPy is, as told at this moment."""
    wanted = os.environ.get("HALFSTEP_KERNEL", "")
    if wanted not in ("", "native", "numpy"):
        raise MisuseError(f"expected native or numpy in HALFSTEP_KERNEL, got {wanted!r}; set one of them, or unset it")
    if wanted == "numpy":
        return None
    try:
        return import_module(f"halfstep.native.{name}")
    except ImportError:
        if wanted == "native":
            raise MisuseError(
                f"HALFSTEP_KERNEL asks for native, but {name} was not built here; install a C compiler and run "
                "pip install --force-reinstall --no-deps halfstep, or set HALFSTEP_KERNEL=numpy"
            ) from None
        return None
