"""Long short-term memory."""

from __future__ import annotations

from teachrnn.cells.cell import Cell, Values, pre_activation
from teachrnn.cells.fused.lstm import FusedLSTM
from teachrnn.op import Value
from teachrnn.ops import Add, Multiply, Sigmoid, Tanh


class LSTMCell(Cell):
    r"""Long short-term memory: a state that is added to, not rewritten, guarded by three gates.

    $$f_t = \sigma(W_f h_{t-1} + b_f + U_f x_t) \quad\text{forget}$$
    $$i_t = \sigma(W_i h_{t-1} + b_i + U_i x_t) \quad\text{write}$$
    $$g_t = \tanh(W_g h_{t-1} + b_g + U_g x_t) \quad\text{candidate}$$
    $$s_t = f_t \odot s_{t-1} + i_t \odot g_t$$
    $$q_t = \sigma(W_q h_{t-1} + b_q + U_q x_t) \quad\text{read}$$
    $$h_t = q_t \odot \tanh(s_t)$$

    The internal state is $s_t$ and the output gate $q_t$, as in Goodfellow et al.; PyTorch and
    many texts call them $c_t$ and $o_t$, letters that here belong to the readout.

    References
    ----------
    Hochreiter & Schmidhuber (1997); Gers, Schmidhuber & Cummins (2000) for the forget gate;
    Goodfellow et al. (2016), equations 10.40 to 10.44.

    Examples
    --------
    >>> import numpy as np
    >>> from teachrnn import CharRNN, LSTMCell
    >>> model = CharRNN(hidden=2, symbols=3, cell=LSTMCell, rng=np.random.default_rng(0))
    >>> model.state_names(), list(model.shapes())[:6]
    (['h', 's'], ['U_f', 'W_f', 'b_f', 'U_i', 'W_i', 'b_i'])
    """

    name = "lstm"
    state = ("h", "s")
    gates = ("f", "i", "g", "q")
    fused = FusedLSTM

    @classmethod
    def step(cls, p: Values, x: Value, state: Values) -> dict[str, Value]:
        h = state["h"]
        f = Sigmoid(pre_activation(p, x, h, gate="f"), name="f")
        i = Sigmoid(pre_activation(p, x, h, gate="i"), name="i")
        g = Tanh(pre_activation(p, x, h, gate="g"), name="g")
        kept = Multiply(f, state["s"], name="kept")
        written = Multiply(i, g, name="written")
        s = Add(kept, written, name="s")
        q = Sigmoid(pre_activation(p, x, h, gate="q"), name="q")
        return {"h": Multiply(q, Tanh(s, name="squash"), name="h"), "s": s}
