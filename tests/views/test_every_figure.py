"""Every registered figure can be drawn, has a table of what it shows, and is fit for print."""

from __future__ import annotations

import io
import re
import sys
import warnings
from itertools import cycle
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("matplotlib")
import matplotlib

from teachrnn import CELLS, CharRNN, Tanh, Trace, backpropagate
from teachrnn.backprop import Itemised
from teachrnn.errors import DomainError, MissingExtraError, NameLookupError, TeachrnnError
from teachrnn.state_jacobian import state_jacobians
from teachrnn.views.figures import (
    FIGURES,
    Table,
    gradient_flow,
    heat_map,
    new_figure,
    saturation,
    spectrum,
    table_of,
    truncated_and_full,
    unrolled_graph,
)
from teachrnn.views.figures.figure import GRADIENTS, VALUES
from teachrnn.views.figures.parts.house_figure import HouseFigure, house_style
from teachrnn.views.figures.parts.letters import math_label
from teachrnn.views.style.number import format_number
from teachrnn.views.style.palette import COLOURS

pytestmark = pytest.mark.long

HOSTILE = "<b>$x_1$ & \\frac{%}#^~\u202e\x00"
OF_A_TRACE = {
    "heat_map": lambda trace: heat_map(trace, "h", show="gradient"),
    "gradient_flow": gradient_flow,
    "saturation": saturation,
    "spectrum": spectrum,
    "truncated_and_full": truncated_and_full,
    "unrolled_graph": lambda trace: unrolled_graph(trace, show="gradient"),
}
OF_GRADIENTS = sorted(set(OF_A_TRACE) - {"saturation", "spectrum"})

NOT_DRAWN = {
    ("loss_curve", "nats per character"),  # on the second scale of the same points
    ("neuron_text", "activation"),  # coloured letters
    ("neuron_text", "place"),
    ("sweep", "hidden"),  # a choice stands at its place in the list
    ("training_progress", "share clipped"),
    ("truncated_and_full", "relative distance to it"),
}
"""Columns whose numbers are not drawn as a point or a cell."""

every_figure = pytest.mark.parametrize("kind", FIGURES.values(), ids=FIGURES)
every_trace_figure = pytest.mark.parametrize("draw", OF_A_TRACE.values(), ids=OF_A_TRACE)


@pytest.fixture(scope="module")
def first_drawn(tmp_path_factory):
    """Every example, and the file it is saved to; the layout changes slightly when it is drawn again."""
    folder = tmp_path_factory.mktemp("figures")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures = {name: kind.example() for name, kind in FIGURES.items()}
        for name, figure in figures.items():
            figure.savefig(folder / f"{name}.svg")
    return {name: (figure, folder / f"{name}.svg") for name, figure in figures.items()}


@pytest.fixture(scope="module")
def examples(first_drawn):
    return {name: figure for name, (figure, _) in first_drawn.items()}


def recorded(T=4, *, back=True, hidden=3, **options):
    model = CharRNN(hidden=hidden, symbols=4, scale=0.7, rng=np.random.default_rng(0), **options)
    x = np.arange(T) % 4
    trace = model.record(x, (x + 1) % 4)
    if back:
        backpropagate(trace)
    return trace


def svg(figure):
    out = io.BytesIO()
    figure.savefig(out, format="svg")
    return out.getvalue()


def texts(figure):
    """All texts in a figure."""
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text)]


def drawn_numbers(figure):
    """Coordinates of all points, heights of all bars, numbers of all cells and their powers of ten."""
    found = [np.zeros(0)]
    for axes in figure.axes:
        found += [np.ravel(data).astype(float) for line in axes.lines for data in line.get_data()]
        for collection in axes.collections:
            if collection.get_array() is not None:
                cells = np.ravel(np.ma.filled(collection.get_array().astype(float), np.nan))
                found += [cells, 10.0 ** np.clip(cells, -300, 300)]
            found.append(np.ravel(np.ma.filled(collection.get_offsets().astype(float), np.nan)))
        bars = [p for p in axes.patches if isinstance(p, matplotlib.patches.Rectangle)]
        found.append(np.array([size for bar in bars for size in (bar.get_height(), bar.get_width())]))
    together = np.concatenate(found)
    return together[np.isfinite(together)]


def named(axis):
    """Whether its ticks are words, which need no label."""
    return isinstance(axis.get_major_formatter(), matplotlib.ticker.FixedFormatter)


# All of them ---------------------------------------------------------------------------------------


def test_every_figure_of_the_folder_is_registered_and_a_public_name():
    import pkgutil

    import teachrnn.views.figures as package

    modules = {found.name for found in pkgutil.iter_modules(package.__path__)}
    defining = {kind.draw.__module__.rpartition(".")[2] for kind in FIGURES.values()}
    assert defining == set(FIGURES) <= modules
    for name in FIGURES:
        assert name in package.__all__
        source = sys.modules[f"teachrnn.views.figures.{name}"]
        assert getattr(package, name) is getattr(source, name)


@every_figure
def test_table_is_not_empty_and_holds_the_numbers_that_are_drawn(kind, examples):
    figure = examples[kind.name]
    table = table_of(figure)
    assert table.rows
    assert table.caption
    assert all(len(row) == len(table.columns) for row in table.rows)
    drawn = drawn_numbers(figure)
    for column, *cells in zip(table.columns, *table.rows, strict=True):
        numbers = [x for x in cells if not isinstance(x, str) and np.isfinite(x)]
        if (kind.name, column) not in NOT_DRAWN:
            missing = [x for x in numbers if not np.isclose(drawn, x, rtol=1e-9, atol=1e-12).any()]
            assert missing == [], column


@every_figure
def test_every_axes_is_labelled(kind, examples):
    axes = [a for a in examples[kind.name].axes if a.axison]
    for one in axes:
        # Panels of a row may share the label at its left, those of a column the one at its foot.
        rows, columns = (getattr(one.get_subplotspec(), f"{k}span", None) for k in ("row", "col"))
        beside = [a for a in axes if a.get_subplotspec()]
        left = [a for a in beside if a.get_subplotspec().rowspan == rows]
        below = [a for a in beside if a.get_subplotspec().colspan == columns]
        if one.get_xticks().size and not named(one.xaxis):
            assert one.get_xlabel() or any(a.get_xlabel() for a in below)
        if one.get_yticks().size and not named(one.yaxis):
            assert one.get_ylabel() or any(a.get_ylabel() for a in left)


@every_figure
def test_figure_is_drawn_of_vectors(kind, first_drawn):
    data = first_drawn[kind.name][1].read_bytes()
    assert data.startswith(b"<?xml")
    assert b"<image" not in data  # nothing is a picture of pixels


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_figure_is_saved_in_the_format_of_the_file_name(first_drawn, form, tmp_path):
    figure, _ = first_drawn["unrolled_graph"]
    path = tmp_path / f"figure.{form}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(path)
    data = path.read_bytes()
    assert data.startswith({"pdf": b"%PDF", "png": b"\x89PNG"}[form])
    if form == "pdf":
        assert b"/Subtype /Image" not in data
        assert b"/Type3" not in data  # letters can be searched, and publishers take them


@every_figure
def test_figure_gives_the_same_bytes_whatever_the_users_style(kind, first_drawn):
    figure, first = first_drawn[kind.name]
    with matplotlib.rc_context({"font.size": 23, "text.color": "red", "axes.facecolor": "black"}):
        again = kind.example()
        assert svg(again) == first.read_bytes()
    assert table_of(again) == table_of(figure)


def test_figure_that_is_only_laid_out_before_it_is_saved_gives_the_bytes_of_matplotlib(
    first_drawn, monkeypatch
):
    def draw(self, renderer):
        drawn.append(renderer)
        with house_style():
            matplotlib.figure.Figure.draw(self, renderer)

    drawn = []
    monkeypatch.setattr(HouseFigure, "draw", draw)
    _, path = first_drawn["heat_map"]
    assert svg(FIGURES["heat_map"].example()) == path.read_bytes()
    assert len(drawn) == 2


@every_figure
def test_text_alternative_holds_every_number_and_is_a_table(kind, examples):
    table = table_of(examples[kind.name])
    written = [format_number(x) for row in table.rows for x in row if not isinstance(x, str)]
    plain = table.text()
    root = ElementTree.fromstring(table.html())
    cells = ["".join(cell.itertext()) for cell in root.iter() if cell.tag in ("td", "th")]
    assert len(cells) == len(table.columns) * (1 + len(table.rows))
    assert root.find("caption").text == table.caption
    for number in written:
        assert number in plain
        assert number in cells


@every_figure
def test_figure_in_a_page_has_the_pages_text_colour_and_its_table(kind, examples):
    shown = examples[kind.name]._repr_html_()
    assert shown.count("<svg") == 1
    assert "#000000" not in shown
    assert "#ffffff" not in shown.partition("</svg>")[0]  # no paper of its own
    assert "<table>" in shown
    assert not re.search(r"<script|javascript:|\son\w+=", shown)
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_pyplot_is_never_imported():
    import subprocess

    code = (
        "import sys; from teachrnn.views.figures import FIGURES; "
        "assert 'matplotlib' not in sys.modules; "
        "FIGURES['heat_map'].example()._repr_html_(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_missing_matplotlib_names_the_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"python -m pip install 'teachrnn\[figures\]'"):
        heat_map(recorded(), "h")


# Those of a trace ----------------------------------------------------------------------------------


@every_trace_figure
@pytest.mark.parametrize(("cell", "layers"), list(zip(sorted(CELLS), cycle([1, 2]))))
def test_draws_any_cell_and_stacked_ones(draw, cell, layers):
    trace = recorded(2, cell=cell, layers=layers)
    if draw is OF_A_TRACE["heat_map"] and layers == 2:
        with pytest.raises(NameLookupError, match=r"layer1\.h"):
            draw(trace)
        return
    if draw is truncated_and_full:
        name = f"layer{layers}.W" if layers == 2 else "W"
        figure = draw(trace, next(p for p in trace.parameters if p.startswith(name)))
    else:
        figure = draw(trace)
    assert texts(figure)
    assert table_of(figure).rows


@every_trace_figure
def test_one_step_and_a_long_sequence_can_be_drawn(draw):
    for T in (1, 30):
        assert texts(draw(recorded(T)))


@pytest.mark.parametrize("name", OF_GRADIENTS)
def test_figure_before_backpropagation_says_not_yet_and_shows_no_zero(name):
    trace = recorded(back=False)
    figure = OF_A_TRACE[name](trace)
    assert any("not yet" in text for text in texts(figure))
    table = table_of(figure)
    assert "not yet" in table.text()
    assert not [x for row in table.rows for x in row if not isinstance(x, str)]
    backpropagate(trace)
    figure = OF_A_TRACE[name](trace)
    assert not any("not yet" in text for text in texts(figure))
    assert "not yet" not in table_of(figure).text()


def test_figure_during_backpropagation_has_numbers_only_where_it_has_arrived():
    from teachrnn import Backprop

    trace = recorded(back=False)
    sweep = Backprop(trace)
    while trace["h[3]"].grad is None:
        next(sweep)
    figure = heat_map(trace, "h", show="gradient")
    columns = dict(zip(table_of(figure).columns, zip(*table_of(figure).rows, strict=True), strict=True))
    assert columns["3"] == tuple(trace["h[3]"].grad)
    assert columns["1"] == ("not yet",) * 3
    assert any("not yet" in text for text in texts(figure))


@pytest.mark.parametrize("name", OF_GRADIENTS)
def test_figure_of_a_trace_without_loss_says_not_yet(name):
    model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    assert any("not yet" in text for text in texts(OF_A_TRACE[name](model.record([0, 1]))))


@pytest.mark.parametrize("name", sorted(set(OF_A_TRACE) - {"spectrum"}))
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_drawn_and_listed(name, bad):
    draw = OF_A_TRACE[name]
    trace = recorded(T=3)
    broken = np.array([bad, 0.0, -1.0])
    for value in (trace["h[2]"], trace["o[2]"]):
        value.data = np.resize(broken, value.shape)
    trace.gradients.sums[trace["h[1]"].index] = broken
    trace.gradients.sums[trace["h[2]"].index] = broken
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw(trace)
        assert svg(figure)
    told = table_of(figure).text()
    if name in ("heat_map", "unrolled_graph"):
        assert format_number(bad) in told
    if name == "gradient_flow":
        assert re.search("nan|∞", told)


def test_gradient_of_zero_is_marked_at_the_edge():
    trace = recorded(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = spectrum(trace.replay({"W": np.full((3, 3), 1e200), "b": np.full(3, 1.0)}))
        assert svg(figure)
    product = figure.axes[2]
    assert "0, off the scale" in [line.get_label() for line in product.lines]


def test_heat_map_holds_the_values_over_time():
    trace = recorded(5)
    cells = heat_map(trace, "h").axes[0].collections[0].get_array()
    H = np.array([trace[f"h[{t}]"].data for t in range(6)])
    np.testing.assert_array_equal(cells, H.T.ravel())


def test_heat_map_of_a_parameter_has_its_rows_and_columns():
    trace = recorded()
    figure = heat_map(trace, "V", show="gradient")
    np.testing.assert_array_equal(figure.axes[0].collections[0].get_array(), trace["V"].grad.ravel())
    low, high = figure.axes[0].get_ylim()
    assert low > high  # the first row on top
    assert [len(row) for row in table_of(figure).rows] == [4] * 4


def test_heat_map_of_a_batch_shows_the_chosen_sequence():
    model = CharRNN(hidden=3, symbols=4, scale=0.7, rng=np.random.default_rng(0))
    trace = model.record([[0, 1], [2, 3]], [[1, 1], [3, 0]])
    cells = heat_map(trace, "h", item=1).axes[0].collections[0].get_array()
    np.testing.assert_array_equal(cells.reshape(3, 3)[:, 2], trace["h[2]"].data[1])
    with pytest.raises(DomainError, match=r"item is 2 but the batch has sequences 0\.\.1"):
        heat_map(trace, "h", item=2)


def test_numbers_below_0_are_struck_through():
    trace = recorded(5)
    strokes = heat_map(trace, "h").axes[0].collections[1].get_segments()
    H = np.array([trace[f"h[{t}]"].data for t in range(6)])
    below = -0.04 * np.abs(H).max() > H
    assert 0 < len(strokes) == below.sum()


def test_cells_that_are_not_finite_are_crossed_out_and_have_no_colour():
    trace = recorded(2)
    trace["h[1]"].data = np.array([np.nan, np.inf, 0.5])
    filled, _, crosses, _ = heat_map(trace, "h").axes[0].collections
    assert len(filled.get_array()) == 9 - 2
    assert np.isfinite(filled.get_array()).all()
    middles = sorted(tuple(cross.mean(axis=0).round(9)) for cross in crosses.get_segments())
    assert middles == [(1, 1), (1, 2)]  # step 1, units 1 and 2


def test_gradient_flow_itemises_the_total():
    trace = recorded(5)
    figure = gradient_flow(trace)
    rows = table_of(figure).rows
    items = Itemised(trace)
    for k, total, *parts in rows:
        value = trace[f"h[{k}]"]
        assert total == pytest.approx(np.linalg.norm(value.grad), rel=1e-12)
        for t, part in enumerate(parts, start=1):
            if int(k) < 1 or int(k) > t:
                assert part == ""
            else:
                assert part == pytest.approx(np.linalg.norm(items.sweeps[t].gradient(value)), rel=1e-12)
    assert figure.axes[0].get_yscale() == "log"


def test_truncated_gradient_is_that_of_a_horizon():
    trace = recorded(5)
    full = trace["W"].grad
    for n, norm, cosine, distance in table_of(truncated_and_full(trace)).rows:
        cut = Itemised(trace, horizon=int(n)).total("W")
        assert norm == pytest.approx(np.linalg.norm(cut), rel=1e-10, abs=1e-15)
        assert distance == pytest.approx(np.linalg.norm(cut - full) / np.linalg.norm(full), abs=1e-10)
        if norm:
            assert cosine == pytest.approx((cut * full).sum() / norm / np.linalg.norm(full), abs=1e-10)


def test_saturation_counts_the_units_beyond_the_edges():
    trace = recorded(4, hidden=20, cell="lstm")
    rows = {row[:3]: row[3] for row in table_of(saturation(trace)).rows}
    for t in range(1, 5):
        f, g = trace[f"f[{t}]"].data, np.abs(trace[f"g[{t}]"].data)
        assert rows["g", "above 0.9: tanh saturated, gate open", f"{t}"] == np.mean(g > 0.9)
        assert rows["f", "below 0.1: gate closed", f"{t}"] == np.mean(f < 0.1)
        assert rows["f", "0.5 to 0.6", f"{t}"] == np.mean((f >= 0.5) & (f < 0.6))
        assert ("g", "below 0.1: gate closed", f"{t}") not in rows
    with pytest.raises(NameLookupError, match="outputs of Tanh or Sigmoid in this trace: f, i"):
        saturation(trace, "h")


def test_spectrum_of_a_rotation_is_on_the_unit_circle():
    trace = recorded()
    rotation = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    rows = table_of(spectrum(trace.replay({"W": rotation}))).rows
    eigenvalues = [complex(row[2], row[3]) for row in rows if row[0] == "eigenvalue"]
    assert np.abs(eigenvalues) == pytest.approx(1)
    assert sorted(z.imag for z in eigenvalues) == pytest.approx([-1, 0, 1])
    assert [row[2] for row in rows if row[0] == "singular value"] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_jacobian_of_the_last_state_is_that_of_a_complex_step(cell):
    trace = recorded(4, cell=cell)
    J = state_jacobians(trace, "h")
    assert list(J) == [4, 3, 2, 1, 0]
    np.testing.assert_array_equal(J[4], np.eye(3))
    last = trace["h[4]"].index
    for j in range(3):
        nudged = trace["h[0]"].data + 1e-30j * np.eye(3)[j]
        column = trace.recompute({"h[0]": nudged})[last].imag / 1e-30
        np.testing.assert_allclose(J[0][:, j], column, rtol=1e-12, atol=1e-16)


def test_jacobian_in_a_vanilla_network_is_the_product_of_those_of_the_steps():
    trace = recorded(4)
    product = np.eye(3)
    for t in range(4, 0, -1):
        product = product @ np.diag(1 - trace[f"h[{t}]"].data ** 2) @ trace["W"].data
        np.testing.assert_allclose(state_jacobians(trace, "h")[t - 1], product, rtol=1e-12)
    norms = {r[1]: r[2] for r in table_of(spectrum(trace)).rows if r[0] == "norm of the Jacobian"}
    assert norms["4 back"] == pytest.approx(np.linalg.norm(product, 2), rel=1e-12)
    assert trace["h[1]"].grad is not None  # the record is as it was


def test_jacobian_of_a_batch_is_refused():
    model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    with pytest.raises(DomainError, match="record one sequence, not a batch"):
        spectrum(model.record([[0, 1], [2, 3]]))


def test_unrolled_graph_shows_every_value_of_its_steps_once():
    trace = recorded(3)
    figure = unrolled_graph(trace, symbols=list("abcd"))
    names = [row[0] for row in table_of(figure).rows]
    assert sorted(names) == sorted(v.name for v in trace if v.t is not None)
    written = texts(figure)
    for name in names:
        assert written.count(math_label(name)) == 1
    assert [written.count(symbol) for symbol in "abcd"] == [1, 2, 2, 1]  # read abc, to predict bcd
    strips = [c.get_array() for c in figure.axes[0].collections if c.get_array() is not None]
    assert any(np.array_equal(strip, trace["h[2]"].data) for strip in strips)
    assert format_number(float(trace["L[2]"].data)) in written


def test_long_sequence_is_abbreviated_with_dots_and_steps_can_be_chosen():
    trace = recorded(30)
    figure = unrolled_graph(trace)
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["0", "1", "2", "29", "30"]
    assert r"$\cdots$" in texts(figure)
    assert r"$\cdots$" not in texts(unrolled_graph(trace, steps=[4, 5]))
    with pytest.raises(DomainError, match=r"steps \[31\] cannot be drawn; the trace has 0 to 30"):
        unrolled_graph(trace, steps=[30, 31])


def test_hostile_names_and_symbols_are_drawn_as_they_are():
    trace = Trace()
    with trace.at(1):
        Tanh(trace.input(HOSTILE, [0.5, -2.0]), name=f"y{HOSTILE}")
        x = trace.input("x", 0)
        assert x.t == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = unrolled_graph(trace, symbols=[HOSTILE])
        assert svg(figure)
        shown = figure._repr_html_() + heat_map(trace, f"y{HOSTILE}")._repr_html_()
    ElementTree.fromstring(f"<p>{shown}</p>".replace("\x00", ""))
    assert "<b>" not in shown
    assert any(text.startswith(r"<b>\$x_1\$") for text in texts(figure))


def test_unknown_names_are_refused_with_those_that_exist():
    trace = recorded()
    with pytest.raises(NameLookupError, match="there are: h, x, r, u, a, o, y, L"):
        heat_map(trace, "q")
    with pytest.raises(NameLookupError, match="there are: W"):
        spectrum(trace, "U")
    with pytest.raises(NameLookupError, match="'Q' is not among U, W, b"):
        truncated_and_full(trace, "Q")
    with pytest.raises(DomainError, match='must be "value" or "gradient"'):
        heat_map(trace, "h", show="grad")
    with pytest.raises(TeachrnnError, match="has no table"):
        table_of(new_figure(1, 1)[0])


# Colours and tables ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [VALUES, GRADIENTS], ids=lambda s: s.name)
def test_colour_map_is_transparent_and_centred_at_0(scale):
    norm = scale.norm(np.array([-1.0, 3.0, np.nan, np.inf]))
    colours = scale.map()(norm(np.array([-3.0, 0.0, 3.0])))
    minus, plus = (matplotlib.colors.to_rgb(c) for c in COLOURS[scale.name])
    assert colours[0] == pytest.approx([*minus, 1])
    assert colours[1, 3] == 0
    assert colours[2] == pytest.approx([*plus, 1])
    assert norm(0) == 0.5


def test_table_is_aligned_and_escaped():
    table = Table(("<a>", "b"), [("x & y", -1.5), ("z", 1e-9)], "Of <this>.")
    lines = table.text().splitlines()
    assert lines[2:] == ["x & y     −1.50", "z       1.00e−9"]
    assert "<this>" not in table.html()
    assert '<th scope="row">x &amp; y</th>' in table.html()
