"""The commands as a user runs them: output, status, and no traceback for a mistake."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys

import pytest
from command_line import run, run_here
from typer.testing import CliRunner

from teachrnn.cells import CELLS
from teachrnn.cli import app, main
from teachrnn.runs import small_network
from teachrnn.trace_file import save_trace
from teachrnn.views.tour import Tour
from teachrnn.views.tour.tour import FOLDER

pytestmark = pytest.mark.long


def test_step_writes_a_page_and_prints_where(tmp_path):
    done = run("step", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = tmp_path / "teachrnn-step.html"
    assert f"Page: {page.resolve()}" in done.stdout
    assert "in ten phases: What the network reads and predicts" in done.stdout
    assert page.stat().st_size < 800_000  # with all tours
    assert list(tmp_path.iterdir()) == [page]  # nothing half-written beside it


@pytest.mark.parametrize("text", ["</script><b>", "😀😃", "a\nb", "räksmörgås", "--"])
def test_step_takes_any_text(tmp_path, text):
    done = run_here("step", "--out", "page.html", "--", text, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "page.html").exists()


def test_words_of_a_text_need_no_quotes(tmp_path):
    done = run_here("step", "hello", "world", cwd=tmp_path)
    assert "reads “hello world” and predicts" in done.stdout


def test_step_cuts_a_long_text_and_says_so(tmp_path):
    done = run_here("step", "x" * 30 + "y" * 30, cwd=tmp_path)
    assert (
        "The text has 60 characters; the first 40 are stepped through (--max-characters)." in done.stdout
    )


def test_training_for_a_moment_lowers_the_loss(tmp_path):
    done = run_here("step", "hello", "world", cwd=tmp_path)
    before, after = (
        float(x) for x in re.search(r"from ([\d.]+) to ([\d.]+) nats", done.stdout).groups()
    )
    assert after < before / 2


def test_step_holds_a_network_against_others(tmp_path):
    beside = ("gru", "untrained", "mistake=carried back left out", "text=cab", "scale=0.5")
    options = [word for one in beside for word in ("--compare", one)]
    done = run_here("step", "abca", "--hidden", "2", "--updates", "1", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    titles = ["GRU", "untrained", "mistake", "“cab”", "scale 0.5"]
    assert [line for line in done.stdout.splitlines() if line.startswith("Beside it")] == [
        f"Beside it: {title}." for title in titles
    ]
    said = "The mistake: the gradient carried back from r[t] to h[t-1] is left out."
    assert said in done.stdout
    assert 'data-compare="gru"' in (tmp_path / "teachrnn-step.html").read_text("utf-8")
    for wrong, said in (
        ("lsmt", "there is no such thing; there are gru, "),
        ("vanilla", "vanilla would stand beside itself"),
        ("text=x", "--compare text= has one character"),
        ("hidden=many", "'many' is no number"),
        ("mistake=unheard of", "no mistake of vanilla has the words 'unheard of'"),
    ):
        refused = run_here("step", "ab", "--compare", wrong, cwd=tmp_path)
        assert refused.returncode
        assert said in " ".join(refused.stderr.split())
    refused = run_here("step", "ab", "--terminal", "--compare", "gru", cwd=tmp_path)
    assert "--terminal, which writes no page, does not use it" in " ".join(refused.stderr.split())


def test_step_holds_a_trace_against_other_traces(tmp_path):
    for name, cell in (("one", "vanilla"), ("other", "gru")):
        save_trace(small_network("abca", cell=cell, hidden=2, updates=0).trace, tmp_path / f"{name}.npz")
    given = ("step", "--trace", "one.npz", "--compare")
    done = run_here(*given, "other.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The trace in one.npz: T = 3, loss ")
    assert "Beside it: other." in done.stdout
    page = (tmp_path / "teachrnn-step.html").read_text("utf-8")
    assert 'data-compare="other"' in page
    (tmp_path / "deeper").mkdir()
    shutil.copy(tmp_path / "other.npz", tmp_path / "deeper/one.npz")
    for wrong, said in (
        ("gone.npz", "gone.npz"),
        ("deeper/one.npz", "--compare deeper/one.npz: one would stand beside itself"),
    ):
        refused = run_here(*given, wrong, cwd=tmp_path)
        assert refused.returncode
        assert said in " ".join(refused.stderr.split())
        assert "Traceback" not in refused.stderr


def test_step_leads_through_a_tour_and_lists_all(tmp_path):
    listed = run_here("step", "--tours", cwd=tmp_path).stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["tour", *(t.id for t in Tour.all())]
    tour = json.loads((FOLDER / "carry.json").read_text("utf-8"))
    (tmp_path / "mine.json").write_text(json.dumps({**tour, "id": "mine", "title": "Mine"}), "utf-8")
    done = run_here("step", "--tour", "mine.json", cwd=tmp_path)
    assert done.stdout.startswith("Mine: What a backward pass computes")
    assert 'data-tour="mine"' in (tmp_path / "teachrnn-step.html").read_text("utf-8")


def test_step_writes_the_program_of_the_network(tmp_path):
    done = run("step", "hello", "--cell", "gru", "--terminal", "--script", "pass.py", cwd=tmp_path)
    assert f"Program: {tmp_path / 'pass.py'}" in " ".join(done.stdout.split())
    exec((tmp_path / "pass.py").read_text("utf-8"), space := {})
    network = small_network("hello", cell="gru")
    assert space["loss"] == pytest.approx(float(network.trace.total_loss))


def test_terminal_prints_every_step_without_a_keyboard():
    done = run_here("step", "abc", "--terminal")
    assert done.returncode == 0, done.stderr
    for words in (
        "step 1/25",
        "step 25/25",
        "h[1] = Tanh(a[1])",
        "turning point",
        "da_2 = dh_2 ⊙ (1 − h_2^2)",
    ):
        assert words in done.stdout


def test_text_that_is_not_utf8_is_refused(tmp_path):
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"teachrnn", b"step", b"a\xffb"],
        capture_output=True,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert b"not valid UTF-8 at character 1" in done.stderr


def test_check_covers_every_operation_and_a_network():
    done = run("check", "--size", "small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Affine.dW" in done.stdout
    assert "m=5, T=4, K=7, weight scale 0.5" in done.stdout
    assert "complex step" in done.stdout
    assert "central difference" in done.stdout
    assert "No gradient differs" in done.stdout
    assert "DIFFERS" not in done.stdout


def test_check_reports_every_cell_as_json():
    cells = sorted(CELLS)
    done = run_here("check", "--size", "small", "--json", *[x for c in cells for x in ("--cell", c)])
    report = json.loads(done.stdout)
    assert {n["cell"] for n in report["networks"]} == set(cells)
    assert all(n["agrees"] for n in report["networks"])


def test_check_at_the_size_of_the_assignment():
    done = run_here(
        "check", "--size", "assignment", "--scale", "0.01", "--oracle", "complex", "--max-entries", "20"
    )
    assert done.returncode == 0
    assert "m=100, T=25, K=80" in done.stdout
    assert re.search(r"W +agrees +20/10000", done.stdout)


def test_check_ends_with_status_1_when_a_gradient_is_wrong():
    code = (
        "import sys, teachrnn\n"
        "teachrnn.Tanh.gradient_methods['x'] = lambda dy, x, y: dy * (1 - y)\n"
        "from teachrnn.cli import main\n"
        "sys.argv = ['teachrnn', 'check', '--size', 'small', '--oracle', 'complex']\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert re.search(r"Tanh.dx .* DIFFERS", done.stdout)
    assert "A gradient DIFFERS" in done.stdout


def test_train_shows_losses_and_samples(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("the cat sat on the mat. " * 40, "utf-8")
    done = run(
        "train", str(file), "--updates", "120", "--sample-every", "50", "--hidden", "20", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "960 characters, K = 11; guessing costs T log K = 59.9 nats per sequence" in done.stdout
    for heading in ("before the first update", "after 50 updates", "after 100 updates"):
        assert heading in done.stdout
    assert "runs/adagrad-text-0/checkpoint.npz" in done.stdout
    assert (tmp_path / "runs/adagrad-text-0/checkpoint.npz").exists()


TRAINED = ["--hidden", "20", "--length", "8", "--recipe", "adam", "--validation", "0.1"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder in which a run of 120 updates was made, with some of its steps kept."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "text.txt").write_text("the cat sat on the mat. " * 40, "utf-8")
    done = run_here("train", "text.txt", *TRAINED, "--updates", "120", "--keep-every", "50", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


CHECKPOINT = "runs/adam-text-0/checkpoint.npz"


def test_same_command_resumes_a_run(trained):
    done = run_here("train", "text.txt", *TRAINED, "--updates", "150", cwd=trained)
    assert "Resuming after update 120" in done.stdout
    other = run_here("train", "text.txt", *TRAINED, "--hidden", "21", cwd=trained)
    assert other.returncode == 2
    assert "holds another run: it differs in hidden" in other.stderr


@pytest.mark.parametrize("command", ["train", "report"])
def test_run_that_has_learnt_nothing_ends_with_status_1(command, trained, tmp_path):
    text, wild = str(trained / "text.txt"), ["--hidden", "5", "--eta", "300", "--updates", "400"]
    done = run_here(command, text, *wild, "--out", "wild", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "The network does far worse than guessing" in done.stdout
    assert (tmp_path / "wild" / "checkpoint.npz").exists()
    if command == "report":
        assert "does far worse than guessing" in (tmp_path / "wild/report.html").read_text("utf-8")


def test_sample_writes_by_every_strategy_without_the_text(trained, tmp_path):
    given = ["sample", str(trained / CHECKPOINT), "--count", "30", "--prime", "the c"]
    texts = {}
    for way in (["--temperature", "0"], ["--top-k", "3"], ["--nucleus", "0.5"], ["--beam", "2"], []):
        done = CliRunner().invoke(app, [*given, *way], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        texts[tuple(way)] = done.stdout
        assert done.stdout.startswith("the c")
        assert len(done.stdout) == len("the c") + 30 + 1
    again = run(*given, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert again.stdout == texts[()]
    seeded = CliRunner().invoke(app, [*given, "--seed", "1"], catch_exceptions=False)
    assert seeded.stdout != texts[()]


def test_kept_step_is_opened_as_a_page(trained, tmp_path):
    steps = sorted((trained / "runs/adam-text-0/flight").iterdir())
    assert [step.name for step in steps] == ["step-0000050.npz", "step-0000100.npz"]
    done = run_here("step", "--trace", str(steps[0]), "--no-browser", "--out", "page.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "T = 8" in done.stdout
    assert (
        "Update 50 of a run of the recipe adam on text.txt, eta = 0.001, seed 0; kept: every 50 updates."
        in (done.stdout)
    )
    assert (tmp_path / "page.html").stat().st_size > 100_000
    told = run_here("step", "--trace", str(steps[0]), "--terminal")
    assert "h[8] = Tanh(a[8])" in told.stdout


def test_list_shows_everything_that_has_a_name():
    from teachrnn.data import CORPORA
    from teachrnn.optimizers import OPTIMIZERS
    from teachrnn.recipes import RECIPES
    from teachrnn.sampling import SAMPLERS

    shown = run_here("list", COLUMNS="200").stdout
    for name in [*RECIPES, *CORPORA, *OPTIMIZERS, *SAMPLERS]:
        assert name in shown


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_train_stops_cleanly_when_interrupted(number, tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("the cat sat on the mat. " * 40, "utf-8")
    process = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-m",
            "teachrnn",
            "train",
            str(file),
            "--updates",
            "1000000",
            "--sample-every",
            "20",
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if "after 20 updates" in line:
            break
    process.send_signal(number)
    out, err = process.communicate()
    assert process.returncode == 0, err
    stopped = re.search(r"Stopped after update ([\d,]+)\. The same command resumes", out)[1]
    assert "Traceback" not in err
    more = str(int(stopped.replace(",", "")) + 1)
    again = run_here("train", str(file), "--updates", more, "--sample-every", "20", cwd=tmp_path)
    assert f"Resuming after update {stopped}" in again.stdout


BAD = {
    "empty text": (["step", ""], "the text is empty: at least two are needed"),
    "one character": (["step", "x"], "the text has one character, 'x'"),
    "unknown cell": (["step", "--cell", "elman"], "no cell is named 'elman'; there are: "),
    "no such folder": (["step", "--out", "nowhere/page.html"], "cannot write nowhere/page.html"),
    "zero units": (["step", "--hidden", "0"], "--hidden"),
    "missing file": (["train", "missing.txt"], "no file 'missing.txt', and no corpus of that name"),
    "folder": (["train", "."], "is a folder: give a text file"),
    "empty file": (["train", "empty.txt"], "empty.txt is empty"),
    "binary file": (["train", "binary"], "looks like a binary file (a zero byte at position 2)"),
    "latin-1": (["train", "latin1.txt"], "is not UTF-8: byte 0xe9 at position 10 (line 2)"),
    "short file": (["train", "short.txt"], "cannot be split with 0.1 of it held out"),
    "sample of no checkpoint": (["sample", "text.txt"], "is damaged, or is not a checkpoint"),
    "optimizer without a rate": (
        ["train", "help", "--optimizer", "adam"],
        "needs its own learning rate",
    ),
    "sequence of no length": (["train", "short.txt", "--length", "0"], "--length"),
    "unknown oracle": (["check", "--oracle", "delphi"], "no oracle is named 'delphi'; there are:"),
    "negative scale": (["check", "--scale", "-1"], "--scale"),
    "negative learning rate": (
        ["train", "text.txt", "--eta", "-1"],
        "`eta` is -1.0 but must be a number above 0",
    ),
    "unknown tour": (["step", "--tour", "grand"], "there is no tour 'grand'; there are: first, "),
    "tour with a text": (["step", "abc", "--tour", "first"], "--tour does not use it"),
    "page that no browser opens": (
        ["step", "x y" * 30, "--cell", "lstm", "--layers", "4", "--hidden", "256"],
        "take a shorter text, a smaller m or fewer layers",
    ),
    "unknown size": (
        ["check", "--size", "huge"],
        "no size is named 'huge'; there are: small, assignment",
    ),
    "unknown command": (["fly"], "No such command 'fly'"),
}


@pytest.mark.parametrize("case", BAD)
def test_mistake_ends_with_status_2_and_what_to_do(tmp_path, monkeypatch, capsys, case):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary").write_bytes(b"\x7fE\x00LF")
    (tmp_path / "latin1.txt").write_bytes("un\nune the\xe9".encode("latin-1"))
    (tmp_path / "short.txt").write_text("hello", "utf-8")
    (tmp_path / "text.txt").write_text("hello " * 20, "utf-8")
    arguments, words = BAD[case]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["teachrnn", *arguments])
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as ended:  # any other exception would be a traceback
        main()
    assert ended.value.code == 2
    assert words in capsys.readouterr().err.replace("\n", " ").replace("│", "")


def test_byte_order_mark_and_line_ends_are_translated(tmp_path):
    from teachrnn.data import load_text_file

    (tmp_path / "windows.txt").write_bytes(b"\xef\xbb\xbfa\r\nb\rc")
    assert load_text_file(tmp_path / "windows.txt") == "a\nb\nc"


def test_version_is_that_of_the_package():
    import teachrnn

    assert run("--version").stdout == f"teachrnn {teachrnn.__version__}\n"
