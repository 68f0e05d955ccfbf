"""The public names: each is where the stub says, is loaded only when used, and none is missing."""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import teachrnn
from teachrnn.cells import CELLS
from teachrnn.data import BATCHINGS
from teachrnn.initializers import INITIALIZERS
from teachrnn.optimizers import OPTIMIZERS
from teachrnn.public_names import read_homes, read_sections
from teachrnn.sampling import SAMPLERS
from teachrnn.training import CLIPPINGS, SCHEDULES

STUB = Path(teachrnn.__file__ + "i")
HOMES = read_homes(str(STUB))
KINDS = {
    "operation": teachrnn.OPS,
    "cell": CELLS,
    "batching": BATCHINGS,
    "initializer": INITIALIZERS,
    "optimizer": OPTIMIZERS,
    "sampler": SAMPLERS,
    "schedule": SCHEDULES,
    "clipping": CLIPPINGS,
}


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", HOMES)
def test_every_public_name_is_what_its_home_exports(name):
    home = importlib.import_module(HOMES[name])
    assert getattr(teachrnn, name) is getattr(home, name)
    assert name in getattr(home, "__all__", [name])
    assert name in teachrnn.__all__
    assert name in dir(teachrnn)


def test_every_line_of_the_stub_is_read():
    names = [line for line in STUB.read_text("utf-8").splitlines() if line.startswith("from ")]
    assert len(names) == len(HOMES) == sum(map(len, read_sections(str(STUB)).values()))
    assert teachrnn.__all__ == [*HOMES, "__version__"]


def test_no_public_name_hides_a_module_of_the_package():
    assert not [name for name in HOMES if (STUB.parent / name).exists()]
    assert not [name for name in HOMES if (STUB.parent / f"{name}.py").exists()]


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, known in KINDS.items() for name in known]
)
def test_every_built_in_part_is_a_public_name(kind, name):
    part = KINDS[kind][name]
    if part.__module__.startswith("teachrnn."):
        assert getattr(teachrnn, part.__name__) is part


def test_heavy_modules_are_loaded_on_first_use():
    used = """
        import sys, teachrnn
        print("teachrnn.checking" in sys.modules, "teachrnn.views" in sys.modules)
        teachrnn.check_gradient
        print("teachrnn.checking" in sys.modules, "check_gradient" in vars(teachrnn))
    """
    assert run(used).split() == ["False", "False", "True", "True"]


def test_a_name_that_needs_an_extra_says_how_to_install_it():
    asked = """
        import sys
        sys.modules["anywidget"] = None
        try:
            from teachrnn import Stepper
        except ImportError as error:
            print(type(error).__name__, error)
    """
    said = run(asked)
    assert said.startswith("MissingExtraError")
    assert "python -m pip install 'teachrnn[widgets]'" in said


def test_an_unknown_name_is_an_attribute_error_that_names_the_package():
    with pytest.raises(AttributeError, match="module 'teachrnn' has no attribute 'Chrarnn'"):
        teachrnn.Chrarnn  # noqa: B018
