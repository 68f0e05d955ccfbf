"""Plain C: the time without any Python between the products."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from peers.peer import EPSILON, ETA, LIMIT, Array, CannotRunError, Parameters, Peer, Setting

KERNEL = Path(__file__).with_name("kernel.c")
FLAGS = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")


def compile_kernel(setting: Setting) -> ctypes.CDLL:
    """Compile ``kernel.c`` for these sizes and load it."""
    compiler = shutil.which("gcc")
    if compiler is None:
        raise CannotRunError("there is no gcc on the PATH")
    real = {"float32": "float", "float64": "double"}[setting.dtype]
    sizes = (f"-DREAL={real}", f"-DM={setting.m}", f"-DK={setting.K}", f"-DT={setting.T}")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "kernel.so")
        done = subprocess.run(
            [compiler, *FLAGS, *sizes, str(KERNEL), "-o", str(library), "-lm"],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise CannotRunError(f"gcc failed: {done.stderr.strip().splitlines()[0]}")
        return ctypes.CDLL(str(library))


class CFloor(Peer):
    """The vanilla network, one sequence at a time."""

    name = "C (gcc -O3)"
    cells = ("vanilla",)

    def __init__(self, parameters: Parameters, setting: Setting) -> None:
        kernel = compile_kernel(setting)
        matrices = [np.ascontiguousarray(parameters[name], dtype=np.float64) for name in "UWbVc"]
        kernel.set(*(ctypes.c_void_p(a.ctypes.data) for a in matrices), ctypes.c_double(EPSILON))
        kernel.step.restype = ctypes.c_double
        kernel.step.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_double, ctypes.c_double]
        self.kernel = kernel

    @classmethod
    def fits(cls, setting: Setting) -> bool:
        return super().fits(setting) and setting.B == 1

    @staticmethod
    def version() -> str:
        if shutil.which("gcc") is None:
            return "no gcc"
        lines = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout
        return lines.splitlines()[0]

    def step(self, x: Array, y: Array) -> float:
        return self.kernel.step(x.ctypes.data, y.ctypes.data, ETA, LIMIT)
