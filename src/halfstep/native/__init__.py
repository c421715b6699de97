"""Loops that carry the program: one optional C extension and its NumPy twin, behind one door."""

from halfstep.native.door import Kernel, kernel

__all__ = ["Kernel", "kernel"]
