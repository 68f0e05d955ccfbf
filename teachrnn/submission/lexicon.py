"""What students call things: the table of names from which all guesses start.

A name is compared without case, underscores and ``self``. A guess is only a guess: the trial decides.
"""

from __future__ import annotations

import re
from functools import cache

ROLES: dict[str, str] = {
    "x": (
        "x xs xt xtoken inputs input inp xseq seq sequence tokens ids idx chars words xonehot "
        "inputsonehot inseq data xdata inputseq batchx xbatch tokenids inputids inputsequence xids "
        "inds xtrain xin observations u xi sentence captionsin indices text codes symbols"
    ),
    "y": (
        "y ys yt targets target labels label t ts ytrue tgt truth yonehot gold expected tt outputs "
        "targetids yids outseq targetseq ydata batchy ybatch targetsonehot trueoutputs desired next "
        "ytrain yin answers captionsout d correct nextids nextchars yidx targetidx"
    ),
    "h": (
        "h h0 hprev prevh hinit h00 inith initstate initialstate state s0 hidden prevhidden "
        "hiddenprev hlast hstart hin hiddenstate prevstate stateprev a0 aprev s sprev hs0 hminus1 "
        "ht1 htm1 hold hx a initialhidden hidden0 hprevious h0prev previoushidden previousstate "
        "hiddeninit inithidden h1 starth starthidden"
    ),
    "s": (
        "c c0 s0 cprev prevc cinit initc cell cell0 prevcell cellprev cellstate c00 prevcellstate ct1 "
        "ctm1 cold cx clast cstate cin initcell s00 prevs initialcell cellinit startc cstart"
    ),
    "hs": "hc hc0 states state0 hidden0states initstates initialstates prevstates states0 hcprev hx0",
    "K": (
        "vocabsize vocab v k nx d din inputsize inputdim indim outputsize outputdim outdim dout ny "
        "nout nin nvocab inputs_ wordvecdim worddim ninput noutput dimin dimout numchars nchars "
        "numinputs numoutputs inputssize vocabularysize nsymbols numsymbols alphabet alphabetsize "
        "nclasses numclasses dimx dimy inputsdim wordvecsize embeddingdim embdim embedsize embeddim "
        "xdim ydim osize isize infeatures outfeatures"
    ),
    "m": (
        "hiddensize h m na hiddendim nh nhid nhidden units nunits numhiddens hdim hidden numhidden "
        "statesize statedim dimh hiddenunits hsize nhiddenunits rnnsize cells memcellct nstates "
        "hiddenlayersize numunits"
    ),
    "T": (
        "seqlength seqlen t tx numsteps nsteps timesteps sequencelength ntimesteps steps maxlen "
        "length bptttruncate truncate bptt maxsteps ntime timesize taumax tau lookback"
    ),
    "B": "batchsize n b nbatch batch minibatch minibatchsize nb",
    "rate": "learningrate lr eta alpha rate stepsize",
    "parameters": (
        "params parameters param theta weights rnn model net p w network rnnparams thetas ps prm "
        "weightsdict lstm gru modelparams vec vector"
    ),
    "upstream": (
        "dh da dout dhs dy dlogits dscores dnexth danext upstream dnext dhnext dlossdh dldh grad "
        "gradout gradoutput dhout dh_ outgrad dhseq dhall dhlist doutput gradh gradhs dlh dhidden "
        "dnexthidden dcurrent danow dhupstream dldhs dlda dys gy gh do dz dv deltas douts"
    ),
    "upstream_s": "dc dcnext dnextc dcell dnextcell dct dcs dnextcellstate dsnext",
}
"""What an argument can be, and the names that say so."""

LOSSES = (
    "loss cost j l e error nll xent crossentropy celoss totalloss lossvalue crossentropyloss avgloss obj"
)
"""What a returned loss is called."""

READOUT: dict[str, str] = {
    "o": "logit logits logitsseq",
    "p": "p ps pt prob probs probability probabilities pseq softmax yprob yprobs",
    "either": (
        "o os ot y ys yt yhat yhats ypred ypreds yp pred preds prediction predictions out outs output "
        "outputs score scores"
    ),
}
"""What a forward pass calls the scores and the probabilities that it returns, and what either."""

UNGATED: dict[str, str] = {
    "U": (
        "u wxh wx wih wax win wxa uh whx wxs ux winput wu winh wi wxr wsx wweightih weightih uxh "
        "winputhidden wxtoh win2h wi2h wxhidden inputweights wxhweight win2hidden wih0 a"
    ),
    "W": (
        "w whh wh waa wrec wr wss recurrentkernel whidden wrecurrent weighthh whs ws wa whidhid "
        "whtoh wh2h wrech uhh wwhh recurrentweights whiddenhidden hiddenweights"
    ),
    "b": "b bh ba bhh bx bias bs br bhidden biashh bih biasih bi bin bxh bhid b2h bstate brec b1",
    "V": (
        "v why wy wya wout wo who whq wyh vo wv vy wsy whv wvocab woutput wq wao outw weightho "
        "weightout whtoy whto wouth wh2y wh2o outputweights wp wscore wsoft wsm wsoftmax vh why0 wd "
        "wdense wread"
    ),
    "c": (
        "c by bo bout bq bv bvocab bya boutput biasho biasout bhy bp by0 bscore bsoft bsm boutb bd "
        "bdense bread b2"
    ),
    "E": ("we wemb wembed embedding emb embeddings wordvec wembedding e wordvecs embed embeddingmatrix"),
}
"""Names of the parameters of a cell without gates, and of the readout of any."""

READOUT_OWNERS = (
    "fc linear out output decoder affine head readout proj dense classifier score vocab why outlayer"
)
"""An object of this name, with a weight and a bias in it, is the readout."""

EMBEDDING_OWNERS = "embed embedding emb"

GATES: dict[str, dict[str, str]] = {
    "lstm": {
        "f": "f forget fg",
        "i": "i input in u update ig ingate write",
        "g": "g c a cand ctilde candidate z cbar cell gg chat ct cc n",
        "q": "o output out q og read",
    },
    "gru": {
        "rho": "r reset rho rg",
        "z": "z update u up zg",
        "n": "n h c g hh cand new htilde candidate hbar hcand hhat a _ s",
    },
}
"""How a gate is written behind the letter of a matrix; ``_`` is nothing."""

_TABLES: dict[int, dict[str, frozenset[str]]] = {}


@cache
def core(name: str) -> str:
    """A name without case, underscores and meaningless parts."""
    last = re.sub(r"_l0$", "", name.split(".")[-1].strip("_"))
    short = re.sub(r"[^a-z0-9]", "", last.lower())
    short = re.sub(r"lstm|gru|rnn", "", short) or short
    short = {"kernel": "u", "recurrentkernel": "w"}.get(short, short)
    short = re.sub(r"^([a-z])(weights?|w)$", r"w\1", short)  # i_weight, h_weight, o_weight
    short = re.sub(r"^([a-z])(bias|b)$", r"b\1", short)
    short = re.sub(r"^(weights?|wt|mat)(?=[a-z]|$)", "w", short)
    return re.sub(r"^(biases|bias)(?=[a-z]|$)", "b", short)


def _sets(table: dict[str, str]) -> dict[str, frozenset[str]]:
    key = id(table)
    if key not in _TABLES:
        _TABLES[key] = {role: frozenset(names.split()) for role, names in table.items()}
    return _TABLES[key]


def roles(name: str) -> list[str]:
    """The possible roles of an argument with that name, in the order of `ROLES`."""
    short = re.sub(r"[^a-z0-9]", "", name.lower())
    return [role for role, names in _sets(ROLES).items() if short in names]


def ungated_kinds(name: str) -> list[str]:
    """Which ungated parameters a name can stand for."""
    short = core(name)
    return [kind for kind, names in _sets(UNGATED).items() if short in names]


def owner(name: str, owners: str) -> bool:
    """Whether the object that holds it is one of these: ``fc.weight``."""
    words = [re.sub(r"[^a-z]", "", part.lower()) for part in name.split(".")[:-1]]
    return any(word in owners.split() for word in words)


def is_loss(name: str) -> bool:
    """Whether a returned value of this name is a loss."""
    return re.sub(r"[^a-z]", "", name.lower()) in LOSSES.split()


def readout(name: str) -> str:
    """Which value of the readout a name says: "o", "p" or "either"; "" if none.

    Examples
    --------
    >>> [readout(n) for n in ("ps", "logits", "y_hat", "hs")]
    ['p', 'o', 'either', '']
    """
    short = re.sub(r"[^a-z]", "", name.lower())
    return next((value for value, names in _sets(READOUT).items() if short in names), "")


_GRADIENT = re.compile(
    r"^(?:dL_?d_?|dJ_?d_?|dE_?d_?|dl_?d_?|dLoss_?d?_?|d_?|D_?|grads?_|g_|delta_|nabla_|deriv_|g(?=[A-Z]))(?P<a>.+)$|"
    r"^(?P<b>.+?)(?:_?[gG]rads?|_gradient|\.grad)$"
)


def gradient_of(name: str) -> str | None:
    """The parameter whose gradient has this name; None if there is none.

    Examples
    --------
    >>> [gradient_of(n) for n in ("dWxh", "dL_dW", "grad_Wx", "dLdU", "W_grad", "Wxh")]
    ['Wxh', 'W', 'Wx', 'U', 'W', None]
    """
    found = _GRADIENT.match(name)
    if not found:
        return None
    return found["a"] or found["b"]


_GRADIENTS = (
    "grads grad gradients gradient g dparams dparameters dtheta gradsdict derivs deltas dp dweights "
    "dmodel drnn gradrnn rnngrads gradsrnn dnet paramgrads gradparams dw"
)


def holds_gradients(name: str) -> bool:
    """Whether a container of this name holds gradients under the names of the parameters."""
    return re.sub(r"[^a-z]", "", name.lower()) in _GRADIENTS.split()
