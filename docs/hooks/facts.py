"""How a reference page presents facts: a list of terms, with code folded."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping


def definitions(facts: Mapping[str, str]) -> str:
    """A list of terms without the empty ones. Markdown's own lists cannot contain a code block."""
    items = [
        f'<dt>{term}</dt>\n<dd markdown="block">\n\n{text}\n\n</dd>'
        for term, text in facts.items()
        if text
    ]
    return '<dl class="facts" markdown="1">\n' + "\n".join(items) + "\n</dl>"


def capital(words: str) -> str:
    """With a capital letter, unless it begins with a symbol: dW stays dW, and z stays z."""
    return words if re.match(r"(d[A-Za-z]|z)\b", words) else words[:1].upper() + words[1:]


def folded_code(module: str, methods: Iterable[Callable[..., object]]) -> str:
    """Methods as in the file, without their decorators."""
    sources = [textwrap.dedent(inspect.getsource(method)).strip() for method in methods]
    bare = [source.partition("\n")[2] if source.startswith("@") else source for source in sources]
    block = textwrap.indent("```python\n" + "\n\n".join(bare) + "\n```", "    ")
    return f'??? quote "`{module.replace(".", "/")}.py`"\n\n{block}'
