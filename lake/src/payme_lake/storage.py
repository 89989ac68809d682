"""Files of the lake, wherever they are: on a disk as in a storage account, by Hadoop's file system.

A file is replaced by way of one beside it, so that it is there as a whole whenever one stops:
`recover` goes on from there.
"""

import re

VERSION = re.compile(r"(?<=/)\d{20}(?=\.[^/]+$)")
# Not `.avro`: nobody reads it as a captured file.
ASIDE = ".forgetting"


def _place(spark, path):
    path = spark._jvm.org.apache.hadoop.fs.Path(path)
    files = path.getFileSystem(spark._jsc.hadoopConfiguration())
    files.setWriteChecksum(False)  # of a disk only, where it would leave a file beside each
    return files, path


def exists(spark, path):
    files, path = _place(spark, path)
    return files.exists(path)


def _move(spark, aside, path):
    files, to = _place(spark, path)
    if not files.rename(_place(spark, aside)[1], to):
        raise OSError(f"{aside} could not be renamed")


def replace(spark, path, content):
    files, aside = _place(spark, path + ASIDE)
    stream = files.create(aside, True)
    stream.write(bytearray(content))
    stream.close()
    files.delete(_place(spark, path)[1], False)
    _move(spark, path + ASIDE, path)


def _names(spark, folder, ending):
    files, place = _place(spark, folder)
    found, names = files.listFiles(place, True), []
    while found.hasNext():
        names.append(found.next().getPath().toString())
    return files, [name for name in names if name.endswith(ending)]


def delete_others(spark, folder, ending, spared, kept):
    """Deletes the files of that ending which `kept` does not name, but those in folder `spared`."""
    files, paths = _names(spark, folder, ending)
    for path in paths:
        if f"/{spared}/" not in path and path.rsplit("/", 1)[1] not in kept:
            files.delete(_place(spark, path)[1], False)


def cut_log(spark, folder):
    """Deletes what a log of Delta has from before its last checkpoint, which says all of it."""
    files, paths = _names(spark, folder, "")
    found = [(match[0], path) for path in paths if (match := VERSION.search(path))]
    last = max((version for version, path in found if ".checkpoint." in path), default="")
    for version, path in found:
        if version < last:
            files.delete(_place(spark, path)[1], False)


def recover(spark, folder):
    """Ends each replacement that was stopped: what is beside a file is whole if that is gone."""
    files, asides = _names(spark, folder, ASIDE)
    for aside in asides:
        path = aside.removesuffix(ASIDE)
        if exists(spark, path):
            files.delete(_place(spark, aside)[1], False)
        else:
            _move(spark, aside, path)
