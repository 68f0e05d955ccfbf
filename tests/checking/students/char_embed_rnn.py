import numpy as np


def init_params(vocab, emb, hid, rng):
    return dict(
        E=rng.normal(0, 0.1, (vocab, emb)),
        Wxh=rng.normal(0, 0.1, (emb, hid)),
        Whh=rng.normal(0, 0.1, (hid, hid)),
        bh=np.zeros(hid),
        Wo=rng.normal(0, 0.1, (hid, vocab)),
        bo=np.zeros(vocab),
        h0=np.zeros(hid),  # the start state is learned
    )


def forward(params, tokens, targets):
    """tokens, targets: (N, T). Mean negative log-likelihood of a token."""
    N, T = tokens.shape
    x = params["E"][tokens]
    h = np.tile(params["h0"], (N, 1))
    hs = [h]
    for t in range(T):
        h = np.tanh(x[:, t] @ params["Wxh"] + h @ params["Whh"] + params["bh"])
        hs.append(h)
    hs = np.stack(hs, axis=1)  # (N, T+1, H)
    logits = hs[:, 1:] @ params["Wo"] + params["bo"]
    logits = logits - logits.max(axis=-1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    nll = -np.take_along_axis(logp, targets[..., None], axis=-1).mean()
    return nll, (tokens, targets, x, hs, logp)


def backward(params, cache):
    tokens, targets, x, hs, logp = cache
    N, T = tokens.shape
    dlogits = np.exp(logp)
    n_idx, t_idx = np.indices((N, T))
    dlogits[n_idx, t_idx, targets] -= 1
    dlogits /= N * T

    grads = {k: np.zeros_like(v) for k, v in params.items()}
    grads["Wo"] = np.einsum("nth,ntv->hv", hs[:, 1:], dlogits)
    grads["bo"] = dlogits.sum(axis=(0, 1))
    dhs = dlogits @ params["Wo"].T
    dx = np.zeros_like(x)
    dh = np.zeros((N, hs.shape[2]))
    for t in reversed(range(T)):
        dh += dhs[:, t]
        da = dh * (1 - hs[:, t + 1] ** 2)
        grads["Wxh"] += x[:, t].T @ da
        grads["Whh"] += hs[:, t].T @ da
        grads["bh"] += da.sum(axis=0)
        dx[:, t] = da @ params["Wxh"].T
        dh = da @ params["Whh"].T
    grads["h0"] = dh.sum(axis=0)
    np.add.at(grads["E"], tokens, dx)
    return grads
