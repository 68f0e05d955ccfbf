"""
my version of the little character RNN (one layer, column vectors, adagrad)
"""

import numpy as np

# data
data = "the quick brown fox jumps over the lazy dog. the lazy dog sleeps. "
chars = sorted(set(data))
vocab_size = len(chars)
char_to_ix = {ch: i for i, ch in enumerate(chars)}
ix_to_char = {i: ch for i, ch in enumerate(chars)}

# settings
hidden_size = 32
seq_length = 16
learning_rate = 1e-1

# weights, used as globals below
Wxh = np.random.randn(hidden_size, vocab_size) * 0.01
Whh = np.random.randn(hidden_size, hidden_size) * 0.01
Why = np.random.randn(vocab_size, hidden_size) * 0.01
bh = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))


def one_hot(ix):
    v = np.zeros((vocab_size, 1))
    v[ix] = 1
    return v


def lossFun(inputs, targets, hprev):
    """inputs and targets are lists of integers, hprev is (hidden_size, 1)"""
    hs = {-1: hprev}
    xs, ps = {}, {}
    loss = 0
    T = len(inputs)
    for t in range(T):
        xs[t] = one_hot(inputs[t])
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        e = np.exp(y - np.max(y))
        ps[t] = e / np.sum(e)
        loss -= np.log(ps[t][targets[t], 0])

    # now backwards
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hprev)
    for t in reversed(range(T)):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        draw = (1 - hs[t] ** 2) * dh
        dbh += draw
        dWxh += np.dot(draw, xs[t].T)
        dWhh += np.dot(draw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, draw)
    for grad in [dWxh, dWhh, dWhy, dbh, dby]:
        np.clip(grad, -5, 5, out=grad)
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[T - 1]


def sample(h, seed_ix, n):
    x = one_hot(seed_ix)
    out = []
    for _ in range(n):
        h = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h) + bh)
        y = np.dot(Why, h) + by
        p = np.exp(y - np.max(y))
        ix = np.random.choice(vocab_size, p=(p / np.sum(p)).ravel())
        x = one_hot(ix)
        out.append(ix)
    return out


if __name__ == "__main__":
    p, n = 0, 0
    mem = [np.zeros_like(w) for w in (Wxh, Whh, Why, bh, by)]
    smooth_loss = -np.log(1.0 / vocab_size) * seq_length
    while n < 2000:
        if n == 0 or p + seq_length + 1 >= len(data):
            hprev = np.zeros((hidden_size, 1))
            p = 0
        inputs = [char_to_ix[c] for c in data[p : p + seq_length]]
        targets = [char_to_ix[c] for c in data[p + 1 : p + seq_length + 1]]
        loss, *grads, hprev = lossFun(inputs, targets, hprev)
        smooth_loss = 0.999 * smooth_loss + 0.001 * loss
        if n % 500 == 0:
            print(n, smooth_loss)
            print("".join(ix_to_char[i] for i in sample(hprev, inputs[0], 80)))
        for w, g, m in zip((Wxh, Whh, Why, bh, by), grads, mem):
            m += g * g
            w -= learning_rate * g / np.sqrt(m + 1e-8)
        p += seq_length
        n += 1
