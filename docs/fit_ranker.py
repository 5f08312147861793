#!/usr/bin/env python3
"""Fits the weights of bot/src/answering/ranker.rs and confidence.rs. Needs numpy, scipy and scikit-learn.

usage: fit_ranker.py QUESTIONS.jsonl EXPLAINED.jsonl [--also QUESTIONS.jsonl EXPLAINED.jsonl WEIGHT]...

EXPLAINED.jsonl is what `bot ask --batch QUESTIONS.jsonl --explain` writes; QUESTIONS.jsonl has `relevant` (codes or ids).
The ranker is a conditional logit over each question's candidates. The confidence is a logistic model of "the first
candidate is relevant" on candidates ranked by the weights of the other folds; each question counts once more without its
relevant candidates, as one about something that is not known. `--also` adds cases for the confidence only, for example
the same questions over the guides without the catalogue, or prompts out of scope.
"""
import json, sys
import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

OF_CONFIDENCE = ["dense", "in_names", "in_text", "of_name", "one_name", "pairs"]
LARGEST_LEAD, UNKNOWN, FOLDS = 6.0, 0.35, 5


def read(questions, explained):
    """One (features, is relevant) a question that was searched, and the features' names."""
    relevant = {row["id"]: set(row["relevant"]) for row in map(json.loads, open(questions, encoding="utf-8"))}
    cases, names = [], []
    for row in map(json.loads, open(explained, encoding="utf-8")):
        found = row["explained"]
        if not found or found["chosen"] or not found["candidates"]:
            continue
        names = names or list(found["candidates"][0]["features"])
        ids = [{c["id"], *c["codes"][:4], *c["alike"]} for c in found["candidates"]]
        features = np.array([[c["features"][name] for name in names] for c in found["candidates"]])
        cases.append((features, np.array([bool(relevant[row["id"]] & of) for of in ids])))
    return cases, names


def fit_ranker(cases, l2=1.0):
    cases = [case for case in cases if case[1].any()]
    scale = np.vstack([features for features, _ in cases]).std(0) + 1e-9

    def loss(weights):
        total, slope = l2 * weights @ weights, 2 * l2 * weights
        for features, is_relevant in cases:
            scores = features / scale @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            relevant = share * is_relevant
            total -= np.log(relevant.sum() + 1e-12)
            slope -= (features / scale).T @ (relevant / relevant.sum() - share)
        return total, slope

    return minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale


def first(features, weights, at):
    """The place of the first candidate and what the confidence reads of it."""
    scores = features @ weights
    order = np.argsort(-scores, kind="stable")
    lead = scores[order[0]] - scores[order[1]] if len(order) > 1 else LARGEST_LEAD
    return order[0], np.concatenate([[min(lead, LARGEST_LEAD)], features[order[0], at]])


def confidence_rows(cases, weights, at, with_unknown):
    for features, is_relevant in cases:
        best, row = first(features, weights, at)
        yield row, is_relevant[best], 1.0
        if with_unknown and is_relevant.any() and (~is_relevant).sum() > 3:
            yield first(features[~is_relevant], weights, at)[1], False, UNKNOWN


def main(arguments):
    cases, names = read(*arguments[:2])
    weights, at = fit_ranker(cases), [names.index(name) for name in OF_CONFIDENCE]
    order = np.random.RandomState(1).permutation(len(cases))
    rows, right = [], 0
    for fold in range(FOLDS):
        kept = fit_ranker([cases[i] for place, i in enumerate(order) if place % FOLDS != fold])
        held = [cases[i] for i in order[fold::FOLDS]]
        rows += confidence_rows(held, kept, at, True)
        right += sum(bool(is_relevant[first(features, kept, at)[0]]) for features, is_relevant in held)
    print(f"cross-validated: the first is right for {right} of {len(cases)}")
    for at_argument in range(2, len(arguments), 4):
        more, _ = read(*arguments[at_argument + 1 : at_argument + 3])
        weight = float(arguments[at_argument + 3])
        rows += [(row, is_right, weight * share) for row, is_right, share in confidence_rows(more, weights, at, False)]
    values, is_right, share = map(np.array, zip(*rows))
    mean, scale = values.mean(0), values.std(0) + 1e-9
    model = LogisticRegression(C=1.0).fit((values - mean) / scale, is_right, sample_weight=share)
    slopes = model.coef_[0] / scale
    print("ranker", dict(zip(names, weights.round(2).tolist())))
    print("confidence", dict(zip(["lead", *OF_CONFIDENCE], slopes.round(3).tolist())), "bias", round(float(model.intercept_[0] - slopes @ mean), 2))


if __name__ == "__main__":
    main(sys.argv[1:])
