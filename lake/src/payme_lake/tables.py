"""Where the layers are kept: Delta tables below a folder or a container for each layer."""

from . import slim, staging

REFINED = {"files": "file", "refined": "event_id", "quarantine": "place"}
LAYERS = {
    **dict.fromkeys(REFINED, "bronze"),
    **dict.fromkeys(staging.TABLES, "silver"),
    **dict.fromkeys(slim.TABLES, "gold"),
}


class Tables:
    def __init__(self, spark, where):
        """`where` has `{layer}` in it: `abfss://{layer}@account.dfs.core.windows.net`."""
        self.spark, self.where = spark, where

    def path(self, name):
        return f"{self.where.format(layer=LAYERS[name])}/{name}"

    def read(self, name):
        return self.spark.read.format("delta").load(self.path(name))

    def add(self, name, rows):
        """Adds the rows whose key is not there yet: the same rows again change nothing. No two of
        them have the same key.
        """
        key, path = REFINED[name], self.path(name)
        spark = rows.sparkSession
        # An empty table first, so that the first rows come as all others do.
        rows.limit(0).write.format("delta").mode("ignore").save(path)
        rows.createOrReplaceTempView(f"new_{name}")
        spark.sql(
            f"merge into delta.`{path}` kept using new_{name} new on kept.{key} = new.{key} "
            "when not matched then insert *"
        )

    def replace(self, name, rows):
        rows.write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(
            self.path(name)
        )
