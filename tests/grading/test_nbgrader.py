"""nbgrader, the real package, from an assignment to the gradebook."""

import shutil

import nbformat
import pytest
from class_of_students import BPTT, CLASS, POINTS
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from teachrnn.grading.nbgrader import judge_exercises

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.long]


def cell(source, grade_id, **kind):
    usual = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return new_code_cell(source, metadata={"nbgrader": {**usual, "grade_id": grade_id, **kind}})


GIVEN = cell("from teachrnn import judge\n" + BPTT.given, "given", locked=True)
ANSWER = cell(f"### BEGIN SOLUTION\n{BPTT.solution}\n### END SOLUTION", "bptt", solution=True)
TEST = cell('judge("bptt", backward).points(10)', "test-bptt", grade=True, locked=True, points=10)
OTHER = cell("### BEGIN SOLUTION\ndouble = lambda x: 2 * x\n### END SOLUTION", "other", solution=True)
OTHER_TEST = cell("assert double(2) == 4", "test-other", grade=True, locked=True, points=2)


class Course:
    """A course in a folder: assignments, submissions, grades."""

    def __init__(self, folder):
        self.folder = folder
        self.config = Config()
        self.config.CourseDirectory.root = str(folder)
        self.config.CourseDirectory.db_assignments = []
        judge_exercises(self.config, seed=1)
        self.api = NbGraderAPI(config=self.config)
        self.api.log_level = "ERROR"

    def assign(self, name, *cells):
        self._write("source", name, new_notebook(cells=[new_markdown_cell("# BPTT"), *cells]))
        assert self.api.generate_assignment(name)["success"]

    def submit(self, name, student, answers):
        notebook = nbformat.read(self.folder / "release" / name / "hw.ipynb", 4)
        for one in notebook.cells:
            grade_id = one.metadata.get("nbgrader", {}).get("grade_id")
            one.source = answers.get(grade_id, one.source)
        self._write(f"submitted/{student}", name, notebook)

    def _write(self, folder, name, notebook):
        path = self.folder / folder / name / "hw.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)

    def grade(self, name, student):
        done = self.api.autograde(name, student)
        assert done["success"], done["log"]
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as book:
            grades = book.find_submission_notebook("hw", name, student).grades
            return {grade.cell.name: grade.auto_score for grade in grades}

    def graded(self, name, student):
        path = self.folder / "autograded" / student / name / "hw.ipynb"
        cells = nbformat.read(path, 4).cells
        return {c.metadata.nbgrader.grade_id: c for c in cells if "nbgrader" in c.metadata}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    if shutil.which("python") is None:
        pytest.skip("nbgrader starts kernels")
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def exercise_only(course):
    course.assign("hw1", GIVEN, ANSWER, TEST)
    return course


def said(cells):
    text, points = cells["test-bptt"].outputs
    return text.text, points.data["text/plain"]


USUAL = ("right", "cheat")
STUDENTS = [pytest.param(s, marks=() if s in USUAL else pytest.mark.ci) for s in CLASS]


@pytest.mark.parametrize("student", STUDENTS)
def test_each_gets_the_points_and_the_words_that_are_due(exercise_only, student):
    exercise_only.submit("hw1", student, {"bptt": CLASS[student]})
    assert exercise_only.grade("hw1", student) == {"test-bptt": POINTS[student]}
    text, points = said(exercise_only.graded("hw1", student))
    assert points == repr(POINTS[student])
    assert text.startswith("bptt: ")
    assert f"{POINTS[student]:g} of 10 points" in text
    if student == "cheat":
        assert "dW" in text


def test_a_student_cannot_change_what_is_judged(exercise_only):
    forged = {"bptt": CLASS["wrong"], "test-bptt": "10.0", "given": "judge = None"}
    exercise_only.submit("hw1", "forger", forged)
    assert exercise_only.grade("hw1", "forger") == {"test-bptt": 4.0}


@pytest.mark.ci
def test_other_cells_run_as_ever_and_cannot_take_the_points_of_an_exercise(course):
    course.assign("hw2", GIVEN, ANSWER, TEST, OTHER, OTHER_TEST)
    course.submit("hw2", "ada", {"bptt": CLASS["right"], "other": "def double(x): return x + x"})
    assert course.grade("hw2", "ada") == {"test-bptt": 10.0, "test-other": 2.0}
    course.submit("hw2", "bob", {"bptt": CLASS["right"], "other": "import os\nos._exit(1)"})
    assert course.grade("hw2", "bob") == {"test-bptt": 10.0, "test-other": 0.0}
    assert "The kernel ended" in str(course.graded("hw2", "bob")["test-other"].outputs)


def test_an_exercise_that_does_not_exist_is_said_when_it_is_graded(course):
    wrong = cell('judge("btpp", backward).points(1)', "test-bptt", grade=True, locked=True, points=1)
    course.assign("hw3", GIVEN, ANSWER, wrong)
    course.submit("hw3", "ada", {"bptt": CLASS["right"]})
    done = course.api.autograde("hw3", "ada")
    assert not done["success"]
    assert "there is no exercise 'btpp'" in f"{done['log']}{done.get('error')}"
