"""Every sampling strategy in the registry obeys every law of strategies."""

from teachrnn.sampling import SAMPLERS, Nucleus, Temperature, TopK
from teachrnn.testing.sampler_suite import sampler_suite

test_every_sampler = sampler_suite(*SAMPLERS.values())

test_settings_at_their_ends = sampler_suite(
    Temperature(temperature=0),
    Temperature(temperature=1e-320),
    Temperature(temperature=0.3),
    Temperature(temperature=20),
    TopK(k=1),
    TopK(k=3, temperature=2),
    TopK(k=1000, temperature=0),
    Nucleus(theta=1e-300),
    Nucleus(theta=0.5, temperature=0.7),
    Nucleus(theta=1),
    Nucleus(theta=0.9, temperature=0),
)
