"""Homework 2: forward and backward of single operations."""

import numpy as np


def affine_forward(x, w, b):
    """x: (N, D), w: (D, M), b: (M,)"""
    out = x @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = np.sum(dout, axis=0)
    return dx, dw, db


def tanh_forward(x):
    out = np.tanh(x)
    return out, out


def tanh_backward(dout, cache):
    out = cache
    return dout * (1 - out * out)


def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-x))
    return out, out


def sigmoid_backward(dout, cache):
    out = cache
    return dout * out * (1 - out)


def softmax_cross_entropy_forward(logits, labels):
    """logits: (N, C), labels: (N,) integers. Mean over the batch."""
    z = logits - np.max(logits, axis=1, keepdims=True)
    logsum = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logprobs = z - logsum
    n = logits.shape[0]
    loss = -np.sum(logprobs[np.arange(n), labels]) / n
    return loss, (logprobs, labels)


def softmax_cross_entropy_backward(cache):
    logprobs, labels = cache
    n = logprobs.shape[0]
    dlogits = np.exp(logprobs)
    dlogits[np.arange(n), labels] -= 1
    dlogits /= n
    return dlogits


def softmax_forward(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    out = e / e.sum(axis=1, keepdims=True)
    return out, out


def softmax_backward(dout, cache):
    y = cache
    return y * (dout - np.sum(dout * y, axis=1, keepdims=True))


def embedding_forward(idx, table):
    return table[idx], (idx, table.shape)


def embedding_backward(dout, cache):
    idx, shape = cache
    dtable = np.zeros(shape)
    for i, row in zip(idx.ravel(), dout.reshape(-1, shape[1])):
        dtable[i] += row
    return dtable
