"""The player's JavaScript and CSS: formatted, typed, and joined correctly."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from needs import lacking

from teachrnn.views.player import module
from teachrnn.views.player.module import PARTS, player_module

ROOT = Path(__file__).parents[3]
TOOLS = ["prettier", "eslint", "tsc"]


@pytest.fixture(scope="session")
def npm():
    """The program that runs the tools. If it is missing, the test is skipped; with CI=true it fails."""
    executable = shutil.which("npm")
    missing = [name for name in TOOLS if not (ROOT / "node_modules/.bin" / name).exists()]
    if executable is None or missing:
        reason = f"no Node, or no {' and '.join(missing)}: run `npm install --ignore-scripts`"
        lacking(reason)
    return executable


@pytest.mark.ci
@pytest.mark.parametrize("name", TOOLS)
def test_tools_find_nothing_wrong(npm, name):
    command = [npm, "run", "--silent", name]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_text_extends_over_several_lines_as_indentation_is_left_out():
    lines = [line for part in PARTS.rglob("*.js") for line in part.read_text("utf-8").splitlines()]
    assert [line for line in lines if line.partition("//")[0].count("`") % 2] == []


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A function that joins the parts of a player, including the host `page`, into one text."""

    def joined(**parts):
        for name, text in {"hosts/page.js": parts.pop("page"), **parts}.items():
            path = (tmp_path / name).with_suffix(".js")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        monkeypatch.setattr(module, "PARTS", tmp_path)
        return player_module.__wrapped__("page")

    return joined


def test_part_is_joined_once_before_those_that_import_it(written):
    text = written(
        page='import { b } from "../b.js";\nimport { a as other } from "../a.js";\nb(other);\n',
        b='import {\n  a,\n} from "./a.js";\n\nexport function b(x) {\n  return x + a;\n}\n',
        a="export const a = 1;\nconst hidden = 2;\n",
    )
    assert " ".join(text.split()) == (
        "const parts = {}; "
        'parts["a.js"] = (() => { const a = 1; const hidden = 2; return { a }; })(); '
        'parts["b.js"] = (() => { const { a, } = parts["a.js"]; '
        "function b(x) { return x + a; } return { b }; })(); "
        'const { b } = parts["b.js"]; const { a: other } = parts["a.js"]; b(other);'
    )


def test_parts_that_import_each_other_are_refused(written):
    with pytest.raises(ImportError, match=r"hosts/page\.js imports a\.js imports b\.js imports a\.js"):
        written(
            page='import { a } from "../a.js";\n',
            a='import { b } from "./b.js";\nexport const a = 1;\n',
            b='import { a } from "./a.js";\nexport const b = 1;\n',
        )


def test_indentation_and_comments_on_lines_of_their_own_are_left_out_and_nothing_else(written):
    code = [
        'const a = "// no comment"; // a comment that stays',
        "const b = 4 /* times */ * 5;",
        "  /** @type {number} */ (a).c = 1;",
        "const d = `/** ${a} */`;",
    ]
    comments = [
        "// a line",
        "  // another",
        "/** one line */",
        "/**\n * Several, with a * and a /.\n **/",
    ]
    lines = [line for pair in zip(comments, code, strict=True) for line in pair]
    assert written(page="\n".join([*lines, ""])) == "\n".join(
        ["const parts = {};", *(line.lstrip() for line in code), ""]
    )


@pytest.mark.parametrize("host", ["page", "fragment", "notebook"])
def test_joined_module_has_no_imports(host):
    text = player_module(host)
    assert "import " not in text
    assert text.count("\nparts[") == sum(
        1 for part in PARTS.rglob("*.js") if part.parent.name != "hosts"
    ), "some parts are not used"
