import numpy as np

# Activations are columns: A has shape (features, m), one column per example.


def linear_forward(A, W, b):
    Z = W.dot(A) + b
    cache = (A, W, b)
    return Z, cache


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = 1.0 / m * dZ.dot(A_prev.T)
    db = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
    dA_prev = W.T.dot(dZ)
    return dA_prev, dW, db


def sigmoid(Z):
    A = 1 / (1 + np.exp(-Z))
    return A, Z


def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    return dZ


def relu(Z):
    return np.maximum(0, Z), Z


def relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def softmax(Z):
    e = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)


def cross_entropy(AL, Y):
    """AL: probabilities (K, m), Y: class numbers (m,). Summed over the examples."""
    return -np.sum(np.log(AL[Y, np.arange(AL.shape[1])]))


def cross_entropy_backward(AL, Y):
    dAL = np.zeros(AL.shape)
    cols = np.arange(AL.shape[1])
    dAL[Y, cols] = -1 / AL[Y, cols]
    return dAL
