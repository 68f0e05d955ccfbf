import numpy as np


class RNN:
    """Like the module of the big framework (one layer, tanh), but in NumPy and with my own backward."""

    def __init__(self, input_size, hidden_size, batch_first=False):
        k = 1 / np.sqrt(hidden_size)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.batch_first = batch_first
        self.weight_ih_l0 = np.random.uniform(-k, k, (hidden_size, input_size))
        self.weight_hh_l0 = np.random.uniform(-k, k, (hidden_size, hidden_size))
        self.bias_ih_l0 = np.random.uniform(-k, k, hidden_size)
        self.bias_hh_l0 = np.random.uniform(-k, k, hidden_size)
        self.zero_grad()

    def parameters(self):
        return {
            "weight_ih_l0": self.weight_ih_l0,
            "weight_hh_l0": self.weight_hh_l0,
            "bias_ih_l0": self.bias_ih_l0,
            "bias_hh_l0": self.bias_hh_l0,
        }

    def zero_grad(self):
        self.grad = {name: np.zeros_like(p) for name, p in self.parameters().items()}

    def forward(self, input, h_0=None):
        if self.batch_first:
            input = input.transpose(1, 0, 2)
        seq_len, batch, _ = input.shape
        h_t = np.zeros((1, batch, self.hidden_size)) if h_0 is None else h_0
        h_t = h_t[0]
        output = np.empty((seq_len, batch, self.hidden_size))
        self.saved = (input, h_t, output)
        for t in range(seq_len):
            gate = input[t] @ self.weight_ih_l0.T + self.bias_ih_l0
            gate = gate + h_t @ self.weight_hh_l0.T + self.bias_hh_l0
            h_t = np.tanh(gate)
            output[t] = h_t
        if self.batch_first:
            return output.transpose(1, 0, 2), h_t[None]
        return output, h_t[None]

    def backward(self, grad_output, grad_h_n=None):
        """Adds to self.grad, returns grad_input and grad_h_0."""
        input, h_0, output = self.saved
        if self.batch_first:
            grad_output = grad_output.transpose(1, 0, 2)
        grad_input = np.zeros_like(input)
        grad_h = np.zeros_like(h_0) if grad_h_n is None else grad_h_n[0]
        for t in reversed(range(len(input))):
            h_prev = output[t - 1] if t > 0 else h_0
            grad_h = grad_h + grad_output[t]
            grad_gate = grad_h * (1 - output[t] ** 2)
            self.grad["weight_ih_l0"] += grad_gate.T @ input[t]
            self.grad["weight_hh_l0"] += grad_gate.T @ h_prev
            self.grad["bias_ih_l0"] += grad_gate.sum(0)
            self.grad["bias_hh_l0"] += grad_gate.sum(0)
            grad_input[t] = grad_gate @ self.weight_ih_l0
            grad_h = grad_gate @ self.weight_hh_l0
        if self.batch_first:
            grad_input = grad_input.transpose(1, 0, 2)
        return grad_input, grad_h[None]
