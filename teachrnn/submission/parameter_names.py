"""What a set of names means as a cell's parameters: all readings, likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations, product

from teachrnn.submission import lexicon
from teachrnn.submission.form import Form, FormPart


@dataclass(frozen=True)
class Meaning:
    """Which of our parameters one array holds.

    Attributes
    ----------
    kinds : tuple of str
        "U", "W", "b", "V", "c", "E" (embedding, the identity), several if joined along the inputs;
        "bx" and "bh" where x and h have a bias each, which are added.
    gates : tuple of str
        The gates that are stacked in it, in an order that is still open; one, or ``("",)``.
    """

    kinds: tuple[str, ...]
    gates: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class NameReading:
    """One reading of the names: the cell, and the meaning of each array.

    Attributes
    ----------
    cell : str
        "vanilla", "lstm", "gru" or "gru-reset-after".
    meanings : dict
        By the student's name.
    weight : int
        How far-fetched.
    """

    cell: str
    meanings: dict[str, Meaning]
    weight: int = 0
    missing: tuple[str, ...] = field(default=())


CELL_GATES = {
    "vanilla": ("",),
    "lstm": ("f", "i", "g", "q"),
    "gru": ("rho", "z", "n"),
    "gru-reset-after": ("rho", "z", "n"),
}

_SEPARATE = [  # (for U, for W, for b): {} is the gate
    ("wx{}", "wh{}", ("b{}", "bh{}")),
    ("w{}x", "w{}h", ("b{}",)),
    ("w{}x", "w{}a", ("b{}",)),
    ("wax{}", "waa{}", ("ba{}", "b{}")),
    ("wi{}", "wh{}", ("b{}", "bi{}")),
    ("wx{}", "whx{}", ("b{}",)),
    ("wx{}", "wr{}", ("b{}",)),
    ("wx{}", "u{}", ("b{}",)),
    ("w{}", "u{}", ("b{}",)),
    ("u{}", "w{}", ("b{}",)),
    ("w{}", "r{}", ("b{}",)),
    ("ux{}", "wh{}", ("b{}",)),
    ("wx{}", "uh{}", ("b{}",)),
    ("{}u", "{}w", ("{}b",)),
    ("{}wx", "{}wh", ("{}b",)),
]
_JOINT = ["w{}", "wh{}", "w{}h", "{}w", "wxh{}", "{}weight", "wg{}"]


def readings(names: Sequence[str], *, cell: str | None = None, hint: str = "") -> Iterator[NameReading]:
    """All readings of these names.

    Parameters
    ----------
    names : sequence of str
        What the arrays are called.
    cell : str, optional
        The cell, if it was said.
    hint : str
        Other names of the program, where "lstm" or "gru" may occur.
    """
    yield from _readings(tuple(names), cell, hint.lower())


@lru_cache(maxsize=256)
def _readings(names: tuple[str, ...], cell: str | None, hint: str) -> list[NameReading]:
    found = [*_gated(names), *_stacked(names, hint), *_ungated(names)]
    unique: list[NameReading] = []
    for reading in sorted(found, key=lambda r: r.weight):
        cells = [reading.cell]
        if reading.cell == "gru":
            after = "after" in hint or any("bx" in m.kinds for m in reading.meanings.values())
            cells = ["gru-reset-after", "gru"] if after else ["gru", "gru-reset-after"]
        extra = [n for n in names if lexicon.core(n) == "cn" and n not in reading.meanings]
        if reading.cell == "gru" and extra:
            cells = ["gru-reset-after"]
            meanings = {**reading.meanings, extra[0]: Meaning(("c",), ("n",))}
            reading = NameReading("gru", meanings, reading.weight)
        for name in cells:
            known = any((name, reading.meanings) == (o.cell, o.meanings) for o in unique)
            if (cell is None or name == cell) and not known:
                unique.append(NameReading(name, reading.meanings, reading.weight))
    return unique


def _cores(names: Sequence[str]) -> dict[str, str]:
    return {lexicon.core(name): name for name in reversed(names)}


def _readout(names: Sequence[str]) -> dict[str, Meaning]:
    """The readout and the embedding among the remaining names."""
    found: dict[str, Meaning] = {}
    for name in names:
        short = lexicon.core(name)
        if lexicon.owner(name, lexicon.READOUT_OWNERS) and short[:1] in "wb":
            found[name] = Meaning(("V",) if short[:1] == "w" else ("c",))
        elif lexicon.owner(name, lexicon.EMBEDDING_OWNERS):
            found[name] = Meaning(("E",))
    taken = {m.kinds for m in found.values()}
    for name in names:
        for kind in lexicon.ungated_kinds(name):
            if kind in ("V", "c", "E") and name not in found and (kind,) not in taken:
                found[name] = Meaning((kind,))
                taken.add((kind,))
    return found


def _gated(names: Sequence[str]) -> Iterator[NameReading]:
    """One array per gate: ``Wxf, Whf, bf`` or ``Wf, bf`` over [h; x]."""
    by_core = _cores(names)
    for cell, gates in lexicon.GATES.items():
        for weight, (u, w, bs) in enumerate(_SEPARATE):
            for spelled in _spellings(gates, by_core, (u, w)):
                meanings = {by_core[u.format(s)]: Meaning(("U",), (g,)) for g, s in spelled.items()}
                meanings |= {by_core[w.format(s)]: Meaning(("W",), (g,)) for g, s in spelled.items()}
                if len(meanings) < 2 * len(gates):
                    continue
                yield from _with_biases(names, by_core, cell, meanings, spelled, bs, weight)
                if u[0] != w[0] and "x" not in u:  # letters alone do not say which is the input's
                    swapped = {
                        n: Meaning(("W",) if m.kinds == ("U",) else ("U",), m.gates)
                        for n, m in meanings.items()
                    }
                    yield from _with_biases(names, by_core, cell, swapped, spelled, bs, weight + 1)
        for weight, w in enumerate(_JOINT):
            for spelled in _spellings(gates, by_core, (w,)):
                meanings = {by_core[w.format(s)]: Meaning(("U", "W"), (g,)) for g, s in spelled.items()}
                if len(meanings) == len(gates):
                    biases = ("b{}", "bh{}", "{}b", "{}bias")
                    yield from _with_biases(names, by_core, cell, meanings, spelled, biases, weight + 5)


def _spellings(
    gates: Mapping[str, str], by_core: Mapping[str, str], patterns: Sequence[str]
) -> Iterator[dict[str, str]]:
    """How the gates are written, in all ways in which every pattern is one of the names."""
    fitting = []
    for spelled in gates.values():
        words = ["" if word == "_" else word for word in spelled.split()]
        fitting.append([s for s in words if all(p.format(s) in by_core for p in patterns)])
    for choice in product(*fitting):
        if len(set(choice)) == len(choice):
            yield dict(zip(gates, choice, strict=True))


def _with_biases(
    names: Sequence[str],
    by_core: Mapping[str, str],
    cell: str,
    meanings: dict[str, Meaning],
    spelled: Mapping[str, str],
    patterns: Sequence[str],
    weight: int,
) -> Iterator[NameReading]:
    """The reading with the gates' biases where there are any, and with the readout."""
    for pattern in (*patterns, ""):
        biases = {g: by_core.get(pattern.format(s)) for g, s in spelled.items()} if pattern else {}
        found = [n for n in biases.values() if n]
        if pattern and (len(set(found)) < len(spelled) or set(found) & set(meanings)):
            continue
        whole = meanings | {n: Meaning(("b",), (g,)) for g, n in biases.items() if n}
        second = {g: by_core.get(f"bh{s}") for g, s in spelled.items()} if pattern == "bi{}" else {}
        if second and None not in second.values():
            whole |= {n: Meaning(("bx",), (g,)) for g, n in biases.items() if n}
            whole |= {n: Meaning(("bh",), (g,)) for g, n in second.items() if n}
        rest = [n for n in names if n not in whole]
        left_out = 0 if pattern else 10
        if not pattern and any(n for n in whole):
            joint = {n: Meaning((*m.kinds, "b"), m.gates) for n, m in whole.items() if len(m.kinds) == 2}
            if joint:  # one more column of the matrix is the bias
                yield NameReading(cell, whole | joint | _readout(rest), weight + 8)
        yield NameReading(cell, whole | _readout(rest), weight + left_out)
        if pattern:
            return


def _stacked(names: Sequence[str], hint: str) -> Iterator[NameReading]:
    """All gates in one array: ``Wx`` (D, 4H), or one matrix over [h; x]."""
    for base in _ungated(names, stacked=True):
        for cell in ("lstm", "gru"):
            known = cell in hint
            gates = CELL_GATES[cell]
            meanings = {
                n: m if m.kinds[0] in ("V", "c", "E") else Meaning(m.kinds, gates)
                for n, m in base.meanings.items()
            }
            weight = base.weight + (0 if known else 40)
            yield NameReading(cell, meanings, weight)
            if cell == "gru" and any(m.kinds == ("b",) for m in meanings.values()):
                two = {  # both biases in one array
                    n: Meaning(("bx", "bh"), m.gates) if m.kinds == ("b",) else m
                    for n, m in meanings.items()
                }
                yield NameReading(cell, two, weight + 2)


def _ungated(names: Sequence[str], *, stacked: bool = False) -> Iterator[NameReading]:
    """Names without a gate: each kind once."""
    readout = {n: m for n, m in _readout(names).items() if "." in n}
    options = [[] if n in readout else lexicon.ungated_kinds(n) for n in names]
    two = {lexicon.core(n): n for n in names}
    pair = {two.get("bih"), two.get("bhh")} if {"bih", "bhh"} <= set(two) else set()
    seen: set[tuple[tuple[str, tuple[str, ...]], ...]] = set()
    choices = [[*kinds, ""] for kinds in options]
    for choice in product(*choices) if len(names) < 14 else []:
        meanings = dict(readout)
        used: dict[str, str] = {}
        for name, kind in zip(names, choice, strict=True):
            if not kind or (kind == "b" and name in pair and kind in used):
                continue
            if kind in used:
                break
            used[kind] = name
            meanings[name] = Meaning((kind,))
        else:
            if pair and used.get("b") in pair:
                meanings |= {
                    two["bih"]: Meaning(("bx",)),
                    two["bhh"]: Meaning(("bh",)),
                }
            yield from _joined(names, used, meanings, stacked, seen)


def _joined(
    names: Sequence[str],
    used: Mapping[str, str],
    meanings: dict[str, Meaning],
    stacked: bool,
    seen: set[tuple[tuple[str, tuple[str, ...]], ...]],
) -> Iterator[NameReading]:
    """The reading, with U and W apart; or in one matrix, where one of them has no name of its own."""
    unread = len([n for n in names if n not in meanings])
    variants: list[tuple[dict[str, Meaning], int]] = []
    if "U" in used and "W" in used:
        variants.append((meanings, 0))
    if used.keys() >= {"U", "W"} and all(lexicon.core(used[k]) in ("u", "w", "v", "a") for k in "UW"):
        swapped = dict(meanings)
        swapped[used["U"]], swapped[used["W"]] = meanings[used["W"]], meanings[used["U"]]
        variants.append((swapped, 3))
        if "V" in used:  # W for the output, V for the input or the past
            for weight, kinds in enumerate(permutations(("U", "W", "V"))):
                other = dict(meanings)
                for kind, name in zip(kinds, (used["U"], used["W"], used["V"]), strict=True):
                    other[name] = Meaning((kind,))
                variants.append((other, 6 + weight))
    if ("U" in used) != ("W" in used):
        one = used.get("W") or used["U"]
        variants.append(({**meanings, one: Meaning(("U", "W"))}, 4))
        if "b" not in used:
            variants.append(({**meanings, one: Meaning(("U", "W", "b"))}, 5))
    for variant, weight in variants:
        key = tuple(sorted((n, m.kinds) for n, m in variant.items()))
        if key not in seen:
            seen.add(key)
            missing = sum(kind not in used for kind in ("b", "V", "c"))
            yield NameReading("vanilla", variant, weight + 10 * unread + missing)


def forms(
    reading: NameReading, *, order: Sequence[str], columns: Sequence[int], flipped: bool
) -> dict[str, Form]:
    """How each array is composed, once the order of its parts is chosen.

    Parameters
    ----------
    reading : NameReading
        What the arrays are.
    order : sequence of str
        Of the gates, in an array of all of them.
    columns : sequence of int
        Order of what is joined along the inputs, x, h and 1; [x; h; 1] if not given.
    flipped : bool
        Whether the update gate z has the opposite sense.
    """
    made = {}
    for name, meaning in reading.meanings.items():
        kinds = [meaning.kinds[i] for i in columns if i < len(meaning.kinds)] or list(meaning.kinds)
        if kinds[0] in ("V", "c", "E") and meaning.gates == ("",):
            made[name] = Form((tuple(FormPart(kind) for kind in kinds),))
            continue
        gates = meaning.gates if len(meaning.gates) == 1 else tuple(order)
        made[name] = Form(
            tuple(tuple(_part(kind, gate, reading.cell, flipped) for kind in kinds) for gate in gates)
        )
    return made


SHARES = {"bx": 0.25, "bh": 0.75}
"""How a bias is split over two that are added: unevenly, so that they cannot be taken for each other."""


def _part(kind: str, gate: str, cell: str, flipped: bool) -> FormPart:
    factor = -1.0 if flipped and gate == "z" else 1.0
    if cell == "gru-reset-after" and gate == "n" and kind in SHARES:
        return FormPart("c_n" if kind == "bx" else "b_n")
    factor *= SHARES.get(kind, 1.0)
    letter = "b" if kind in SHARES else kind
    return FormPart(f"{letter}_{gate}" if gate else letter, factor)
