"""Log likelihood of people who belong to one of a few classes, its scores and its information, all in closed form.

Person i of class c chooses in each task t with logit probabilities; which class is not seen::

    l_i = log sum_c pi_c prod_t P_t(b_c)             pi = softmax(0, gamma_2, ..., gamma_C)

theta is (b_1, ..., b_C, gamma_2, ..., gamma_C). The information is that of the complete data less what is missing
(Louis 1982): with h_ic the posterior and sigma_ic the score were i known to be of c, ``E_h[-H_ic] - Var_h(sigma_ic)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.logit.tasks import Array, Codes, Tasks

__all__ = ["At", "Mixture", "Prior", "packed", "unpacked"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Information worth a few tasks that draws each class to common tastes, and the classes to equal shares.

    Attributes
    ----------
    worth
        Tasks; zero is maximum likelihood.
    center
        Shape (K,).
    unit
        Information of one task, shape (K, K).
    """

    worth: float
    center: Array
    unit: Array

    def value(self, B: Array, log_share: Array) -> float:
        """Return the logarithm of the prior density, up to a constant."""
        if not self.worth:
            return 0.0
        away = B - self.center
        return self.worth * float(log_share.mean() - 0.5 * np.einsum("ck,kl,cl->", away, self.unit, away))


@dataclass(frozen=True, slots=True, eq=False)
class At:
    """The likelihood at some theta.

    Attributes
    ----------
    loglik
        Of each person, shape (N,).
    value
        Weighted log likelihood, with the prior.
    posterior
        Shape (C, N).
    P
        Logit probabilities of the alternatives not chosen, by class, shape (C, J, T).
    """

    B: Array
    log_share: Array
    loglik: Array
    value: float
    posterior: Array
    P: Array


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Tasks, laid out for repeated evaluation.

    Attributes
    ----------
    D
        Alternatives less the chosen one, shape (J, T, K), J the most that a task has; rows that a task has not are zero.
    absent
        Those rows, shape (J, T); None where all tasks are alike.
    task
        Offsets of the people's tasks, shape (N + 1,).
    weight
        Shape (N,).
    """

    D: Array
    absent: Mask | None
    task: Codes
    weight: Array

    @classmethod
    def of(cls, tasks: Tasks, unit: Array) -> Mixture:
        """Lay tasks out, each column divided by its unit, shape (K,)."""
        rows, offset = tasks.differences()
        length = np.diff(offset)
        of_task = np.repeat(np.arange(tasks.T), length)
        place = np.arange(len(rows)) - offset[:-1][of_task]
        D = np.zeros((int(length.max()), tasks.T, tasks.K))
        D[place, of_task] = rows / unit
        absent = np.arange(len(D))[:, None] >= length
        return cls(D, absent if absent.any() else None, tasks.task, tasks.weight)

    @property
    def K(self) -> int:
        """Columns."""
        return int(self.D.shape[2])

    def people(self, x: Array) -> Array:
        """Sum what tasks have over each person's tasks, along the second axis."""
        return np.asarray(np.add.reduceat(x, self.task[:-1], axis=1))

    def choices(self, B: Array) -> tuple[Array, Array]:
        """Return the log probability of each person's choices by class, (C, N), and probabilities P, (C, J, T)."""
        J, T, K = self.D.shape
        U = (B @ self.D.reshape(J * T, K).T).reshape(len(B), J, T)
        if self.absent is not None:
            U[:, self.absent] = -np.inf
        top = np.maximum(U.max(axis=1), 0.0)
        E = np.exp(U - top[:, None])
        total = np.exp(-top) + E.sum(axis=1)
        return -self.people(top + np.log(total)), E / total[:, None]

    def at(self, B: Array, log_share: Array, prior: Prior) -> At:
        """Evaluate the log likelihood and the posterior of the classes."""
        by_class, P = self.choices(B)
        joint = by_class + log_share[:, None]
        top = joint.max(axis=0)
        loglik = top + np.log(np.exp(joint - top).sum(axis=0))
        value = float(self.weight @ loglik) + prior.value(B, log_share)
        return At(B, log_share, loglik, value, np.exp(joint - loglik), P)

    def scores(self, P: Array) -> tuple[Array, Array]:
        """Return the score of each task, (C, T, K), and of each person, (C, N, K), as if the class were known."""
        G = np.zeros((len(P), *self.D.shape[1:]))
        for g, p in zip(G, P, strict=True):
            for p_j, D_j in zip(p, self.D, strict=True):
                g -= p_j[:, None] * D_j
        return G, self.people(G)

    def informations(self, at: At, G: Array) -> Array:
        """Return the information of each class, were posteriors known memberships, shape (C, K, K)."""
        J, T, K = self.D.shape
        D = self.D.reshape(J * T, K)
        root = np.repeat(np.sqrt(self.weight * at.posterior), np.diff(self.task), axis=1)
        M = np.empty((len(G), K, K))
        for c, g in enumerate(G):
            rows = D * (root[c] * np.sqrt(at.P[c])).reshape(-1, 1)
            own = g * root[c][:, None]
            M[c] = rows.T @ rows - own.T @ own
        return M

    def derivatives(self, at: At, prior: Prior) -> tuple[Array, Array]:
        """Return the weighted score of each person, (N, P), and minus the Hessian with the prior, (P, P)."""
        C, K, h, share = len(at.B), self.K, at.posterior, np.exp(at.log_share)
        G, S = self.scores(at.P)
        own = np.concatenate([*(h[c][:, None] * S[c] for c in range(C)), (h[1:] - share[1:, None]).T], axis=1)
        W = self.weight
        info = own.T @ (W[:, None] * own)
        for c, M in enumerate(self.informations(at, G)):
            block = slice(c * K, (c + 1) * K)
            of_class = (W * h[c]) @ S[c]
            info[block, block] += M - S[c].T @ ((W * h[c])[:, None] * S[c])
            cross = np.outer(of_class, (np.arange(1, C) == c) - share[1:])
            info[block, C * K :] -= cross
            info[C * K :, block] -= cross.T
        mass, rest = h[1:] @ W, share[1:]
        spread = W.sum() * (np.diag(rest) - 2.0 * np.outer(rest, rest)) - np.diag(mass)
        info[C * K :, C * K :] += spread + np.outer(mass, rest) + np.outer(rest, mass)
        if prior.worth:
            info[: C * K, : C * K] += prior.worth * np.kron(np.eye(C), prior.unit)
            info[C * K :, C * K :] += prior.worth * (np.diag(rest) - np.outer(rest, rest))
        return own * W[:, None], 0.5 * (info + info.T)

    def gradient(self, at: At, scores: Array, prior: Prior) -> Array:
        """Return the slope of `At.value`, shape (P,)."""
        total = scores.sum(axis=0)
        if prior.worth:
            C, share = len(at.B), np.exp(at.log_share)
            pull = np.concatenate([((prior.center - at.B) @ prior.unit).ravel(), 1.0 / C - share[1:]])
            total = total + prior.worth * pull
        return np.asarray(total)


def packed(B: Array, log_share: Array) -> Array:
    """Return theta, shape (C K + C - 1,)."""
    return np.concatenate([B.ravel(), log_share[1:] - log_share[0]])


def unpacked(theta: Array, classes: int) -> tuple[Array, Array]:
    """Return tastes (C, K) and log shares (C,)."""
    K = (len(theta) - classes + 1) // classes
    gamma = np.concatenate([[0.0], theta[classes * K :]])
    top = gamma.max()
    return theta[: classes * K].reshape(classes, K), gamma - top - np.log(np.exp(gamma - top).sum())
