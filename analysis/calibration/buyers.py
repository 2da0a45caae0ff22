"""Baselines: how the literature, and common sense, forecast who buys again.

BG/NBD: Fader, Hardie & Lee 2005, Marketing Science 24:275-284. Pareto/NBD: Schmittlein, Morrison & Colombo 1987,
Management Science 33:1-24, likelihood as in Fader & Hardie 2005. Gamma-gamma: Fader, Hardie & Lee 2005, Journal of
Marketing Research 42:415-430. NBD: Ehrenberg 1988. All times are weeks; `x` is the number of repeat purchases, `t_x`
the age at the last one and `age` (T) the age at the end of observation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
NODES = 48  # of the Gauss-Legendre rule for integrals over time
WIDE = 12.0  # bound of a logarithm in a search
TINY = 1e-7  # nearer to a pole than this, its limit is taken
HIATUS_WEEKS = 12.0  # of silence after which the rule of thumb gives a customer up


class BgNbd(NamedTuple):
    """Rates Gamma(r, alpha) between customers; a chance to drop out after each purchase, Beta(a, b)."""

    r: float
    alpha: float  # weeks
    a: float
    b: float


class ParetoNbd(NamedTuple):
    """Rates Gamma(r, alpha) between customers; lifetimes exponential with rates Gamma(s, beta)."""

    r: float
    alpha: float  # weeks
    s: float
    beta: float  # weeks


class GammaGamma(NamedTuple):
    """Amounts Gamma(p, v) within a customer; v Gamma(q, gamma) between customers."""

    p: float
    q: float
    gamma: float  # money


class Nbd(NamedTuple):
    """Rates Gamma with this shape and mean; nobody drops out."""

    shape: float
    mean: float  # purchases a week


# --- BG/NBD ---


def bg_nbd_log_likelihood(model: BgNbd, x: Array, t_x: Array, age: Array) -> Array:
    """By customer (equation 6 of the paper, with its terms in logarithms)."""
    from scipy.special import betaln, gammaln

    r, alpha, a, b = model
    scale = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
    gone = betaln(a + 1.0, b + np.maximum(x, 1) - 1.0) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    return np.asarray(scale + np.where(x > 0, np.logaddexp(alive, gone), alive))


def bg_nbd_fit(x: Array, t_x: Array, age: Array) -> BgNbd:
    """Maximum likelihood."""
    start = (np.log(0.5), np.log(_middle(age) / 4.0), 0.0, 0.5)
    return BgNbd(*_most_likely(lambda p, *seen: bg_nbd_log_likelihood(BgNbd(*p), *seen), start, (x, t_x, age)))


def bg_nbd_alive(model: BgNbd, x: Array, t_x: Array, age: Array) -> Array:
    """Probability that a customer has not dropped out; 1 before any repeat purchase, by the model's construction."""
    r, alpha, a, b = model
    log_odds = (r + x) * np.log((alpha + age) / (alpha + t_x)) + np.log(a / (b + np.maximum(x, 1) - 1.0))
    return np.asarray(np.where(x > 0, 1.0 / (1.0 + np.exp(np.minimum(log_odds, 700.0))), 1.0))


def bg_nbd_expected(model: BgNbd, weeks: ArrayLike) -> Array:
    """Repeat purchases expected of a new customer in so many weeks (equation 9)."""
    from scipy.special import hyp2f1

    r, alpha, a, b = model
    t = np.asarray(weeks, float)
    shrunk = (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1.0, t / (alpha + t))
    return np.asarray((a + b - 1.0) / (a - 1.0) * (1.0 - shrunk))


def bg_nbd_zero_probability(model: BgNbd, weeks: ArrayLike) -> Array:
    """Probability that a new customer buys nothing again in so many weeks."""
    return np.asarray((model.alpha / (model.alpha + np.asarray(weeks, float))) ** model.r)


def bg_nbd_conditional(model: BgNbd, x: Array, t_x: Array, age: Array, weeks: float) -> Array:
    """Purchases expected in the next weeks, given the history (equation 10)."""
    from scipy.special import hyp2f1

    r, alpha, a, b = model
    reach = alpha + age + weeks
    shrunk = ((alpha + age) / reach) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1.0, weeks / reach)
    return np.asarray((a + b + x - 1.0) / (a - 1.0) * (1.0 - shrunk) * bg_nbd_alive(model, x, t_x, age))


def bg_nbd_nothing(model: BgNbd, x: Array, t_x: Array, age: Array, weeks: float) -> Array:
    """Probability of no purchase in the next weeks, given the history."""
    silent = ((model.alpha + age) / (model.alpha + age + weeks)) ** (model.r + x)
    return np.asarray(1.0 - bg_nbd_alive(model, x, t_x, age) * (1.0 - silent))


# --- Pareto/NBD ---


def _log_of_having_left(model: ParetoNbd, x: Array, t_x: Array, age: Array) -> Array:
    """Logarithm of the integral of s (alpha + u)^-(r + x) (beta + u)^-(s + 1) over u from t_x to T.

    The first factor falls steeply where x is large; it is taken into the variable of integration, so that what is left
    is smooth. (The closed form with two hypergeometric functions loses all digits there.)
    """
    r, alpha, s, beta = model
    points, weights = np.polynomial.legendre.leggauss(NODES)
    steep = r + x - 1.0
    steep = np.where(np.abs(steep) < TINY, TINY, steep)[:, None]
    start = (alpha + t_x)[:, None]
    end = -np.expm1(-steep * np.log((alpha + age)[:, None] / start)) / steep
    u = start * np.exp(-np.log1p(-steep * end * (points + 1.0) / 2.0) / steep) - alpha
    inside = ((beta + u) ** -(s + 1.0)) @ weights * end[:, 0] / 2.0
    return np.asarray(np.log(s) + np.log(np.maximum(inside, 1e-300)) + (1.0 - r - x) * np.log(alpha + t_x))


def _log_of_staying(model: ParetoNbd, x: Array, age: Array) -> Array:
    return np.asarray(-(model.r + x) * np.log(model.alpha + age) - model.s * np.log(model.beta + age))


def pareto_nbd_log_likelihood(model: ParetoNbd, x: Array, t_x: Array, age: Array) -> Array:
    """By customer."""
    from scipy.special import gammaln

    r, alpha, s, beta = model
    scale = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    either = np.logaddexp(_log_of_staying(model, x, age), _log_of_having_left(model, x, t_x, age))
    return np.asarray(scale + either)


def pareto_nbd_fit(x: Array, t_x: Array, age: Array) -> ParetoNbd:
    """Maximum likelihood."""
    start = (np.log(0.5), np.log(_middle(age) / 4.0), np.log(0.6), np.log(_middle(age) / 4.0))
    return ParetoNbd(
        *_most_likely(lambda p, *seen: pareto_nbd_log_likelihood(ParetoNbd(*p), *seen), start, (x, t_x, age))
    )


def pareto_nbd_alive(model: ParetoNbd, x: Array, t_x: Array, age: Array) -> Array:
    """Probability that a customer is still alive."""
    log_odds = _log_of_staying(model, x, age) - _log_of_having_left(model, x, t_x, age)
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(-log_odds, -700.0, 700.0))))


def pareto_nbd_expected(model: ParetoNbd, weeks: ArrayLike) -> Array:
    """Repeat purchases expected of a new customer in so many weeks."""
    r, alpha, s, beta = model
    t = np.asarray(weeks, float)
    return np.asarray(r / alpha * _time_alive(s, beta, t))


def _time_alive(s: float, beta: Any, weeks: Any) -> Any:
    """Expected weeks alive of the next `weeks`, for a rate of death Gamma(s, beta)."""
    if abs(s - 1.0) < TINY:
        return beta * np.log1p(weeks / beta)
    return beta / (s - 1.0) * -np.expm1((s - 1.0) * np.log(beta / (beta + weeks)))


def pareto_nbd_zero_probability(model: ParetoNbd, weeks: ArrayLike) -> Array:
    """Probability that a new customer buys nothing again in so many weeks."""
    t = np.atleast_1d(np.asarray(weeks, float))
    zero = np.zeros(1)
    return np.array([1.0 - _something(model, zero, zero, float(end))[0] for end in t]).reshape(np.shape(weeks))


def pareto_nbd_conditional(model: ParetoNbd, x: Array, t_x: Array, age: Array, weeks: float) -> Array:
    """Purchases expected in the next weeks, given the history."""
    rate = (model.r + x) / (model.alpha + age)
    alive = pareto_nbd_alive(model, x, t_x, age)
    return np.asarray(alive * rate * _time_alive(model.s, model.beta + age, weeks))


def pareto_nbd_nothing(model: ParetoNbd, x: Array, t_x: Array, age: Array, weeks: float) -> Array:
    """Probability of no purchase in the next weeks, given the history."""
    return np.asarray(1.0 - pareto_nbd_alive(model, x, t_x, age) * _something(model, x, age, weeks))


def _something(model: ParetoNbd, x: Array, age: Array, weeks: float) -> Array:
    """Probability that who is alive buys in the next weeks: the density of a first purchase, integrated."""
    points, weights = np.polynomial.legendre.leggauss(NODES)
    u = weeks * (points + 1.0) / 2.0
    shape, rate, life = (model.r + x)[:, None], (model.alpha + age)[:, None], (model.beta + age)[:, None]
    density = shape / (rate + u) * (rate / (rate + u)) ** shape * (life / (life + u)) ** model.s
    return np.asarray(density @ weights * weeks / 2.0)


# --- money ---


def gamma_gamma_log_likelihood(model: GammaGamma, x: Array, mean: Array) -> Array:
    """By customer, of the mean amount of `x` purchases (x and mean above 0)."""
    from scipy.special import betaln

    p, q, gamma = model
    return np.asarray(
        -betaln(p * x, q)
        + q * np.log(gamma)
        + (p * x - 1.0) * np.log(mean)
        + p * x * np.log(x)
        - (p * x + q) * np.log(gamma + mean * x)
    )


def gamma_gamma_fit(x: Array, mean: Array) -> GammaGamma:
    """Maximum likelihood on the customers with an amount above 0."""
    known = (x > 0) & (mean > 0)
    paid = mean[known].astype(float)
    start = (np.log(4.0), np.log(3.0), np.log(max(float(paid.mean()), 1e-6)))
    return GammaGamma(
        *_most_likely(lambda p, *seen: gamma_gamma_log_likelihood(GammaGamma(*p), *seen), start, (x[known], paid))
    )


def gamma_gamma_expected(model: GammaGamma, x: Array, mean: Array) -> Array:
    """Mean amount of a customer's purchases to come: their own mean drawn to everybody's."""
    p, q, gamma = model
    return np.asarray(p * (gamma + x * mean) / (p * x + q - 1.0))


# --- naive ones ---


def own_rate(x: Array, age: Array, weeks: float) -> Array:
    """Everybody goes on at their own rate."""
    return np.asarray(np.where(age > 0, x * weeks / np.maximum(age, 1e-9), 0.0))


def same_again(x: Array) -> Array:
    """Everybody repeats the number of the past."""
    return np.asarray(x, float)


def hiatus_rule(x: Array, t_x: Array, age: Array, weeks: float, silence: float = HIATUS_WEEKS) -> Array:
    """Own rate for who bought lately, nothing for who did not for so many weeks."""
    return np.asarray(np.where(age - t_x <= silence, own_rate(x, age, weeks), 0.0))


def nbd_fit(x: Array, exposure: Array) -> Nbd:
    """Maximum likelihood of counts in weeks of exposure."""
    start = (0.0, np.log(max(float(x.sum()), 0.5) / max(float(exposure.sum()), 1e-9)))
    return Nbd(*_most_likely(lambda p, *seen: _nbd_log_likelihood(Nbd(*p), *seen), start, (x, exposure)))


def _nbd_log_likelihood(model: Nbd, x: Array, exposure: Array) -> Array:
    from scipy.special import gammaln

    k, mean = model
    scale = k / mean
    log_share = x * np.log(np.maximum(exposure, 1e-12) / (scale + exposure)) + k * np.log(scale / (scale + exposure))
    return np.asarray(gammaln(k + x) - gammaln(k) + log_share)


def nbd_shrinkage(model: Nbd, x: Array, exposure: Array, weeks: float) -> Array:
    """Purchases expected in the next weeks if nobody drops out: (k + x) / (k / m + exposure) a week."""
    return np.asarray((model.shape + x) / (model.shape / model.mean + exposure) * weeks)


# --- the search ---


def _most_likely(
    log_likelihood: Callable[..., Array], start: tuple[float, ...], columns: tuple[Array, ...]
) -> tuple[float, ...]:
    """The positive parameters, searched for in logarithms, that make the columns likeliest.

    `log_likelihood` takes the parameters and the columns. Equal customers are reckoned once.
    """
    from scipy.optimize import minimize

    rows, copies = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    distinct = tuple(np.ascontiguousarray(column) for column in rows.T)

    def badness(point: Array) -> float:
        value = -float(copies @ log_likelihood(tuple(np.exp(point)), *distinct)) / copies.sum()
        return value if np.isfinite(value) else 1e10

    bounds = [(-WIDE, WIDE)] * len(start)
    options: Any = {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500}
    found = minimize(badness, np.array(start, float), method="L-BFGS-B", bounds=bounds, options=options)
    return tuple(float(value) for value in np.exp(found.x))


def _middle(age: Array) -> float:
    return max(float(np.median(age)), 1.0)
