"""The box that goes elsewhere: what people write in it, and where it leads."""

from __future__ import annotations

import pytest
from panel import panel, recorded

from teachrnn.runs import small_network
from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.story import tell

IMPORTS = """
import { GoTo } from "/controls/go_to.js";
import { Walk } from "/walk.js";
"""
SCRIPT = """
Object.assign(context, { unique: 1, covers: () => false, tell: (text) => window.said.push(text) });
context.go = (i) => { window.gone.push(i); model.set("step", i); };
Object.assign(window, { story, model });
const goTo = window.goTo = new GoTo(context, new Walk(context, () => {}));
add(goTo.element);
"""
STATE = "{ step: 0, breakpoints: [] }"
OFFERED = "all => all.map(option => option.value)"


@pytest.mark.parametrize("cell", ["vanilla", "lstm"])
def test_every_suggestion_of_the_go_to_box_leads_somewhere(browser_page, cell):
    trace = recorded("hello", cell=cell)
    shown = [
        q for s in tell(trace) for q in [*s.operands, *(q for o in s.outcomes for q in o.quantities)]
    ]
    with panel(browser_page, story_bytes(trace), IMPORTS, SCRIPT, STATE) as page:
        assert page.locator(".jump option").count() == 0  # of a long text there would be thousands
        page.get_by_role("combobox").fill("dh")
        assert page.locator(".jump option").evaluate_all(OFFERED)[:2] == ["dh[4]", "dh[3]"]
        offered = page.evaluate("goTo.all()")
        assert set(offered) == {q.name for q in shown if not q.letter.user} | {
            type(op).__name__ for op in trace.ops
        }
        assert page.evaluate("names => names.filter(name => !goTo.jump(name))", offered) == []


# Each is written at a step of t = 3 on the way forward; `>` stands for the way back.
VANILLA = {
    "r[3]": ["t=3", "T = 3", "3", "step 3", "time 3", "forward 3"],
    "h[3]": [
        "h3",
        "h_3",
        "h[3]",
        "h₃",
        "h_{3}",
        "h(3)",
        "h t=3",
        "h at 3",
        "h",
        "h_t",
        "hidden state",
        "s3",
    ],
    "h[2]": ["h_{t-1}", "H2", "state 2"],
    "> o[3]": ["dh3", "dh_3", "dh[3]", "dh₃", "dL/dh3", "∂L/∂h₃", "\\partial h_3", "grad h3", "dh"],
    " > o[3]": ["δh3", "gradient of h at t=3", "∂h3 via o3"],
    "> r[4]": ["∂⁺h", "∂⁺h3", "∂h[3] via r[4]"],
    "> r[1]": ["dW", "dw", "grad W", "dW grad", "dLoss/dW", "dWhh", "db", "end", "last"],
    "> L[3]": ["back 3", "t=3 backward"],
    "> u[1]": ["dU"],
    "r[1]": ["W", "start", "#1", "step 1 of 49"],
    "u[1]": ["Wxh"],
    "L = ": ["loss", "the loss", "L", "turning point"],
    "L[3]": ["L3", "loss 3", "p3", "softmax"],
    "a[3]": ["pre-activation", "z3"],
    "r[4]": ['"l"', "“l”"],
    "u[4]": ["embed"],
}
DEEP = {  # without a layer, that of the step
    "layer2.s[3]": ["layer 2 c", "layer 2 c3"],
    "layer1.s[3]": ["c3", "cell state 3"],
    "layer2.h[3]": ["layer 2 h3", "h3 layer 2", "h^(2)_3", "h^{(2)}_3", "h₃⁽²⁾", "layer2.h3", "l2 h3"],
    "layer1.h[3]": ["h3", "h3 l1", "h₃⁽¹⁾", "layer 1 h"],
    "layer2.f[2]": ["forget gate 2 of layer 2"],
    "layer1.r_f[1]": ["W_f layer 1"],
    "> layer2.r_f[1]": ["dW_f^(2)"],
    "layer1.q[3]": ["output gate"],
}
RESET = {"rho[2]": ["ρ₂", "rho2", "reset gate 2"], "> r_rho[1]": ["dW_ρ"], "z[3]": ["update gate"]}
ASK = """all => all.map(text => {
    const here = story.steps.findIndex(s => s.phase === "forward" && s.t === 3) + 4;
    model.set("step", here);
    if (!goTo.jump(text)) return said.at(-1);
    const { phase, title } = story.steps[model.get("step")];
    return phase === "backward" ? title.replace("back through", ">") : title;
})"""


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, VANILLA), ({"cell": "lstm", "layers": 2}, DEEP), ({"cell": "gru"}, RESET)],
    ids=["vanilla", "two layers", "gru"],
)
def test_box_understands_what_people_write(browser_page, options, expected):
    network = small_network("hello", hidden=3, updates=0, **options)
    story = story_bytes(network.trace, symbols=network.symbols)
    with panel(browser_page, story, IMPORTS, SCRIPT, STATE) as page:
        written = [text for texts in expected.values() for text in texts]
        reached = dict(zip(written, page.evaluate(ASK, written), strict=True))
        wrong = {
            text: reached[text]
            for place, texts in expected.items()
            for text in texts
            if not reached[text].startswith(place.strip() if "=" in place else f"{place.strip()} = ")
        }
        assert wrong == {}


def test_what_is_not_there_is_told_with_what_is(browser_page):
    network = small_network("hello", hidden=3, updates=0)
    story = story_bytes(network.trace, symbols=network.symbols)
    with panel(browser_page, story, IMPORTS, SCRIPT, STATE) as page:
        told = {
            "h30": "There is no h[30]: h has the time steps 0 to 4.",
            "dh9": "There is no dh[9]: dh has the time steps 0 to 4.",
            "t=30": "There is no time step 30: they are 1 to 4.",
            "W[0,9]": "W has no entry [0,9]: they are [0, 0] to [2, 2].",
            "tanj": "Nothing is named tanj. Similar: Tanh.",
            "<b>": "Nothing is named <b>. Try a time step such as t=2, a name such as h2 or dh2, "
            "or an operation such as Affine.",
        }
        assert page.evaluate(ASK, list(told)) == list(told.values())
        opened = """text => {
            goTo.jump(text);
            const { array, index } = model.get("entry");
            return [story.arrays[array].name, index];
        }"""
        for text, at in {
            "W[0,2]": ["W", [0, 2]],
            "dW[1, 2]": ["dW", [1, 2]],
            "dh3[1]": ["dh[3]", [1]],
        }.items():
            assert page.evaluate(opened, text) == at
