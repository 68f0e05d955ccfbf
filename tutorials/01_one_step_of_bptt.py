# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # One step of BPTT, by hand and by teachrnn
#
# A recurrent network small enough to write on one sheet of paper: two units, three symbols, three
# time steps. You will run it forward with a few lines of NumPy, run it backward one step at a time,
# and see teachrnn record the same numbers under the same names. At the end you will have three
# independent reasons to believe that the gradient is right, and exercises to try.
#
# You need NumPy and the chain rule. Nothing is trained here.

# %%
import mpmath
import numpy as np

from teachrnn import Backprop, CharRNN, Itemised
from teachrnn.reference import ComplexStep, HighPrecisionGradient

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# ## The network
#
# At each step $t$ the network reads one symbol, $x_t$, mixes it into its state, and scores the
# symbol that should come next, $y_t$:
#
# $$a_t = W h_{t-1} + U x_t + b, \qquad h_t = \tanh(a_t)$$
#
# $$o_t = V h_t + c, \qquad p_t = \mathrm{softmax}(o_t)$$
#
# $$L = \sum_{t=1}^{T} -\log p_t[y_t]$$
#
# $U$ takes in the input, $W$ the previous state, and $V$ reads out. There is *one* $W$, used at every
# step; that is the whole difficulty, and the whole point, of backpropagation through time (BPTT).
#
# The text is `abac`: after `a` comes `b`, after `b` comes `a`, after that `a` comes `c`. A symbol is
# its number, so $U x_t$, with $x_t$ read as a vector with a single 1, is just column $x_t$ of $U$.

# %%
text = "abac"
number = {symbol: n for n, symbol in enumerate("abc")}
x = [number[symbol] for symbol in text[:-1]]
y = [number[symbol] for symbol in text[1:]]
T = len(x)

U = np.array([[0.5, -0.3, 0.8], [-0.6, 0.4, 0.1]])
W = np.array([[0.6, -0.4], [0.3, 0.5]])
b = np.array([0.1, -0.2])
V = np.array([[0.7, -0.5], [-0.3, 0.9], [0.2, 0.4]])
c = np.array([0.0, 0.1, -0.1])
h0 = np.array([0.2, -0.1])

print("read   ", x)
print("predict", y)

# %% [markdown]
# The initial state $h_0$ is not zero, on purpose. With $h_0 = 0$ the first step's contribution to the
# gradient of $W$ would be zero too, and a mistake in it could go unnoticed.
#
# ## Forward, by hand
#
# Four lines, one for each equation. Lists are indexed from 0 and time from 1, so the state after
# step $t$ is `h[t]`, and the input of step $t$ is `x[t - 1]`.


# %%
def softmax(o):
    e = np.exp(o - o.max())
    return e / e.sum()


h, p, losses = [h0], [None], []
for t in range(1, T + 1):
    a = W @ h[t - 1] + U[:, x[t - 1]] + b
    h.append(np.tanh(a))
    p.append(softmax(V @ h[t] + c))
    losses.append(-np.log(p[t][y[t - 1]]))
    print(f"t={t}   a = {a}   h = {h[t]}   p = {p[t]}   L = {losses[-1]:.4f}")
print("\nThe first entry of a_1, written out:")
(w1, w2), (s1, s2), u, shift = W[0], h0, U[0, x[0]], b[0]
print(f"{w1} * {s1} + {w2} * {s2} + {shift} + {u} = {w1 * s1 + w2 * s2 + shift + u:.4f}")

L = sum(losses)
summands = " + ".join(f"{loss:.4f}" for loss in losses)
print(f"\nL = {summands} = {L:.4f} nats per sequence")

# %% [markdown]
# A network that gives all symbols the same probability has a loss of $\log K$ nats per symbol:

# %%
print(f"even guessing: {T} log 3 = {T * np.log(3):.4f} nats per sequence")

# %% [markdown]
# ## Forward, recorded
#
# `CharRNN` is the same network. `record` runs it and keeps every number under its textbook name.

# %%
model = CharRNN(hidden=2, symbols=3, rng=np.random.default_rng(0))
model.set_parameters(U=U, W=W, b=b, V=V, c=c)
trace = model.record(x, targets=y, state={"h": h0})
print(trace.summary())

# %% [markdown]
# Two names are new. The sum in $a_t$ is recorded in two parts, `r[t]` $= W h_{t-1} + b$, which is
# recurrent, and `u[t]` $= U x_t$, which comes from the input, because the gradient of $W$ will need
# the first part and that of $U$ the second. The numbers are the ones you just computed:

# %%
for t in range(1, T + 1):
    assert np.allclose(trace[f"h[{t}]"].data, h[t], rtol=0, atol=1e-15)
assert np.isclose(trace.total_loss, L, rtol=1e-15)
print("h[2] by hand  ", h[2])
print("h[2] recorded ", trace["h[2]"].data)

# %% [markdown]
# ## Backward: the last step
#
# Write $dX$ for the gradient of $L$ with respect to $X$; it has the shape of $X$. The backward pass
# starts where the forward pass ended, at $t = T = 3$, with the loss. For softmax and cross-entropy
# together, the gradient with respect to the scores is the probabilities, minus 1 at the target:
#
# $$do_t = p_t - \mathrm{onehot}(y_t)$$


# %%
def onehot(n, size=3):
    return np.eye(size)[n]


do3 = p[3] - onehot(y[2])
print(f"p_3    = {p[3]}")
print(f"onehot = {onehot(y[2])}")
print(f"do_3   = {do3}")

# %% [markdown]
# Its entries add up to 0: raising one probability lowers the others. The readout
# $o_t = V h_t + c$ passes the gradient on through the transpose of $V$. At the last step nothing else
# has used $h_3$, so this is all of $dh_3$:
#
# $$dh_3 = V^\top do_3$$
#
# and through $h_3 = \tanh(a_3)$, whose derivative is $1 - h_3^2$,
#
# $$da_3 = dh_3 \odot (1 - h_3^2).$$

# %%
dh3 = V.T @ do3
da3 = dh3 * (1 - h[3] ** 2)
print(f"dh_3 = {dh3}")
print(f"da_3 = {dh3} * {1 - h[3] ** 2} = {da3}")

# %% [markdown]
# ## Backward: where two gradients meet
#
# Now $t = 2$, and here is the step that makes it backpropagation *through time*. The state $h_2$ was
# used twice in the forward pass: by the readout of its own step, $o_2 = V h_2 + c$, and by the next
# step, $a_3 = W h_2 + U x_3 + b$. Each use sends a gradient back. They are different things, so they
# have different names:
#
# $$dh_2^{\text{out}} = V^\top do_2 \qquad dh_2^{\text{fut}} = W^\top da_3$$
#
# The first says how $h_2$ matters for the prediction made now, the second how it matters for all
# predictions still to come. The gradient of a value that was used twice is the sum:
#
# $$dh_2 = dh_2^{\text{out}} + dh_2^{\text{fut}}$$

# %%
do2 = p[2] - onehot(y[1])
dh2_output = V.T @ do2
dh2_future = W.T @ da3
dh2 = dh2_output + dh2_future
da2 = dh2 * (1 - h[2] ** 2)
print(f"from the output  {dh2_output}")
print(f"from the future  {dh2_future}")
print(f"dh_2             {dh2}")
print(f"da_2             {da2}")

print("\nThe first entry from the future, with column 1 of W (the transpose):")
(w1, w2), (g1, g2) = W[:, 0], da3
print(f"{w1} * {g1:.4f} + {w2} * {g2:.4f} = {w1 * g1 + w2 * g2:.4f}")

# %% [markdown]
# ## Backward, one chain rule at a time
#
# `Backprop` walks the trace in reverse and applies the chain rule once per `next()`. Let it take
# the steps that you have just taken, and watch what each of them produces.

# %%
sweep = Backprop(trace)
for _ in range(3):
    rule = next(sweep)
    print(rule.op)
    for term in rule.terms.values():
        print(f"    gives d{term.value.name} {np.round(term.gradient, 4).tolist()}")

# %% [markdown]
# The loss, the readout, the tanh: three operations, and $da_3$ has arrived. What the sweep has not
# reached is not zero but *not yet*, which is `None`:

# %%
assert np.allclose(trace["a[3]"].grad, da3)
print("da_3 ", trace["a[3]"].grad)
print("dh_1 ", trace["h[1]"].grad)

# %% [markdown]
# Let it run to the end. Afterwards `terms` still has the summands of every gradient, each with the
# operation that sent it. Those of $h_2$ are your two:

# %%
sweep.run()
for term in sweep.terms("h[2]"):
    print(f"from {term.user.name}   {term.gradient}")

from_future, from_output = (term.gradient for term in sweep.terms("h[2]"))
assert np.allclose(from_future, dh2_future)
assert np.allclose(from_output, dh2_output)
assert np.allclose(trace["h[2]"].grad, dh2)

# %% [markdown]
# ## Backward, all of it
#
# Every earlier step is like $t = 2$. So the whole of BPTT is one loop, with one vector carried from
# step to step: the gradient from the future.

# %%
da = {}
from_future = np.zeros(2)
for t in reversed(range(1, T + 1)):
    from_output = V.T @ (p[t] - onehot(y[t - 1]))
    dh = from_output + from_future
    da[t] = dh * (1 - h[t] ** 2)
    from_future = W.T @ da[t]
    print(f"t={t}   from the output {from_output}   dh {dh}   da {da[t]}")
    assert np.allclose(trace[f"a[{t}]"].grad, da[t])

# %% [markdown]
# ## One W, three terms
#
# $W$ was used at every step, so its gradient is a sum with one term for each use:
#
# $$dW = \sum_{t=1}^{T} da_t\, h_{t-1}^\top$$

# %%
dW_terms = {t: np.outer(da[t], h[t - 1]) for t in da}
dW = sum(dW_terms.values())

for term in sweep.terms("W"):
    t = term.user.t
    assert np.allclose(term.gradient, dW_terms[t])
    size = np.linalg.norm(term.gradient)
    print(f"t={t}   {np.round(term.gradient, 4).tolist()}   norm {size:.4f}")

print("\ndW\n", sweep.gradient("W"))
assert np.allclose(sweep.gradient("W"), dW)

# %% [markdown]
# There is one $W$, and after this sweep it would be changed once. But its terms have different sizes.
# When people say that "the gradient vanishes for early steps", they do not mean an early $W$ (there
# is none) but the early *terms* of this sum.
#
# ## Immediate and total derivative
#
# One question about the formula for $dW$ is worth a pause. The state $h_2$ depends on $W$ in
# two ways: directly, through the $W$ in $a_2$, and through $h_1$, which was computed with the same $W$.
# The *immediate* derivative counts only the first way and treats $h_1$ as a constant; the *total*
# derivative counts both. For one entry $w$ of $W$,
#
# $$\frac{\mathrm{d} h_t}{\mathrm{d} w} = \frac{\partial h_t}{\partial w}
# + \frac{\partial h_t}{\partial h_{t-1}} \frac{\mathrm{d} h_{t-1}}{\mathrm{d} w}$$
# Which one belongs in $dW$? Both do, once. Take the entry in row 1, column 2, and carry the total
# derivative *forward* in time:

# %%
row, column = 0, 1
total = np.zeros(2)
dw = 0.0
for t in range(1, T + 1):
    slope = 1 - h[t] ** 2
    immediate = np.zeros(2)
    immediate[row] = slope[row] * h[t - 1][column]
    total = immediate + slope * (W @ total)
    from_output = V.T @ (p[t] - onehot(y[t - 1]))
    dw += from_output @ total
    print(f"t={t}   immediate {immediate}   total {total}")

print(f"\noutput gradients times total derivatives     {dw:.6f}")
print(f"total gradients times immediate derivatives  {dW[row, column]:.6f}")
assert np.isclose(dw, dW[row, column])

# %% [markdown]
# It is the same sum, bracketed differently. Going forward, every output's own gradient is multiplied by
# the total derivative. Going backward, $da_t$ already includes the future, so it only needs to be
# multiplied by the immediate derivative of $a_t = W h_{t-1} + \dots$, which is $h_{t-1}$.
# Counting the future in $da_t$ *and* using a total derivative would count it twice. (Forward needs one
# such loop for every entry of every parameter, backward one for all: this is why we go backward.)
#
# ## Which loss, through which step
#
# Start a sweep from a single loss $L_t$ and look at a single term $k$ of the sum: that entry says how
# the prediction at $t$ depends on the use of $W$ at step $k$. `Itemised` computes the whole triangle.

# %%
items = Itemised(trace)
print("norm of the part of dW due to loss L[t] (row) through step k (column)\n")
print(items.norms("W"))

# %% [markdown]
# Everything above the diagonal is zero: no loss depends on what came later. Add up a *column* and you
# get the term of step $k$; add up a *row* and you get the gradient of one loss; add up everything and
# you get $dW$.

# %%
for k in range(1, T + 1):
    column_sum = sum(items.term("W", loss=t, step=k) for t in range(k, T + 1))
    assert np.allclose(column_sum, dW_terms[k])
assert np.allclose(items.total("W"), dW)
print("dW from the triangle\n", items.total("W"))

# %% [markdown]
# ## How do we know that it is right?
#
# That two programs agree means little if the same person wrote both. So ask two sources that use none
# of teachrnn's derivatives.
#
# The **complex step** runs forward once with $w + ih$ in place of $w$, where $h$ is tiny, and reads
# the derivative off the imaginary part. Nothing is subtracted, so no digits are lost:
#
# $$\frac{\mathrm{d} L}{\mathrm{d} w} \approx \frac{\mathrm{Im}\, L(w + i h)}{h}$$
#
# The second source differentiates the *formula* of every operation with SymPy and evaluates the result
# with **50 digits**. Rounded, that is the true gradient.

# %%
truth = HighPrecisionGradient(trace, digits=50).gradients
largest = {}
print("largest error, relative to the largest entry of the gradient\n")
print("     against complex step   against 50 digits")
for name in ("U", "W", "b", "V", "c"):
    found = sweep.gradient(name)
    entries = np.arange(found.size)
    complex_step = ComplexStep().estimate(trace, name, entries).values
    scale = np.abs(found).max()
    by_complex_step = np.abs(found.ravel() - complex_step).max() / scale
    by_digits = np.abs(found - truth[name].astype(float)).max() / scale
    largest[name] = max(by_complex_step, by_digits)
    print(f"d{name}   {by_complex_step:20.1e}   {by_digits:17.1e}")

assert max(largest.values()) < 1e-14

# %% [markdown]
# A float64 number has about 16 digits, and the spacing near 1 is 2.2e-16: these errors are a few
# rounding errors, and float64 cannot do much better.

# %%
print("entry in row 1, column 2 of dW\n")
print("true, 30 of 50 digits ", mpmath.nstr(truth["W"][0, 1], 30))
print("teachrnn, all of float64", sweep.gradient("W")[0, 1])

# %% [markdown]
# ## Exercises
#
# Try each before you unfold the answer. Every answer ends with an assertion that yours should pass too.
# **1. The gradient of $U$.** Compute $dU$ from the `da` above. But first: one column of it is exactly
# zero. Which one, and why?

# %% [markdown] tags=["answer"] jupyter={"source_hidden": true}
# $U x_t$ is column $x_t$ of $U$, so step $t$ puts $da_t$ into that column, and only there. The symbol
# `c` is never read, only predicted, so its column is never used. `a` is read twice: its column
# receives two terms.

# %% tags=["answer"] jupyter={"source_hidden": true}
dU = np.zeros_like(U)
for t in range(1, T + 1):
    dU[:, x[t - 1]] += da[t]
print(dU)

assert np.allclose(dU, sweep.gradient("U"))
assert (dU[:, number["c"]] == 0).all()

# %% [markdown]
# **2. Forget the future.** The most common mistake in a hand-written backward pass is not to carry
# `from_future` at all. Compute the $dW$ that such a program gives. Which entries of the triangle
# does it contain? Does it agree with the right one for a sequence of one step?

# %% [markdown] tags=["answer"] jupyter={"source_hidden": true}
# Without `from_future`, every loss only reaches its own step: only the diagonal of the triangle is
# left. That is BPTT truncated to a horizon of one step. With $T = 1$ the triangle *is* its diagonal,
# so a check on a single step cannot see the mistake. Always check with several values of $T$.

# %% tags=["answer"] jupyter={"source_hidden": true}
dW_forgetful = np.zeros_like(W)
for t in range(1, T + 1):
    from_output = V.T @ (p[t] - onehot(y[t - 1]))
    dW_forgetful += np.outer(from_output * (1 - h[t] ** 2), h[t - 1])
print(dW_forgetful)

diagonal = sum(items.term("W", loss=t, step=t) for t in range(1, T + 1))
assert np.allclose(dW_forgetful, diagonal)
assert np.allclose(dW_forgetful, Itemised(trace, horizon=1).total("W"))
assert not np.allclose(dW_forgetful, dW)

one_step = model.record(x[:1], targets=y[:1], state={"h": h0})
first_output = V.T @ (p[1] - onehot(y[0])) * (1 - h[1] ** 2)
assert np.allclose(np.outer(first_output, h0), Backprop(one_step).run().gradient("W"))

# %% [markdown]
# **3. Forget the transpose.** Carry `W @ da[t]` instead of `W.T @ da[t]`. $W$ is square, so NumPy does
# not complain. Which of $da_1, da_2, da_3$ are still right? For which kind of matrix $W$, and for which
# number of units $m$, would nobody notice?

# %% [markdown] tags=["answer"] jupyter={"source_hidden": true}
# $da_3$ is right, because nothing has been carried yet; $da_2$ and $da_1$ are wrong. If $W$ is
# symmetric, $W = W^\top$ and the mistake changes nothing; a single unit, $m = 1$, makes every $W$
# symmetric.

# %% tags=["answer"] jupyter={"source_hidden": true}
wrong, carried = {}, np.zeros(2)
for t in reversed(range(1, T + 1)):
    dh = V.T @ (p[t] - onehot(y[t - 1])) + carried
    wrong[t] = dh * (1 - h[t] ** 2)
    carried = W @ wrong[t]
    print(f"t={t}   right {da[t]}   without the transpose {wrong[t]}")

assert np.allclose(wrong[3], da[3])
assert not np.allclose(wrong[2], da[2])
assert not np.allclose(wrong[1], da[1])

# %% [markdown]
# ## Where to go next
#
# - [Guided tours](../tours.md): the same ideas in pictures, then the LSTM, the GRU, exploding gradients.
# - [Notation](../reference/notation.md): all names, and what other libraries call them.
# - [Operations](../reference/operations.md): the gradient of every operation used here.
# - [Check a gradient](../how-to/check-a-gradient.md): for a backward pass of your own.
