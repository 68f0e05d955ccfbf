"""A real widget and its real ES module, connected without Jupyter, kernel or server."""

from __future__ import annotations

import base64
from typing import Any

import ipywidgets

MODEL = """async ([esm, css, state]) => {
    const bytes = text => new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
    const value = x => x !== null && typeof x === "object" && "base64" in x ? bytes(x.base64) : x;
    const held = Object.fromEntries(Object.entries(state).map(([key, x]) => [key, value(x)]));
    const heard = new Map();
    const changed = {};
    window.outbox = [];
    window.model = {
        get: key => held[key],
        set(key, x) {
            if (held[key] === x) return;
            held[key] = changed[key] = x;
            this.fire(`change:${key}`);
        },
        save_changes() {
            outbox.push({ state: { ...changed } });
            for (const key in changed) delete changed[key];
        },
        send: content => outbox.push({ content }),
        on(event, f) { heard.set(event, [...(heard.get(event) || []), f]); },
        off(event, f) { heard.set(event, (heard.get(event) || []).filter(g => g !== f)); },
        fire(event, ...args) { for (const f of heard.get(event) || []) f(...args); },
        take(state) { // as Backbone: all at once, then the news
            for (const key in state) held[key] = value(state[key]);
            for (const key in state) this.fire(`change:${key}`);
        },
        receive(content, buffers) { this.fire("msg:custom", content, buffers.map(bytes)); },
        listeners: () => [...heard.values()].flat().length,
    };
    const style = document.createElement("style");
    style.textContent = css;
    document.head.append(style);
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const widget = (await import(url)).default;
    window.show = () => {
        const el = document.createElement("div");
        document.body.append(el);
        const stop = widget.render({ model, el });
        return () => { stop(); el.remove(); };
    };
    window.shown = [show()];
}"""


class Bridge:
    """Does what a comm does between a widget and its model in a page, explicitly and in order.

    Parameters
    ----------
    page : playwright.sync_api.Page
        An empty page.
    widget : anywidget.AnyWidget
        The Python half.
    """

    def __init__(self, page: Any, widget: Any) -> None:
        self.page, self.widget = page, widget
        self.outbox: list[tuple[str, list[Any]]] = []
        theirs = ipywidgets.DOMWidget.class_traits()
        self.keys = [k for k in widget.traits(sync=True) if not k.startswith("_") and k not in theirs]
        widget.send_state = self._state
        widget.send = lambda content, buffers=(): self.outbox.append(
            ("model.receive", [content, [base64.b64encode(b).decode() for b in buffers]])
        )
        page.goto("about:blank")
        page.set_content("<!doctype html><html lang='en'><title>bridge</title><body></body></html>")
        page.evaluate(MODEL, [widget._esm, widget._css, self._sendable(self.keys)])
        self.exchange()

    def exchange(self) -> None:
        """Pass messages in both directions until there are no more."""
        while True:
            said = self.page.evaluate("outbox.splice(0)")
            for message in said:
                if "state" in message:
                    self.widget.set_state(message["state"])
                else:
                    self.widget._handle_custom_msg(message["content"], [])
            going, self.outbox = self.outbox, []
            for function, arguments in going:
                self.page.evaluate(f"all => {function}(...all)", arguments)
            if not said and not going:
                return

    def _state(self, key: Any = None) -> None:
        keys = self.keys if key is None else [key] if isinstance(key, str) else list(key)
        mine = [k for k in keys if k in self.keys]
        if mine:
            self.outbox.append(("model.take", [self._sendable(mine)]))

    def _sendable(self, keys: list[str]) -> dict[str, Any]:
        held = self.widget.get_state(keys)
        return {
            k: {"base64": base64.b64encode(x).decode()} if isinstance(x, bytes) else x
            for k, x in held.items()
        }
