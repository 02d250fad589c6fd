"""Temperature scaling: one number that makes probabilities mean what they say.

It divides all scores alike, so no label changes; it is fitted on pages of sites that the scores' model has not seen,
where a model is less sure than on its own training pages (Guo et al., On Calibration of Modern Neural Networks, 2017).
"""

import numpy as np
from scipy.optimize import minimize_scalar

from locbao.features.arrays import FloatArray, IntArray
from locbao.predict.line_model import softmax

_RANGE = (0.2, 5.0)


def fit_temperature(scores: FloatArray, labels: IntArray) -> float:
    """The temperature with the least log loss of (n, 3) scores against (n,) label indices; 1 for no lines."""
    if not len(labels):
        return 1.0

    def loss(temperature: float) -> float:
        chosen = softmax(scores / temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return round(float(minimize_scalar(loss, bounds=_RANGE, method="bounded").x), 4)
