"""Where the layers are kept: Delta tables below a folder or a container for each layer."""

from pyspark.sql.types import DateType, NumericType, TimestampType

from . import slim, staging, storage

REFINED = {
    "files": "file",
    "refined": "event_id",
    "quarantine": "place",
    # Of whom nothing is to be known: keyed digests, and since when that is done.
    "forgotten": "digest",
}
# What the model says; and above what, and by a model of when.
SCORED = ("person_score", "score_cut_off")
LAYERS = {
    **dict.fromkeys(REFINED, "bronze"),
    **dict.fromkeys(staging.TABLES, "silver"),
    **dict.fromkeys((*slim.TABLES, *SCORED), "gold"),
}


class Tables:
    def __init__(self, spark, where):
        """`where` has `{layer}` in it: `abfss://{layer}@account.dfs.core.windows.net`."""
        self.spark, self.where = spark, where

    def path(self, name):
        return f"{self.where.format(layer=LAYERS[name])}/{name}"

    def read(self, name):
        return self.spark.read.format("delta").load(self.path(name))

    def exists(self, name):
        return storage.exists(self.spark, f"{self.path(name)}/_delta_log")

    def add(self, name, rows):
        """Adds the rows whose key is not there yet: the same rows again change nothing. No two of
        them have the same key.
        """
        key, path = REFINED[name], self.path(name)
        spark = rows.sparkSession
        # An empty table first, so that the first rows come as all others do.
        self._writer(rows.limit(0)).mode("ignore").save(path)
        rows.createOrReplaceTempView(f"new_{name}")
        spark.sql(
            f"merge into delta.`{path}` kept using new_{name} new on kept.{key} = new.{key} "
            "when not matched then insert *"
        )

    def replace(self, name, rows):
        writer = self._writer(rows).mode("overwrite").option("overwriteSchema", "true")
        writer.save(self.path(name))

    def quieten(self, name):
        """So that the log can be cut at the next version, also of a table from when statistics of
        texts were kept: what a table has of these is as it was made.
        """
        settings = self._statistics(self.read(name)) | {"delta.checkpointInterval": "1"}
        told = ", ".join(f"'{setting}' = '{value}'" for setting, value in settings.items())
        self.spark.sql(f"alter table delta.`{self.path(name)}` set tblproperties ({told})")

    def drop_versions(self, name):
        """Deletes the data of what was there before, at once, and what its log said of it: nobody
        else writes meanwhile. As `vacuum` with no retention, which takes half a minute for each
        table, however small, and leaves the log.
        """
        path = self.path(name)
        kept = {path.rsplit("/", 1)[1] for path in self.read(name).inputFiles()}
        storage.delete_others(self.spark, path, ".parquet", "_delta_log", kept)
        storage.cut_log(self.spark, f"{path}/_delta_log")

    @staticmethod
    def _statistics(rows):
        """The least and greatest value of a column stand in a table's log, which outlives its
        files: so not of texts, among which are people.
        """
        plain = [field.name for field in rows.schema
                 if isinstance(field.dataType, NumericType | DateType | TimestampType)]
        return {"delta.dataSkippingStatsColumns": ",".join(plain)}

    def _writer(self, rows):
        return rows.write.format("delta").options(**self._statistics(rows))
