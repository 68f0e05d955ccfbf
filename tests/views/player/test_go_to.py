"""The time line: the places that it can go to."""

from __future__ import annotations

import pytest
from panel import panel, recorded

from teachrnn.views.player.story_data import story_bytes
from teachrnn.views.story import tell

IMPORTS = """
import { GoTo } from "/controls/go_to.js";
import { Walk } from "/walk.js";
"""
SCRIPT = """
Object.assign(context, { unique: 1, covers: () => false, tell: (text) => window.said.push(text) });
context.go = (i) => { window.gone.push(i); model.set("step", i); };
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
        offered = page.locator(".jump option").evaluate_all(OFFERED)
        assert set(offered) == {q.name for q in shown if not q.letter.user} | {
            type(op).__name__ for op in trace.ops
        }
        assert page.evaluate("names => names.filter(name => !goTo.jump(name))", offered) == []
