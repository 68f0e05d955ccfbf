import numpy as np


def tanh(z):
    return np.tanh(z)


def dtanh(y):
    """y is the output of tanh"""
    return 1 - y * y


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    """Derivative of the sigmoid function."""
    return sigmoid(z) * (1 - sigmoid(z))


def relu(z):
    return np.maximum(z, 0)


def relu_prime(z):
    return (z > 0).astype(float)


def softmax(z):
    """z: one vector of scores"""
    e = np.exp(z - np.max(z))
    return e / e.sum()


def softmax_loss(scores, target):
    p = softmax(scores)
    return -np.log(p[target])


def dsoftmax_loss(scores, target):
    p = softmax(scores)
    p[target] -= 1
    return p


def outer_linear(x, W):
    return W @ x


def outer_linear_grad(dy, x, W):
    dx = W.T @ dy
    dW = np.outer(dy, x)
    return dx, dW
