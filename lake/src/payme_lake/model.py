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

# Learnt from; chosen by, features and trees as the cut-off; and looked at once all was chosen.
TRAINING_SEEDS, VALIDATION_SEEDS, HELD_OUT_SEEDS = range(11, 17), range(21, 25), range(41, 45)
SEEDS = (*TRAINING_SEEDS, *VALIDATION_SEEDS, *HELD_OUT_SEEDS)
# Of the days of validation, as many are above the cut-off: known before any other day is.
ALERTS = 0.01
SHUFFLES = 3
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


def boosted():
    return GBTClassifier(maxDepth=4, maxIter=30, stepSize=0.2, seed=SEED)


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


def cut_off(found):
    """The score that `ALERTS` of the days are above."""
    return numpy.quantile(found, 1 - ALERTS)


def judgement(days, found, cut):
    """AUC, how many days are above the cut-off, what these have of the rings and how many of them
    are of one; and the first of it for each shape.
    """
    labels, alerted = days["label"].to_numpy(), found > cut
    hits = labels[alerted].sum()
    told = {"AUC": auc(labels, found), "alerts": alerted.mean(), "recall": hits / labels.sum(),
            "precision": hits / max(alerted.sum(), 1)}
    by_ring = days.assign(alerted=alerted).groupby("ring")["alerted"].agg(["mean", "size"])
    return told | {f"{ring}, n={row['size']:.0f}": row["mean"] for ring, row in by_ring.iterrows()}


def judged(spark, parts, classifier):
    taught, known, held_out = parts
    trained = train(spark, taught, classifier)
    cut = cut_off(scored(spark, trained, known))
    return judgement(held_out, scored(spark, trained, held_out), cut)


def shuffled(days, seed):
    """The same days, with the labels of others."""
    order = numpy.random.default_rng(seed).permutation(len(days))
    return days.assign(**{name: days[name].to_numpy()[order] for name in ("label", "ring")})


def control(spark, days, classifier):
    """The judgement of what was taught others' labels, by others' labels: the mean of several. A
    score that knows more than chance has a label among what it sees, or a day on both sides.
    """
    found = [judged(spark, parted(shuffled(days, SEED + number)), classifier)
             for number in range(SHUFFLES)]
    names = ("AUC", "alerts", "recall", "precision")
    return {name: numpy.mean([one[name] for one in found]) for name in names}


def alone(known, held_out, name):
    """The judgement of one feature in place of a score."""
    return judgement(held_out, held_out[name].to_numpy(), cut_off(known[name].to_numpy()))


def learn(spark):
    """What was taught by all towns that may be learnt from, and its cut-off."""
    days = days_of_towns(spark, (*TRAINING_SEEDS, *VALIDATION_SEEDS))
    taught, known, _ = parted(days)
    trained = train(spark, taught, boosted())
    return trained, float(cut_off(scored(spark, trained, known)))


def card(spark):
    """What is told of the model: of each measure, that of the baseline, of the model, of the best
    feature alone, and of the model that was taught others' labels; and of each feature how far
    held-out towns are from training.
    """
    days = days_of_towns(spark, SEEDS)
    taught, known, held_out = parts = parted(days)
    best = max(FEATURES, key=lambda name: alone(known, known, name)["recall"])
    found = [judged(spark, parts, classifier) for classifier in (baseline(), boosted())]
    found += [alone(known, held_out, best), control(spark, days, boosted())]
    told = {"": ("baseline", "model", best, "shuffled")}
    for name in found[1]:
        told[name] = [f"{one[name]:.3f}" if name in one else "" for one in found]
    told["days, and of rings"] = (len(held_out), int(held_out["label"].sum()))
    return told | {f"PSI {name}": (f"{psi:.4f}",) for name, psi in drift(taught, held_out).items()}


def parted(days):
    """Those of the towns to learn from, of those to choose by, and of those to be judged by."""
    return [days[days["seed"].isin(seeds)].reset_index(drop=True)
            for seeds in (TRAINING_SEEDS, VALIDATION_SEEDS, HELD_OUT_SEEDS)]


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
