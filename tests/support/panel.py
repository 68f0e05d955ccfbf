"""One panel of the player by itself in a real browser, from its separate modules."""

from __future__ import annotations

import atexit
import base64
import functools
import json
import struct
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from browser import served

import teachrnn.views
from teachrnn import CharRNN
from teachrnn.data import Vocabulary
from teachrnn.views.player.story_data import packed, story_bytes
from teachrnn.views.style.palette import palette_style

PLAYER = Path(teachrnn.views.__file__).parent / "player"

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A panel</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>{style}</style></head>
<body class="trnn-page"><main><h1>A panel</h1><div class="trnn"><h2>Its place</h2>
<button id="outside" type="button">another control</button></div></main>
<script type="module">
import {{ Kernel }} from "/kernel.js";
import {{ Stops }} from "/stops.js";
import {{ Story }} from "/story.js";
{imports}
const bytes = Uint8Array.from(atob("{data}"), (c) => c.charCodeAt(0));
const state = {{
  entry: {{}}, predict: "off", live: false, level: "operations", breakpoints: [], ...{state}
}}, listeners = {{}};
window.sent = []; window.said = []; window.gone = [];
const model = {{
  get: (key) => state[key],
  set(key, value) {{ state[key] = value; for (const f of listeners["change:" + key] || []) f(); }},
  on(event, f) {{ (listeners[event] ||= []).push(f); }},
  off(event, f) {{ listeners[event] = (listeners[event] || []).filter((g) => g !== f); }},
  save_changes() {{}},
  send(message) {{ window.sent.push(message); }},
  hear(message) {{ for (const f of listeners["msg:custom"] || []) f(message); }},
}};
const story = new Story(bytes);
const context = window.context = {{
  story, stops: new Stops(story), model, kernel: new Kernel(model), signal: new AbortController().signal,
  pick(id) {{
    const i = story.stepAbout(id, story.steps[state.step ?? 0].phase === "backward");
    if (i >= 0) context.go(i);
  }},
  stopsAt: ({{ name, op }}) => state.breakpoints.includes(name) || state.breakpoints.includes(op),
  redrawn() {{}}, go: (i) => window.gone.push(i), say: (text) => window.said.push(text),
  open: (array, index) => model.set("entry", {{ array, index }}),
}};
const place = document.querySelector(".trnn");
window.add = (...elements) => place.append(...elements);
{script}
document.body.dataset.ready = "true";
</script></body></html>"""


def recorded(text="hello", **options):
    vocabulary = Vocabulary.of(text)
    tokens = vocabulary.encode(text)
    rng = np.random.default_rng(0)
    model = CharRNN(**{"hidden": 4, "symbols": len(vocabulary), "scale": 0.5, "rng": rng, **options})
    return model.record(tokens[:-1], tokens[1:])


def altered(trace, change):
    """The story of a trace with its text changed."""
    data = story_bytes(trace)
    (length,) = struct.unpack("<I", data[:4])
    text = json.loads(data[4 : 4 + length])
    change(text)
    return packed(text, [np.frombuffer(data[4 + length :], "<f8")])


@contextmanager
def panel(page, story, imports, script, state="{}"):
    """Open a page with the story, these imports, and a script that builds the panel."""
    style = palette_style(".trnn, .trnn-page")
    style += "".join((PLAYER / f"{name}.css").read_text("utf-8") for name in STYLES)
    data = story if isinstance(story, bytes) else story_bytes(story)
    text = PAGE.format(
        style=style,
        imports=imports,
        script=script,
        state=state,
        data=base64.b64encode(data).decode(),
    )
    address, texts = player_server()
    texts["/panel.html"] = text
    page.goto(f"{address}/panel.html")
    page.wait_for_selector("body[data-ready]")
    yield page


@functools.cache
def player_server() -> tuple[str, dict[str, str]]:
    """The address at which the player's modules are served, and the pages served beside them.

    There is one server for all tests of a process, so that the browser has the modules cached.
    """
    texts: dict[str, str] = {}
    running = ExitStack()
    address = running.enter_context(served(PLAYER, texts))
    atexit.register(running.close)
    return address, texts


STYLES = (
    "player",
    "array/array",
    "code/code",
    "equation/equation",
    "predict",
    "step_card",
    "controls/controls",
    "why/into",
    "why/why",
)
