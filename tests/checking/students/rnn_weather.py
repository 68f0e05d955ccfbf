# predict tomorrow's temperature from the weather of each day (x has one row a day)
import numpy as np


def init_params(n_in, n_hid, n_out):
    rng = np.random.RandomState(0)
    k = 1 / np.sqrt(n_hid)
    i_weight = rng.uniform(-k, k, (n_in, n_hid))
    h_weight = rng.uniform(-k, k, (n_hid, n_hid))
    h_bias = rng.uniform(-k, k, (1, n_hid))
    o_weight = rng.uniform(-k, k, (n_hid, n_out))
    o_bias = np.zeros((1, n_out))
    return [i_weight, h_weight, h_bias, o_weight, o_bias]


def mse(actual, predicted):
    return np.mean((actual - predicted) ** 2)


def mse_grad(actual, predicted):
    return 2 * (predicted - actual) / actual.size


def forward(x, layer):
    """x: (T, n_in). Returns all hidden states (T, n_hid) and all predictions (T, n_out); no start state."""
    i_weight, h_weight, h_bias, o_weight, o_bias = layer
    hiddens = np.zeros((x.shape[0], h_weight.shape[0]))
    outputs = np.zeros((x.shape[0], o_weight.shape[1]))
    prev_hidden = None
    for i in range(x.shape[0]):
        hidden = x[[i]] @ i_weight + h_bias
        if prev_hidden is not None:
            hidden = hidden + prev_hidden @ h_weight
        hidden = np.tanh(hidden)
        prev_hidden = hidden
        hiddens[i] = hidden
        outputs[i] = hidden @ o_weight + o_bias
    return hiddens, outputs


def backward(x, layer, grad, hiddens):
    """grad: (T, n_out), gradient of the loss with respect to the predictions"""
    i_weight, h_weight, h_bias, o_weight, o_bias = layer
    i_grad, h_grad, hb_grad, o_grad, ob_grad = [np.zeros_like(w) for w in layer]
    next_h_grad = None
    for i in range(x.shape[0] - 1, -1, -1):
        l_grad = grad[[i]]
        o_grad += hiddens[[i]].T @ l_grad
        ob_grad += l_grad
        h_out_grad = l_grad @ o_weight.T
        if next_h_grad is not None:
            h_out_grad = h_out_grad + next_h_grad @ h_weight.T
        raw = h_out_grad * (1 - hiddens[[i]] ** 2)
        if i > 0:
            h_grad += hiddens[[i - 1]].T @ raw
        i_grad += x[[i]].T @ raw
        hb_grad += raw
        next_h_grad = raw
    return [i_grad, h_grad, hb_grad, o_grad, ob_grad]
