"""otter-grader, the real package, from a master notebook to the results."""

import json
import subprocess
import sys
import zipfile

import nbformat
import pytest
from class_of_students import BPTT, CLASS, POINTS
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.long]

CONFIG = """# ASSIGNMENT CONFIG
init_cell: false
export_cell: false
check_all_cell: false
generate: {pdf: false, show_stdout: true, show_hidden: true}
plugins:
  - teachrnn.grading.otter.JudgeQuestions
"""
ASSIGN = (
    "import sys; from otter.assign import main; main(*sys.argv[1:], no_pdfs=True, no_run_tests=True)"
)
RUN = """
import sys
from otter.run import main
autograder, *paths = sys.argv[1:]
for path in paths:
    main(path, autograder=autograder, output_dir=path.rpartition("/")[0], no_logo=True)
"""


def run(code, *arguments):
    # In a process of its own: otter leaves its log's server running.
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def question(name, points, solution, test):
    return [
        new_raw_cell(f"# BEGIN QUESTION\nname: {name}\npoints: {points}"),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(f"# BEGIN SOLUTION\n{solution}\n# END SOLUTION"),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        new_code_cell(test),
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
    ]


class Assignment:
    """An assignment in a folder: its autograder, and submissions."""

    def __init__(self, folder, questions):
        self.folder = folder
        given = new_code_cell("from teachrnn import judge\n" + BPTT.given)
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        cells = [new_raw_cell(CONFIG), given, *questions]
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "hw.ipynb")
        (folder / "dist").mkdir()
        run(ASSIGN, folder / "hw.ipynb", folder / "dist")
        self.autograder = next((folder / "dist" / "autograder").glob("*.zip"))

    def submitted(self, student, *answers):
        notebook = nbformat.read(self.folder / "dist" / "student" / "hw.ipynb", 4)
        own = [c for c in notebook.cells if "otter_answer_cell" in c.metadata.get("tags", [])]
        for cell, answer in zip(own, answers, strict=True):
            cell.source = answer
        (self.folder / student).mkdir()
        nbformat.write(notebook, self.folder / student / "hw.ipynb")
        return self.folder / student / "hw.ipynb"

    def graded(self, *paths):
        run(RUN, self.autograder, *paths)
        found = {}
        for path in paths:
            tests = json.loads((path.parent / "results.json").read_text())["tests"]
            found[path.parent.name] = {test["name"]: test for test in tests}
        return found


EXERCISE = question("bptt", 10, BPTT.solution, 'judge("bptt", backward).require()')


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return Assignment(tmp_path_factory.mktemp("otter"), EXERCISE)


def test_the_points_and_the_words_are_those_of_a_judgement_outside_the_kernel(assignment):
    found = assignment.graded(assignment.submitted("forger", CLASS["cheat"]))["forger"]["bptt"]
    assert (found["score"], found["max_score"]) == (4, 10)
    assert "4 of 10 points" in found["output"]
    assert "dW" in found["output"]


@pytest.mark.ci
def test_each_gets_the_points_that_are_due_and_nobody_elses_change(assignment):
    found = assignment.graded(*(assignment.submitted(name, code) for name, code in CLASS.items()))
    assert {name: tests["bptt"]["score"] for name, tests in found.items()} == POINTS
    for name, tests in found.items():
        assert POINTS[name] == 10 or f"{POINTS[name]:g} of 10 points" in tests["bptt"]["output"]
    path = assignment.folder / "program" / "hw.py"
    path.parent.mkdir()
    path.write_text(BPTT.given + CLASS["right"])
    assert assignment.graded(path)["program"]["bptt"]["score"] == 10


def test_the_seed_is_in_the_autograder_and_in_nothing_that_students_get(assignment):
    with zipfile.ZipFile(assignment.autograder) as archive:
        config = json.loads(archive.read("otter_config.json"))
    (plugin,) = config["plugins"]
    seed = plugin["teachrnn.grading.otter.JudgeQuestions"]["seed"]
    for path in (assignment.folder / "dist" / "student").rglob("*"):
        assert not path.is_file() or str(seed) not in path.read_text(errors="replace")


@pytest.mark.ci
def test_other_questions_are_tested_by_otter_and_cannot_take_the_points_of_an_exercise(tmp_path):
    other = question("double", 2, "double = lambda x: 2 * x", "double(2) == 4")
    assignment = Assignment(tmp_path, [*EXERCISE, *other])
    forging = "\nfrom otter.execute import Checker\nChecker.clear_results()\njudge = lambda *_: 10\n"
    paths = [
        assignment.submitted("ada", CLASS["wrong"] + forging, "double = lambda x: x + x"),
        assignment.submitted("bob", CLASS["right"], "double = lambda x: x"),
    ]
    found = assignment.graded(*paths)
    scores = {name: (t["bptt"]["score"], t["double"]["score"]) for name, t in found.items()}
    assert {name: exercise for name, (exercise, _) in scores.items()} == {"ada": 4, "bob": 10}
    assert scores["bob"][1] == 0
