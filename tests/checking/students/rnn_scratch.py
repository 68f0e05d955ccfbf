"""RNN language model from scratch, without autograd."""

import numpy as np


def get_params(vocab_size, num_hiddens):
    rng = np.random.default_rng(0)
    W_xh = 0.01 * rng.normal(size=(vocab_size, num_hiddens))
    W_hh = 0.01 * rng.normal(size=(num_hiddens, num_hiddens))
    b_h = np.zeros(num_hiddens)
    W_hq = 0.01 * rng.normal(size=(num_hiddens, vocab_size))
    b_q = np.zeros(vocab_size)
    return [W_xh, W_hh, b_h, W_hq, b_q]


def init_rnn_state(batch_size, num_hiddens):
    return (np.zeros((batch_size, num_hiddens)),)


def one_hot(X, n):
    return np.eye(n)[X]


def rnn(inputs, state, params):
    # inputs: (num_steps, batch_size, vocab_size)
    W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    outputs, states = [], [H]
    for X in inputs:
        H = np.tanh(X @ W_xh + H @ W_hh + b_h)
        outputs.append(H @ W_hq + b_q)
        states.append(H)
    return np.concatenate(outputs, axis=0), states


def cross_entropy(y_hat, y):
    y_hat = y_hat - y_hat.max(axis=1, keepdims=True)
    logp = y_hat - np.log(np.exp(y_hat).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(y)), y].mean()


def forward(X, Y, state, params):
    """X, Y: (batch_size, num_steps) token indices. Mean over all tokens."""
    inputs = one_hot(X.T, params[4].shape[0])
    y_hat, states = rnn(inputs, state, params)
    y = Y.T.reshape(-1)
    return cross_entropy(y_hat, y), (inputs, y_hat, y, states)


def backward(params, cache):
    W_xh, W_hh, b_h, W_hq, b_q = params
    inputs, y_hat, y, states = cache
    num_steps, batch_size, _ = inputs.shape

    dO = np.exp(y_hat - y_hat.max(axis=1, keepdims=True))
    dO = dO / dO.sum(axis=1, keepdims=True)
    dO[np.arange(len(y)), y] -= 1
    dO = (dO / len(y)).reshape(num_steps, batch_size, -1)

    grads = [np.zeros_like(p) for p in params]
    dH = np.zeros_like(states[0])
    for t in range(num_steps - 1, -1, -1):
        H, H_prev = states[t + 1], states[t]
        dH = dH + dO[t] @ W_hq.T
        grads[3] += H.T @ dO[t]
        grads[4] += dO[t].sum(axis=0)
        dZ = dH * (1 - H * H)
        grads[0] += inputs[t].T @ dZ
        grads[1] += H_prev.T @ dZ
        grads[2] += dZ.sum(axis=0)
        dH = dZ @ W_hh.T
    return grads


def grad_clipping(grads, theta):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    if norm > theta:
        for g in grads:
            g *= theta / norm
