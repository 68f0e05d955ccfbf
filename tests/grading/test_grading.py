"""Many submissions: each has its own result, none is lost, and the class is seen at a glance."""

import csv
import importlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from class_of_students import BPTT, CLASS, OUTCOMES, POINTS
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from teachrnn.errors import DomainError, FileFormatError, MissingExtraError, NameLookupError
from teachrnn.exercises import Exercise, Judgement
from teachrnn.grading import ClassTable, Graded, Grading, gradescope_results, submissions_in
from teachrnn.grading.class_page import class_page
from teachrnn.grading.grading_task import GradingTask, grade
from teachrnn.sweep import Engine, LocalEngine

SHAPE = Exercise.find("gradient-shape")
TANH = Exercise.find("tanh-gradient")


class OneByOne(Engine):
    """Judges in this process."""

    workers = 1

    def run(self, function, trials):
        return map(function, trials)


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    for name, answer in {"ada": SHAPE.solution, "bob": "(1, 1)", "=cyd <b>": "I don't know"}.items():
        (folder / f"{name}.py").write_text(f"# exercise: gradient-shape\n# {answer}\n")
    (folder / "dee.py").write_text("print('nothing')\n")
    return folder


def graded(folder, out, **how):
    grading = Grading([folder], ["gradient-shape"], folder=out, **how)
    return grading, list(grading.run(OneByOne()))


def test_a_class_gets_points_tables_a_page_and_words_for_each(handed_in, tmp_path):
    grading, results = graded(handed_in, tmp_path / "out", points={"gradient-shape": 6})
    found = {r.submission: (r.points, r.judgement.outcome) for r in results}
    assert found["ada.py"] == (6.0, "right")
    assert found["bob.py"] == (0.0, "wrong")
    assert found["dee.py"] == (0.0, "not yet")
    said = {r.submission: r.judgement.said for r in results}
    assert said["dee.py"] == "No answer was found: it stands behind a line '# exercise: gradient-shape'."
    assert {type(points) for points, _ in found.values()} == {float}
    out = tmp_path / "out"
    rows = list(csv.DictReader(io.StringIO((out / "table.csv").read_text())))
    assert [row["submission"] for row in rows] == ["'=cyd <b>.py", "ada.py", "bob.py", "dee.py"]
    plain = json.loads((out / "table.json").read_text())
    assert plain["seed"] == grading.seed
    assert [row["points"] for row in plain["submissions"]] == [0.0, 6.0, 0.0, 0.0]
    page = BeautifulSoup((out / "class.html").read_text(), "html.parser")
    assert page.find("th", string="=cyd <b>.py") is not None
    assert "0 of 6 points" in (out / "feedback" / "bob.py.txt").read_text()


def test_a_killed_run_goes_on_with_the_same_table_and_seed(handed_in, tmp_path):
    _, _ = graded(handed_in, tmp_path / "whole", seed=5)
    for done in range(4):
        out = tmp_path / f"killed after {done}"
        grading = Grading([handed_in], ["gradient-shape"], folder=out, seed=5)
        running = grading.run(OneByOne())
        for _ in range(done):
            next(running)
        running.close()
        again = Grading([handed_in], ["gradient-shape"], folder=out)
        assert again.seed == 5
        assert sum(result.seconds == 0 for result in again.run(OneByOne())) >= done
        for name in ("table.csv", "table.json", "class.html"):
            assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_what_has_changed_is_judged_again_and_a_damaged_judgement_too(handed_in, tmp_path):
    out = tmp_path / "out"
    graded(handed_in, out)
    (handed_in / "bob.py").write_text(f"# exercise: gradient-shape\n# {SHAPE.solution}\n")
    _, results = graded(handed_in, out)
    assert {r.submission for r in results if r.judgement.right} == {"ada.py", "bob.py"}
    for path in (out / "judgements").iterdir():
        path.write_text("{")
    assert [r.points for r in graded(handed_in, out)[1]] == [r.points for r in results]


def test_the_seed_is_drawn_once_and_is_nowhere_in_the_feedback(handed_in, tmp_path):
    first, _ = graded(handed_in, tmp_path / "one")
    again, _ = graded(handed_in, tmp_path / "one")
    other, _ = graded(handed_in, tmp_path / "two")
    assert first.seed == again.seed != other.seed
    for path in (tmp_path / "one" / "feedback").iterdir():
        assert str(first.seed) not in path.read_text()


def test_an_answer_is_found_in_a_notebook_by_its_first_line_a_tag_or_nbgraders_id(tmp_path):
    ids = {"nbgrader": {"grade_id": "gradient-shape"}}
    ways = {
        "line": new_code_cell(f"# exercise: gradient-shape\n{SHAPE.solution}"),
        "tag": new_markdown_cell(SHAPE.solution, metadata={"tags": ["gradient-shape"]}),
        "id": new_markdown_cell(SHAPE.solution, metadata=ids),
    }
    for name, cell in ways.items():
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell("x = 1"), cell]), path)
        task = GradingTask.of(name, path, SHAPE, seed=0, maximum=1.0, folder=tmp_path)
        assert grade(task).judgement.right, name
    gone = GradingTask.of("gone", tmp_path / "gone.py", SHAPE, seed=0, maximum=1.0, folder=tmp_path)
    assert "gone.py cannot be read" in grade(gone).judgement.said
    path.write_text("no notebook")
    task = GradingTask.of(name, path, SHAPE, seed=0, maximum=1.0, folder=tmp_path)
    assert grade(task).judgement.outcome == "not yet"


def test_starting_files_behind_each_other_are_one_submission(tmp_path):
    order = Exercise.find("bptt-order")
    path = tmp_path / "ada.py"
    path.write_text(
        f"# Put in order\n\n# exercise: bptt-order\n{order.solution}\n\n# A shape\n# It is a pair.\n\n"
        f"# exercise: gradient-shape\n# {SHAPE.solution}\n\n# The rest\n\nimport numpy as np\n"
    )
    path.write_text(path.read_text() + f"# exercise: tanh-gradient\n{TANH.given}{TANH.solution}")
    path.write_text(path.read_text() + "# exercise: clip\ndef clip(:\n")
    for exercise in (order, SHAPE, TANH):  # the last part is no Python, and its own loss
        task = GradingTask.of("ada", path, exercise, seed=0, maximum=1.0, folder=tmp_path)
        assert grade(task).judgement.right, exercise.name


def test_what_cannot_be_graded_is_refused_before_anything_starts(handed_in, tmp_path):
    with pytest.raises(FileFormatError, match="there is no file"):
        Grading([tmp_path / "nobody.py"], ["bptt"], folder=tmp_path / "out")
    with pytest.raises(FileFormatError, match="nothing to grade"):
        submissions_in([tmp_path / "handed in" / "..", tmp_path][:0])
    with pytest.raises(NameLookupError, match="bptt"):
        Grading([handed_in], ["btpp"], folder=tmp_path / "out")
    with pytest.raises(DomainError, match="named once"):
        Grading([handed_in], ["bptt", "bptt"], folder=tmp_path / "out")
    with pytest.raises(DomainError, match="points for 'lstm'"):
        Grading([handed_in], ["bptt"], folder=tmp_path / "out", points={"lstm": 1})
    with pytest.raises(DomainError, match="number from 0"):
        Grading([handed_in], ["bptt"], folder=tmp_path / "out", points={"bptt": float("nan")})


def one(submission, mistakes, smallest, points=5.0):
    found = Judgement("bptt", "wrong", 0.5, {}, "dW is wrong.", mistakes, ["look"], smallest)
    return Graded(submission, found, points, 10.0)


def test_mistakes_are_counted_with_one_anonymous_smallest_case():
    table = ClassTable(
        ["bptt"],
        [
            one("ada.py", ["no carry", "no slope"], "m"),
            one("bob.py", ["no carry"], "T = 2"),
            one("cyd.py", [], "T = 1"),
        ],
    )
    found = [(m.mistake, m.count, m.smallest) for m in table.mistakes()]
    assert found == [
        ("no carry", 2, "T = 2"),
        ("no mistake of the catalogue explains it", 1, "T = 1"),
        ("no slope", 1, "m"),
    ]
    shown = BeautifulSoup(class_page(table), "html.parser").find(
        "section", {"aria-labelledby": "mistakes"}
    )
    assert not any(name in shown.text for name in ("ada", "bob", "cyd"))


def test_the_page_shows_text_as_text_and_lets_nothing_load():
    evil = '<script>alert(1)</script><img src=x onerror="1">'
    page = class_page(ClassTable(["bptt"], [one(f"{evil}.py", [evil], evil)]))
    soup = BeautifulSoup(page, "html.parser")
    assert soup.find("script") is soup.find("img") is None
    assert "default-src 'none'" in soup.find("meta", {"http-equiv": True})["content"]
    assert soup.find("main").text.count(evil) == 3


def test_points_have_two_decimals_and_words_no_dollars(tmp_path):
    task = GradingTask.of("ada", tmp_path / "ada.py", SHAPE, seed=0, maximum=4.0, folder=tmp_path)
    found = Judgement("gradient-shape", "wrong", 5 / 12, said="$W$ is wrong.", hints=[r"$a \odot b$"])
    marked = task.graded(found)
    assert marked.feedback(1) == "gradient-shape: wrong, 1.67 of 4 points.\nW is wrong.\na ⊙ b"
    assert ",1.67,wrong,W is wrong.\n" in ClassTable(["gradient-shape"], [marked]).csv()


def test_gradescope_reads_points_and_words():
    (test,) = gradescope_results([one("ada.py", ["no carry"], "")], hints=1)["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (5.0, 10.0, "failed")
    assert test["output"].endswith("look")
    assert json.loads(json.dumps(test)) == test


@pytest.mark.ci
def test_each_of_a_made_up_class_gets_its_own_result(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    for name, code in CLASS.items():
        (folder / f"{name}.py").write_text(code)
    grading = Grading([folder], ["bptt"], folder=tmp_path / "out", seed=1, points={"bptt": 10})
    with LocalEngine(workers=2) as engine:
        found = {r.submission.removesuffix(".py"): r for r in grading.run(engine)}
    assert {name: r.points for name, r in found.items()} == POINTS
    for name, outcome in OUTCOMES.items():
        assert found[name].judgement.outcome == outcome, name
    assert len(found["two"].judgement.mistakes) == 2
    assert not any(str(grading.seed) in r.judgement.said for r in found.values() if grading.seed > 9)


@pytest.mark.ci
def test_the_command_killed_at_a_random_moment_goes_on_with_the_same_table(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("right", "wrong", "two", "crash", "library"):
        (folder / f"{name}.py").write_text(CLASS[name])
    command = [sys.executable, "-m", "teachrnn", "grade", folder, "--exercise", "bptt", "--seed", "3"]
    whole = subprocess.run([*command, "--out", tmp_path / "whole"], capture_output=True, text=True)
    assert whole.returncode == 0, whole.stderr
    resumed = [*command, "--out", tmp_path / "killed"]
    first = subprocess.Popen(resumed, stdout=subprocess.PIPE, text=True)
    first.stdout.readline()  # one is judged, others are on their way
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    again = subprocess.run(resumed, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "killed/table.csv").read_bytes() == (tmp_path / "whole/table.csv").read_bytes()


def test_the_command_says_what_it_needs(tmp_path, handed_in):
    shutil.copy(handed_in / "ada.py", tmp_path / "ada.py")
    command = [sys.executable, "-m", "teachrnn", "grade", tmp_path / "ada.py"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--exercise bptt" in done.stderr
    more = [
        "--exercise",
        "gradient-shape",
        "--out",
        tmp_path / "out",
        "--gradescope",
        tmp_path / "r.json",
    ]
    done = subprocess.run([*command, *more], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "r.json").read_text())["tests"][0]["status"] == "passed"
    assert BPTT.name not in done.stdout


@pytest.mark.parametrize(("module", "package"), [("nbgrader", "nbgrader"), ("otter", "otter")])
def test_a_grader_that_is_not_installed_is_named_with_the_command_that_installs_it(
    module, package, monkeypatch
):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"teachrnn.grading.{module}", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'teachrnn\[graders\]'"):
        importlib.import_module(f"teachrnn.grading.{module}")
