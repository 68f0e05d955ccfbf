"""The stepper page in a real browser: it shows the trace, and loads nothing from outside."""

from __future__ import annotations

import re
import struct

import numpy as np
import pytest
from axe import SCHEMES_AND_WIDTHS, violations
from browser import SETTLED
from playwright.sync_api import expect
from steps import OPERATIONS, at_step, go_to_step, step_of, walked

from teachrnn import CELLS, Affine, CharRNN, Multiply, Op, Sum, Tanh, Trace
from teachrnn.data import Vocabulary
from teachrnn.views.page.standalone import story_page
from teachrnn.views.player.module import PARTS
from teachrnn.views.story import tell
from teachrnn.views.story.outline import Outline
from teachrnn.views.style.number import format_number

HOSTILE = "</script><img src=x onerror=document.title='gone'>😀"


def recorded(text="hello", **options):
    vocabulary = Vocabulary.of(text)
    tokens = vocabulary.encode(text)
    rng = np.random.default_rng(0)
    model = CharRNN(hidden=4, symbols=len(vocabulary), scale=0.5, rng=rng, **options)
    return model.record(tokens[:-1], tokens[1:]), vocabulary


@pytest.fixture
def opened(browser_page, tmp_path):
    def open_page(text="hello", hash_=OPERATIONS, **options):
        trace, vocabulary = recorded(text, **options)
        path = tmp_path / "page.html"
        path.write_text(story_page(trace, symbols=vocabulary.symbols, about=[f"reads {text}"]), "utf-8")
        browser_page.goto(path.as_uri() + hash_)
        browser_page.wait_for_selector("body[data-ready]")
        return browser_page, trace, vocabulary

    return open_page


def until(page, condition):
    """Wait for a condition; the page's policy forbids Playwright's own method, which uses eval."""
    look = f"const look = () => {condition} ? resolve() : requestAnimationFrame(look)"
    page.evaluate(
        f"new Promise((resolve, late) => {{ {look}; look(); setTimeout(late, 10000, 'too late'); }})"
    )


def test_every_step_shows_the_names_and_numbers_of_the_story(opened):
    page, trace, vocabulary = opened("aba")
    story = tell(trace, vocabulary.symbols)
    steps = walked(page)
    assert [shown["at"] for shown in steps] == list(range(1, len(story) + 1))
    for shown, step in zip(steps, story, strict=True):
        assert shown["count"] == len(story)
        assert (shown["heading"], shown["title"]) == (step.heading, step.title)
        assert shown["sentence"] == step.sentence
        assert [name for name, _ in shown["in"]] == [q.name for q in step.operands]
        told = [*step.operands, *(q for o in step.outcomes for q in o.quantities)]
        for (name, cells), quantity in zip(shown["in"] + shown["out"], told, strict=True):
            assert name == quantity.name
            assert cells == [format_number(x) for x in quantity.data.ravel().tolist()]
    assert page.get_by_role("button", name="Next step").get_attribute("aria-disabled") == "true"


def test_keys_buttons_slider_and_nodes_move_through_the_story(opened):
    page, trace, _ = opened("abcab")
    where = lambda: step_of(page)[0]  # noqa: E731
    total = 2 * len(trace.ops) + 1
    page.get_by_role("button", name="Next step").click()
    assert where() == 2
    page.keyboard.press("ArrowLeft")
    assert where() == 1
    page.keyboard.press("G")
    assert where() == total
    page.keyboard.press("0")
    page.keyboard.press("n")
    assert "t = 2" in page.locator(".where").inner_text()
    page.keyboard.press("t")
    assert "Turning point" in page.locator(".where").inner_text()
    rail = page.get_by_role("slider", name="Step", exact=True)
    rail.press("PageUp")
    assert "Forward · t = 4 · operation 1 of 6" in page.locator(".where").inner_text()
    rail.click(position={"x": 300, "y": 9})
    assert "Forward · t = 1" in page.locator(".where").inner_text()
    page.locator('.outline [data-name="h[2]"]').click()
    assert page.locator(".now .technical").inner_text() == "h[2] = Tanh(a[2])"
    page.keyboard.press("?")
    assert page.locator(".keys").is_visible()
    page.get_by_role("button", name="First step").click()
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".where")).to_have_text(re.compile(r"step ([3-9]|\d\d) of"))
    page.get_by_role("button", name="Pause").click()
    held = where()
    page.wait_for_timeout(1500)  # nothing must happen
    assert where() == held

    page.set_viewport_size({"width": 1280, "height": 300})
    page.locator(".now h2").click()  # the keys are now the page's
    for key, to in (
        ("End", "> 100"),
        ("Home", "=== 0"),
        ("PageDown", "> 100"),
        ("PageUp", "=== 0"),
        (" ", "> 100"),
    ):
        page.keyboard.press(key)
        until(page, f"scrollY {to}")
    assert where() == held
    assert page.get_by_role("button", name="Play").is_visible()


def test_gradient_is_not_yet_until_the_sweep_has_reached_it(opened):
    page, _, _ = opened("abc")
    node = page.locator('.outline [data-name="h[1]"]')
    page.keyboard.press("t")
    assert "gradient not yet" in node.get_attribute("aria-label")
    page.keyboard.press("G")
    assert "not yet" not in node.get_attribute("aria-label")


def test_two_gradients_that_meet_are_shown_apart_and_then_added(opened):
    page, trace, vocabulary = opened("abc")
    story = tell(trace, vocabulary.symbols)
    meeting = next(i for i, s in enumerate(story) if s.heading == "Two gradients meet at h₁")
    go_to_step(page, meeting + 1)
    names = page.locator(".pieces figure").evaluate_all("all => all.map(f => f.dataset.name)")
    notes = page.locator(".pieces figure .note").all_text_contents()
    assert names == ["∂h[1] via r[2]", "∂h[1] via o[1]", "dh[1]"]
    assert notes == [
        "from the future, through r[2]",
        "from this step, through o[1]",
        "sum of 2 of 2 parts",
    ]
    assert page.locator(".pieces .sign").all_inner_texts() == ["+", "="]
    tab = page.get_by_role("radio", name="dh[1] through o[1]")
    assert "dh[1] adds up all ways" in tab.get_attribute("title")

    motions = """[...document.querySelectorAll(".pieces figure")].map(f => f.getAnimations()
        .filter(a => a.id)
        .map(a => [a.id, a.effect.getTiming().delay, a.effect.getTiming().duration]).flat())"""
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    slid = [["from-right", 0, 300], ["from-above", 150, 300], ["adds", 450, 150]]
    assert page.evaluate(motions) == slid, "the sum appears when both are there"
    page.emulate_media(reduced_motion="reduce")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(motions) == [[], [], []]


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_cell_and_stack_can_be_stepped_to_the_end(opened, cell):
    page, trace, _ = opened("abcd", cell=cell, layers=2)
    page.keyboard.press("G")
    assert step_of(page)[0] == 2 * len(trace.ops) + 1
    assert page.locator(".outline .node").count() == len(Outline.of(trace).rows)
    page.locator(".whole summary").click()
    expect(page.locator(".unrolled .node")).to_have_count(sum(v.t is not None for v in trace))


def test_hostile_text_is_shown_verbatim(opened):
    page, _, _ = opened(HOSTILE)
    assert page.title() != "gone"
    assert page.locator(".about p").inner_text() == f"reads {HOSTILE}"
    assert page.locator("img").count() == 0
    symbols = page.locator(".outline :is(.read .symbol, .letters text)")
    shown = symbols.all_text_contents()
    page.keyboard.press("t")  # to the right end: columns are drawn when they come into sight
    page.keyboard.press("ArrowRight")
    expect(page.locator('.outline [data-name="x[50]"]')).to_be_attached()
    shown += symbols.all_text_contents()
    assert "😀" in shown
    assert "<" in shown
    assert "␣" in shown


def test_policy_of_the_page_forbids_requests_and_foreign_scripts(opened):
    page, _, _ = opened("ab")
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search("unsafe|blob:|data:|https?:", policy)


def test_mathematical_font_comes_with_the_page(opened):
    page, _, _ = opened("ab")
    page.evaluate(SETTLED)
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.size)") == 1
    assert page.evaluate("document.fonts.check('16px TeachrnnMath', 'h')")


def test_page_goes_to_the_step_or_name_in_its_address_or_says_that_it_does_not_exist(opened):
    page, _, _ = opened("abc", hash_="#dh[1]")
    title, message = page.locator(".now .technical"), page.locator(".message")
    assert title.inner_text() == "back through o[1] = Affine(h[1], V, c)"
    for address, there in {
        "#h%5B2%5D": "h[2] = Tanh(a[2])",
        "#4": "h[1] = Tanh(a[1])",
        "#tanh": "h[2] = Tanh(a[2])",
    }.items():
        page.evaluate("address => location.hash = address", address)
        expect(title).to_have_text(there)
    for address, said in {
        "#h[9]": "There is no h[9]: h has the time steps 0 to 2.",
        "#100%": "Nothing is named 100%.",
        "#0": "There is no step 0: they are 1 to",
    }.items():
        page.evaluate("address => location.hash = address", address)
        expect(message).to_contain_text(said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_shows_the_page_without_scrolling_sideways(opened, scheme):
    page, _, _ = opened("hello world")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=scheme)
    for key in ("0", "t", "G"):
        page.keyboard.press(key)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 200, "height": 844})
    page.keyboard.press("t")
    page.keyboard.press("ArrowRight")
    at = page.locator(".where").inner_text()
    page.locator(
        ".now .formula[data-own-keys]"
    ).focus()  # it is wider than the phone: the arrows scroll it
    page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.scrollLeft > 0")
    assert page.locator(".where").inner_text() == at


@pytest.mark.parametrize(("scheme", "width"), SCHEMES_AND_WIDTHS)
def test_axe_core_finds_no_violation(browser_page, tmp_path, scheme, width):
    trace, vocabulary = recorded("hello")
    path = tmp_path / "page.html"
    path.write_text(story_page(trace, symbols=vocabulary.symbols, about=["A network."]), "utf-8")
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri() + OPERATIONS)
    page.wait_for_selector("body[data-ready]")
    for key in ("n", "t", "G"):
        page.keyboard.press(key)
        assert violations(page) == [], f"at {step_of(page)}"


def test_numbers_are_written_by_one_rule_in_python_and_in_the_browser(opened):
    page, _, _ = opened("ab")
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 2**64, 3000, dtype=np.uint64)
    numbers = [struct.unpack("<d", struct.pack("<Q", int(b)))[0] for b in bits]
    numbers += (rng.normal(size=3000) * 10.0 ** rng.integers(-8, 8, 3000)).tolist()
    numbers += [
        0.0,
        -0.0,
        1.0,
        9.995,
        99.95,
        0.9995,
        1.125,
        2.675,
        0.001,
        0.00099951,
        99950.0,
        1e5,
        5e-324,
    ]
    numbers = [x for x in numbers if np.isfinite(x)]
    function = (PARTS / "number.js").read_text("utf-8").replace("export ", "")
    shown = page.evaluate(
        f"numbers => {{ {function} return numbers.map(x => formatNumber(x)) }}", numbers
    )
    assert shown == [format_number(x) for x in numbers]


@pytest.mark.parametrize("text", ["hello worl", "abcdefghij", HOSTILE[:10]])
def test_page_of_ten_characters_is_small(text):
    trace, vocabulary = recorded(text)
    page = story_page(trace, symbols=vocabulary.symbols)
    assert len(page.encode("utf-8")) < 350_000


def test_story_of_a_trace_without_a_loss_has_only_a_forward_half(browser_page, tmp_path):
    model = CharRNN(hidden=3, symbols=4, rng=np.random.default_rng(0))
    path = tmp_path / "page.html"
    path.write_text(story_page(model.record([0, 1])), "utf-8")
    browser_page.goto(path.as_uri() + OPERATIONS)
    browser_page.wait_for_selector("body[data-ready]")
    browser_page.keyboard.press("G")
    said = "Forward · t = 2 · operation 5 of 5 · step 10 of 10"
    assert browser_page.locator(".where").inner_text() == said


def test_covered_result_is_nowhere_in_the_page_until_it_is_revealed(opened):
    page, trace, _ = opened("abca")
    page.keyboard.press("?")
    page.get_by_label("Predict first", exact=True).select_option("sign")
    go_to_step(page, 10)
    op = trace.ops[9]
    node = page.locator(f'.outline [data-name="{op.name}"]')
    page.locator(".all-numbers > summary").click()
    expect(page.locator(".now .in figure")).to_have_count(len(op.operands))
    assert page.locator(".now .out figure").count() == 0
    assert page.locator(".pieces .result").get_by_role("button").count() == 0
    assert page.locator(".pieces figure").count() == len(op.operands)
    assert page.locator(".sentence").inner_text() == ""
    shown = page.locator("body").inner_text()
    assert format_number(float(op.data[0])) not in shown
    assert node.locator(".bars.value .plus").get_attribute("d") in (None, "")
    page.get_by_role("button", name=re.compile("show me")).click()
    expect(page.locator(".now .out figure")).to_have_count(1)
    expect(page.locator(".pieces figure.result button.number")).to_have_count(op.data.size)
    assert node.locator(".bars.value path[d]:not(.zero)").evaluate_all(
        "all => all.some(p => p.getAttribute('d'))"
    )
    assert page.locator(".sentence").inner_text() != ""

    page.get_by_label("Speed").select_option("16")
    question = page.get_by_text("What sign will")
    for _ in range(2):  # playing waits for the answer, however often it is asked to go on
        page.get_by_role("button", name="Play").click()
        expect(page.locator(".message")).to_have_text("The result is covered: predict it first.")
        assert step_of(page)[0] == 11
        assert question.is_visible()
        assert page.get_by_role("button", name="Play").is_visible()
    page.get_by_role("button", name=re.compile("show me")).click()
    page.get_by_role("button", name="Play").click()
    at_step(page, 12)


def test_trace_of_one_character_pair_and_of_one_symbol_can_be_stepped(opened):
    page, trace, _ = opened("aa")
    page.keyboard.press("t")
    assert "There is only one symbol" in page.locator(".sentence").inner_text()
    page.keyboard.press("G")
    assert step_of(page)[0] == 2 * len(trace.ops) + 1


def test_numbers_that_are_not_finite_and_an_operation_without_formula_are_shown(browser_page, tmp_path):
    class Odd(Op, register=False):
        signature = "(n)->(n)"
        formula = staticmethod(lambda sp, x: sum(x))  # of another shape than y
        forward = staticmethod(lambda x: np.array([np.inf, -np.inf, np.nan]))
        dx = staticmethod(lambda dy, x, y: dy * np.array([np.nan, 1.0, np.inf]))

    trace = Trace()
    with trace.at(1):
        x = trace.input("x", [1.0, -2.0, 3.0])
        trace.loss(Odd(Tanh(x, name="h"), name="y"))
    path = tmp_path / "page.html"
    path.write_text(story_page(trace), "utf-8")
    browser_page.goto(path.as_uri() + OPERATIONS)
    browser_page.wait_for_selector("body[data-ready]")
    browser_page.keyboard.press("ArrowRight")
    shown = browser_page.locator(".pieces .result .number").all_text_contents()
    assert shown == ["∞", "−∞", "nan"]
    browser_page.locator(".pieces .result .number").first.click()
    assert "Odd" in browser_page.locator(".why").inner_text()
    browser_page.keyboard.press("G")
    assert step_of(browser_page) == (5, 5)


def open_story(page, trace, tmp_path, **options):
    path = tmp_path / "page.html"
    path.write_text(story_page(trace, **options), "utf-8")
    page.goto(path.as_uri() + OPERATIONS)
    page.wait_for_selector("body[data-ready]")


def test_trace_without_time_steps_is_drawn_in_one_column(browser_page, tmp_path):
    trace = Trace()
    W, b = trace.parameter("W", [[0.5, -1.0]]), trace.parameter("b", [0.1])
    h = Tanh(Affine(trace.input("x", [1.0, 2.0]), W, b, name="a"), name="h")
    trace.loss(Sum(Multiply(h, h, name="m"), name="y"))
    open_story(browser_page, trace, tmp_path)
    names = browser_page.locator(".outline .node").evaluate_all("all => all.map(n => n.dataset.name)")
    assert sorted(names) == ["a", "h", "m", "x", "y"]
    browser_page.keyboard.press("G")
    assert "None" not in browser_page.locator("body").inner_text()
    browser_page.keyboard.press("t")
    assert (
        browser_page.locator(".now .technical").inner_text()
        == f"L = {format_number(trace.total_loss)}: now back through time"
    )


def test_tokens_without_a_symbol_are_shown_as_numbers(browser_page, tmp_path):
    trace, _ = recorded("abc")
    open_story(browser_page, trace, tmp_path, symbols=["a"])
    assert browser_page.locator(".outline .symbol").all_text_contents() == ["a"]


def test_playing_stops_at_a_breakpoint_by_operation_and_by_name(opened):
    page, _, _ = opened("abc")
    page.keyboard.press("?")
    page.get_by_label("Speed").select_option("16")
    go_to_step(page, 4)
    page.get_by_role("button", name="Breakpoint at this operation").click()
    page.keyboard.press("0")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".message")).to_have_text("Breakpoint at h[1] = Tanh(a[1]).")
    assert step_of(page)[0] == 4
    page.keyboard.press("B")
    assert page.locator(".now .technical").inner_text() == "h[2] = Tanh(a[2])"


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("h[2]", "h[2] = Tanh(a[2])"),
        ("W", "r[1] = Affine(h[0], W, b)"),
        ("x[2]", "u[2] = Embedding(x[2], U)"),
        ("h[0]", "r[1] = Affine(h[0], W, b)"),
        ("dh[1]", "back through o[1] = Affine(h[1], V, c)"),
        ("dW", "back through r[1] = Affine(h[0], W, b)"),
        ("dh1", "back through o[1] = Affine(h[1], V, c)"),
        ("DH_1", "back through o[1] = Affine(h[1], V, c)"),
        ("t=2", "r[2] = Affine(h[1], W, b)"),
        ("loss", "L = "),
        ("2", "r[2] = Affine(h[1], W, b)"),
        ("tanh", "h[1] = Tanh(a[1])"),
    ],
)
def test_the_go_to_box_finds_names(opened, wanted, title):
    page, _, _ = opened("abc")
    page.keyboard.press(":")
    page.keyboard.type(wanted)
    page.keyboard.press("Enter")
    assert page.locator(".now .technical").inner_text().startswith(title)
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"  # the keys are the player's again


def test_name_that_does_not_exist_is_announced_to_screen_readers_too(opened):
    page, _, _ = opened("abc")
    page.keyboard.press(":")
    page.keyboard.type("h9")
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_contain_text("There is no h[9]: h has the time steps 0 to 2.")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert step_of(page)[0] == 2
    expect(page.locator(".message")).to_be_hidden()


def test_escape_closes_what_is_open_and_why_moves_the_focus(opened):
    page, _, _ = opened("abc")
    page.keyboard.press("w")
    expect(page.locator(".why h3").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".why")).to_be_hidden()
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    expect(page.locator(".keys")).to_be_hidden()
    page.keyboard.press("i")
    expect(page.locator(".into")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".into")).to_be_hidden()


def test_address_of_a_step_that_does_not_exist_opens_the_last_and_says_so(opened):
    page, trace, _ = opened("abc", hash_="#9999")
    total = 2 * len(trace.ops) + 1
    assert step_of(page) == (total, total)
    expect(page.locator(".message")).to_have_text(f"There is no step 9999: they are 1 to {total}.")
    page.keyboard.press("ArrowLeft")
    assert step_of(page)[0] == total - 1


def test_a_long_text_has_few_elements_however_far_one_walks(browser_page, tmp_path):
    model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
    x = np.random.default_rng(0).integers(0, 3, 61)
    path = tmp_path / "page.html"
    path.write_text(story_page(model.record(x[:-1], x[1:]), symbols="abc"), "utf-8")
    page = browser_page
    page.goto(path.as_uri() + "#t=60")
    drawn = page.locator(".outline .column")
    for key, there in (("t", "x[60]"), ("0", "x[1]"), ("t", "x[60]")):
        page.keyboard.press(key)
        expect(page.locator(f'.outline [data-name="{there}"]')).to_be_attached()
    page.evaluate(SETTLED)
    assert drawn.count() < 30
    page.get_by_text("the norms as a table").scroll_into_view_if_needed()
    expect(page.locator(".reach canvas")).to_have_attribute("width", "540")
    assert page.locator("*").count() < 2500
    square = page.locator(".reach svg")
    square.hover(position={"x": 34 + 3 * 9 + 4, "y": 59 * 9 + 4})
    expect(square.locator("title")).to_have_text(re.compile(r"loss at 60 → step 4: \S+"))
