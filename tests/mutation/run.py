"""Mutation testing of the derivative code: is there a change to it that no test notices?

Two mutation testers complement each other:

`cosmic-ray <https://cosmic-ray.readthedocs.io>`_
    changes operators, comparisons, numbers, conditions and decorators anywhere in a file;
`mutmut <https://mutmut.readthedocs.io>`_
    changes arguments, names (strings) and assignments inside functions. A cell consists of nothing
    else: cosmic-ray finds a single mutant in the whole LSTM.

Neither touches the working tree: it is copied (``teachrnn/``, ``tests/``, ``pyproject.toml``) to a
temporary directory, and mutated and tested there with the tests of the file.

A mutant that survives must be listed in ``explained.toml``, by the text of the changed line before and
after, with the reason why it is harmless. Mutants that change no code (only type annotations, which are
not evaluated) or do not compile are not counted.

Run it with::

    python -m pip install -e '.[test,mutation]'
    python tests/mutation/run.py                                    # everything: about an hour
    python tests/mutation/run.py --module teachrnn/ops/tanh.py      # one file: half a minute
    python tests/mutation/run.py --jobs 8 --tester cosmic-ray

It ends with status 1 if a mutant survives that is not explained.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import os
import queue
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")
TESTERS = ("cosmic-ray", "mutmut")
QUIET = ["-n0", "-x", "--no-header", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]


@dataclass(frozen=True)
class Mutant:
    """One change to one file, and its outcome.

    Attributes
    ----------
    module : str
        The file, such as ``teachrnn/ops/tanh.py``.
    tester : str
        The tool that made it.
    outcome : str
        ``killed``, ``timeout`` (killed by the clock) or ``survived``.
    before, after : str
        The changed lines, without indentation. Known for survivors only.
    """

    module: str
    tester: str
    outcome: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why some mutants of one line may survive."""

    module: str
    before: str
    after: frozenset[str]
    why: str

    def covers(self, mutant: Mutant) -> bool:
        """Whether it is about this mutant."""
        place = (mutant.module, mutant.before)
        return (self.module, self.before) == place and mutant.after in self.after


# What is mutated, and which tests it must get past ------------------------------------------------


def modules() -> list[str]:
    """Every file with derivative code, largest first."""
    files = [
        *(ROOT / "teachrnn/ops").glob("*.py"),
        *(ROOT / "teachrnn/cells").glob("*.py"),
        *(ROOT / "teachrnn" / name for name in ("leading_axes.py", "backprop.py", "gradients.py")),
    ]
    files = [f for f in files if f.name != "__init__.py" and f.exists()]
    return [f.relative_to(ROOT).as_posix() for f in sorted(files, key=lambda f: -f.stat().st_size)]


def tests_of(module: str) -> list[str]:
    """Arguments of pytest: the tests of a file, quick ones first."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    if module.startswith("teachrnn/ops/"):
        files = ["tests/ops/test_ops.py", "tests/test_op_contract.py", "tests/ops/test_every_op.py"]
        return [*files, "-k", " or ".join(["test_ops", *classes])]
    if module == "teachrnn/leading_axes.py":
        return ["tests/test_leading_axes.py", "tests/ops/test_every_op.py"]
    if module.startswith("teachrnn/cells/") and module != "teachrnn/cells/cell.py":
        files = ["tests/cells/test_cells.py", "tests/cells/test_every_cell.py"]
        return [*files, "-k", " or ".join(["test_cells", *classes])]
    if module == "teachrnn/cells/cell.py":
        return ["tests/cells/test_cells.py", "tests/cells/test_every_cell.py", "-k", "not symbolic"]
    return ["tests/test_backprop.py", "tests/cells/test_every_cell.py", "-k", "not symbolic"]


# The copy -----------------------------------------------------------------------------------------


def copy_tree(into: Path) -> Path:
    """Copy what is needed to run the tests; nothing is ever mutated outside of such a copy."""
    into.mkdir()
    leave = shutil.ignore_patterns("__pycache__", "mutants", ".hypothesis")
    for name in ("teachrnn", "tests"):
        shutil.copytree(ROOT / name, into / name, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", into)
    where = _run([sys.executable, "-c", "import teachrnn; print(teachrnn.__file__)"], into).strip()
    if not Path(where).resolve().is_relative_to(into.resolve()):
        raise SystemExit(f"the copy in {into} would be mutated, but {where} tested: nothing was done.")
    return into


def _environment(directory: Path) -> dict[str, str]:
    """Environment in which the copy is imported and Hypothesis always draws the same examples (CI)."""
    return os.environ | {
        "CI": "true",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(directory),
    }


def _run(command: Sequence[str], directory: Path) -> str:
    """Run a command in a copy, and return what it prints."""
    done = subprocess.run(
        command,
        cwd=directory,
        env=_environment(directory),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"failed in {directory}: {shlex.join(command)}\n{done.stdout[-6000:]}")
    return done.stdout


# cosmic-ray ---------------------------------------------------------------------------------------


def cosmic_ray(module: str, directory: Path) -> list[Mutant]:
    """Mutate a file of a copy by cosmic-ray and test every mutant."""
    from cosmic_ray.work_db import WorkDB, use_db

    test = [sys.executable, "-m", "pytest", *QUIET, *tests_of(module)]
    began = time.monotonic()
    _run(test, directory)  # all is well before anything is changed
    timeout = 20 + 5 * (time.monotonic() - began)
    config, session = directory / "cosmic-ray.toml", directory / f"{Path(module).stem}.sqlite"
    config.write_text(
        "[cosmic-ray]\n"
        f"module-path = {json.dumps(module)}\n"
        f"timeout = {timeout:.1f}\n"
        "excluded-modules = []\n"
        f"test-command = {json.dumps(shlex.join(test))}\n"
        "[cosmic-ray.distributor]\n"
        'name = "local"\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "cosmic_ray.cli"]
    _run([*command, "init", "--force", config.name, session.name], directory)
    with use_db(session, WorkDB.Mode.open) as db:
        _leave_out(db, directory / module)
    _run([*command, "exec", config.name, session.name], directory)
    with use_db(session, WorkDB.Mode.open) as db:
        return [m for _, result in db.results if (m := _judge(module, result)) is not None]


def _leave_out(db: object, file: Path) -> None:
    """Skip mutants that do not compile and mutants of type annotations, which are never evaluated."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    source = file.read_text(encoding="utf-8")
    original = _meaning(source)
    for item in list(db.pending_work_items):  # type: ignore[attr-defined]
        (mutation,) = item.mutations
        operator = get_operator(mutation.operator_name)(**mutation.operator_args)
        mutated = mutate_code(source, operator, mutation.occurrence)
        if _meaning(mutated) in (None, original):
            db.set_result(item.job_id, WorkResult(WorkerOutcome.SKIPPED))  # type: ignore[attr-defined]


def _meaning(source: str) -> str | None:
    """The syntax tree without type annotations; None if the source does not compile."""
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return None
    tree = ast.parse(source)
    if not any(isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in tree.body):
        return ast.dump(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def _judge(module: str, result: object) -> Mutant | None:
    from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

    assert isinstance(result, WorkResult)
    if result.worker_outcome == WorkerOutcome.SKIPPED:
        return None
    if result.worker_outcome != WorkerOutcome.NORMAL or result.test_outcome == TestOutcome.INCOMPETENT:
        raise SystemExit(f"cosmic-ray could not test a mutant of {module}:\n{result.output}")
    if result.test_outcome == TestOutcome.KILLED:
        return Mutant(module, "cosmic-ray", "timeout" if result.output == "timeout" else "killed")
    return Mutant(module, "cosmic-ray", "survived", *_changed_lines(result.diff or ""))


def _changed_lines(diff: str) -> tuple[str, str]:
    """The lines that a unified diff removes, and those that it adds."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++", "@@"))]
    out, put_in = ([x[1:].strip() for x in lines if x[:1] == sign] for sign in "-+")
    return "\n".join(out), "\n".join(put_in)


# mutmut -------------------------------------------------------------------------------------------


def mutmut(chosen: Sequence[str], directory: Path, jobs: int) -> list[Mutant]:
    """Mutate files of a copy by mutmut, which itself determines which tests use which function."""
    files = dict.fromkeys(a for m in chosen for a in tests_of(m) if a.startswith("tests/"))
    selection = [*files, "-k", "not symbolic"]
    if all(m.startswith("teachrnn/ops/") for m in chosen):
        selection = [*files, *_only_classes(chosen)]
    with (directory / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(
            "\n[tool.mutmut]\n"
            'source_paths = ["teachrnn"]\n'
            f"only_mutate = {json.dumps(list(chosen))}\n"
            f"pytest_add_cli_args = {json.dumps(QUIET)}\n"
            f"pytest_add_cli_args_test_selection = {json.dumps(selection)}\n"
            'process_isolation = "forkserver"\n'  # no caches of formulas from earlier runs
            "use_git_change_detection = false\n"
            "timeout_constant = 20.0\n"
        )
    command = [sys.executable, "-m", "mutmut"]
    _run([*command, "run", "--max-children", str(jobs)], directory)
    listed = re.findall(
        r"^ +(\S+): (.+)$", _run([*command, "results", "--all", "true"], directory), re.M
    )
    if not listed:
        raise SystemExit("mutmut lists no results: has its output changed?")
    mutants = []
    for name, status in listed:
        module = name.rpartition(".")[0].replace(".", "/") + ".py"
        outcome = {"killed": "killed", "timeout": "timeout", "segfault": "killed"}.get(status)
        if outcome is not None:
            mutants.append(Mutant(module, "mutmut", outcome))
        elif status in ("survived", "no tests", "suspicious"):
            diff = _run([*command, "show", name], directory)
            mutants.append(Mutant(module, "mutmut", "survived", *_changed_lines(diff)))
        else:
            raise SystemExit(f"mutmut could not test {name}: {status}")
    return mutants


def _only_classes(chosen: Iterable[str]) -> list[str]:
    names = dict.fromkeys(part for m in chosen for part in tests_of(m)[-1].split(" or "))
    return ["-k", " or ".join(names)]


# The whole ----------------------------------------------------------------------------------------


def explanations() -> list[Explanation]:
    """Read the list of harmless survivors."""
    listed = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("mutant", [])
    return [
        Explanation(e["module"], e["before"].strip(), frozenset(a.strip() for a in e["after"]), e["why"])
        for e in listed
    ]


def run(chosen: Sequence[str], testers: Sequence[str], jobs: int) -> list[Mutant]:
    """Make and test every mutant of these files."""
    mutants: list[Mutant] = []
    with tempfile.TemporaryDirectory(prefix="mutation-") as temporary:
        if "mutmut" in testers:
            began = time.monotonic()
            found = mutmut(chosen, copy_tree(Path(temporary, "mutmut")), jobs)
            mutants += found
            print(f"mutmut: {len(found)} mutants, {time.monotonic() - began:.0f} s", flush=True)
        if "cosmic-ray" in testers:
            copies: queue.Queue[Path] = queue.Queue()
            for i in range(jobs):
                copies.put(copy_tree(Path(temporary, f"cosmic-ray-{i}")))

            def one(module: str) -> list[Mutant]:
                began, copy = time.monotonic(), copies.get()
                try:
                    found = cosmic_ray(module, copy)
                finally:
                    copies.put(copy)
                seconds = time.monotonic() - began
                print(f"cosmic-ray: {module}: {len(found)} mutants, {seconds:.0f} s", flush=True)
                return found

            with ThreadPoolExecutor(jobs) as pool:
                mutants += itertools.chain.from_iterable(pool.map(one, chosen))
    return mutants


def report(mutants: Sequence[Mutant], known: Sequence[Explanation]) -> bool:
    """Print the table and the survivors without explanation; True if there are none."""
    survivors = [m for m in mutants if m.outcome == "survived"]
    explained = {m for m in survivors if any(e.covers(m) for e in known)}
    print(f"\n{'module':<42}{'mutants':>9}{'killed':>9}{'by time':>9}{'surviving':>11}{'explained':>11}")
    total: Counter[str] = Counter()
    for module in sorted({m.module for m in mutants}):
        own = [m for m in mutants if m.module == module]
        count = Counter(m.outcome for m in own)
        count["mutants"], count["explained"] = len(own), sum(m in explained for m in own)
        total += count
        _row(module, count)
    _row("total", total)
    for mutant in sorted(
        {m for m in survivors if m not in explained}, key=lambda m: (m.module, m.before)
    ):
        print(f"\nsurvived ({mutant.tester}); a test is missing, or an entry in {EXPLAINED.name}:\n")
        print(f"[[mutant]]\nmodule = {json.dumps(mutant.module)}")
        print(f"before = {json.dumps(mutant.before)}\nafter = [{json.dumps(mutant.after)}]")
    both = set(TESTERS) == {m.tester for m in mutants}
    for e in known:
        idle = e.after - {m.after for m in survivors if e.covers(m)}
        if both and idle and e.module in {m.module for m in mutants}:
            print(f"\nno longer needed in {EXPLAINED.name}: {e.module}: {e.before!r} -> {sorted(idle)}")
    return len(explained) == len(set(survivors))


def _row(name: str, count: Counter[str]) -> None:
    killed = count["killed"] + count["timeout"]
    print(
        f"{name:<42}{count['mutants']:>9}{killed:>9}{count['timeout']:>9}"
        f"{count['survived']:>11}{count['explained']:>11}"
    )


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--module", nargs="+", metavar="FILE", help="only these files")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--tester", nargs="+", choices=TESTERS, default=TESTERS, help="only this one")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", SyntaxWarning)  # "is" with a number: that is a mutant, not a mistake
    everything = modules()
    unknown = [m for m in arguments.module or () if m not in everything]
    if unknown:
        parser.error(f"{unknown[0]} is none of: {', '.join(everything)}")
    mutants = run(arguments.module or everything, arguments.tester, arguments.jobs)
    return 0 if report(mutants, explanations()) else 1


if __name__ == "__main__":
    sys.exit(main())
