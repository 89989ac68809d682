"""Does a person's day look as if deceived people's money ran through their wallet? Trained on towns
of made-up rings, judged on others; a simple model beside it says what the better one is worth.
"""

from datetime import timedelta

import numpy
import pandas
from pyspark.ml import Pipeline
from pyspark.ml.classification import GBTClassifier, LogisticRegression
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import functions as F

from .features import FEATURES, person_days
from .rings import PAST, START, TRANSFERS, Town

TRAINING_SEEDS, HELD_OUT_SEEDS = (11, 12, 13), (21, 22)
# Of all days, as many as reviewers are asked to look at.
ALERTS = 0.01
SEED = 20261129


def days_of_towns(spark, seeds):
    """Features of each person and day, `label` 1 if that is of a ring, and the town's seed."""
    towns = {seed: Town(seed) for seed in seeds}
    transfers = [(*row, seed) for seed, town in towns.items() for row in town.transfers]
    first = (START + timedelta(days=PAST + 1)).date()
    people = {person: seed for seed, town in towns.items() for person in town.people}
    rings = {place: reason for town in towns.values() for place, reason in town.rings.items()}
    frame = pandas.DataFrame(transfers, columns=[*names_of(TRANSFERS), "seed"]).drop(columns="seed")
    rows = person_days(spark.createDataFrame(frame, TRANSFERS)).where(F.col("day") >= first)
    days = rows.toPandas().sort_values(["person_id", "day"], ignore_index=True)
    days["ring"] = [rings.get(place) for place in zip(days["person_id"], days["day"])]
    days["label"] = days["ring"].notna().astype(float)
    days["seed"] = days["person_id"].map(people)
    return days


def names_of(ddl):
    return [field.split()[0] for field in ddl.split(",")]


def baseline():
    return LogisticRegression(regParam=0.01, maxIter=30)


def boosted(trees=12):
    return GBTClassifier(maxDepth=4, maxIter=trees, stepSize=0.3, seed=SEED)


def train(spark, days, classifier):
    vector = VectorAssembler(inputCols=list(FEATURES), outputCol="features")
    rows = spark.createDataFrame(days[[*FEATURES, "label"]]).coalesce(1).cache()
    return Pipeline(stages=[vector, classifier]).fit(rows)


def scores(model, rows):
    """The rows, each with `score`: from 0 to 1, how much it looks so."""
    scored = model.transform(rows).withColumn("score", vector_to_array("probability")[1])
    return scored.drop("features", "rawPrediction", "probability", "prediction")


def scored(spark, model, days):
    rows = spark.createDataFrame(days[["person_id", "day", *FEATURES]]).coalesce(1)
    found = scores(model, rows).select("person_id", "day", "score").toPandas()
    return days.merge(found, on=["person_id", "day"])["score"].to_numpy()


def auc(labels, found):
    """How often a day of a ring has more than one of none; half, if both have the same."""
    ranks = pandas.Series(found).rank().to_numpy()
    of_rings = labels == 1
    many, others = of_rings.sum(), (~of_rings).sum()
    return (ranks[of_rings].sum() - many * (many + 1) / 2) / (many * others)


def judgement(days, found):
    """AUC, and what the highest `ALERTS` of all have of the rings, and how many of them are."""
    labels = days["label"].to_numpy()
    alerts = numpy.argsort(-found, kind="stable")[: int(len(found) * ALERTS)]
    hits = labels[alerts].sum()
    told = {"auc": auc(labels, found), "recall": hits / labels.sum(),
            "precision": hits / len(alerts)}
    alerted = numpy.zeros(len(found), dtype=bool)
    alerted[alerts] = True
    by_ring = days.assign(alerted=alerted).groupby("ring")["alerted"].mean()
    return told | {f"recall of {ring}": part for ring, part in by_ring.items()}


def shuffled(days):
    """The same days, with the labels of others."""
    order = numpy.random.default_rng(SEED).permutation(len(days))
    return days.assign(label=days["label"].to_numpy()[order])


def card(spark):
    """What is told of the model: of each measure, that of the baseline, the model, and the model
    that was taught others' labels; and of each feature how far held-out towns are from training.
    """
    days = days_of_towns(spark, TRAINING_SEEDS + HELD_OUT_SEEDS)
    mixed = shuffled(days)
    found = []
    for known, classifier in ((days, baseline()), (days, boosted()), (mixed, boosted(5))):
        taught, held_out = parted(known)
        found.append(judgement(held_out, scored(spark, train(spark, taught, classifier), held_out)))
    taught, held_out = parted(days)
    told = {"": ("baseline", "model", "shuffled")}
    for name in found[1]:
        told[name] = [f"{one[name]:.3f}" for one in found]
    told["days, and of rings"] = (len(held_out), int(held_out["label"].sum()))
    told |= {f"PSI {name}": (f"{psi:.4f}",) for name, psi in drift(taught, held_out).items()}
    return told


def parted(days):
    """Those of the towns to learn from, and those to be judged by."""
    return (days[days["seed"].isin(TRAINING_SEEDS)].reset_index(drop=True),
            days[days["seed"].isin(HELD_OUT_SEEDS)].reset_index(drop=True))


def drift(training, days, parts=10):
    """PSI of each feature against training: below 0.1 the same, above 0.25 another population."""
    told = {}
    for name in FEATURES:
        cuts = numpy.unique(numpy.quantile(training[name], numpy.linspace(0, 1, parts + 1)[1:-1]))
        shares = []
        for values in (training[name], days[name]):
            found = numpy.bincount(numpy.searchsorted(cuts, values, "left"),
                                   minlength=len(cuts) + 1)
            shares.append(numpy.maximum(found / len(values), 1e-4))
        told[name] = float(((shares[1] - shares[0]) * numpy.log(shares[1] / shares[0])).sum())
    return told
