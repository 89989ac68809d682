"""The token that stands for a person: keyed, so that an id alone does not give it.

The key is a secret of the workspace (`LAKE_PERSON_KEY`). Whoever has it can compute a token again.
"""

import hashlib
import hmac

import pandas
from pyspark.sql.functions import pandas_udf

PERSON = "usr_"


def token_of(account, key):
    """The token of a person's id; any other id as it is."""
    if account is None or not account.startswith(PERSON):
        return account
    return "psn_" + hmac.new(key, account.encode(), hashlib.sha256).hexdigest()[:32]


def tokens(key):
    """The same for a column. In Python, not in SQL: a plan shows its literals, and so the key."""

    @pandas_udf("string")
    def token(accounts: pandas.Series) -> pandas.Series:
        return accounts.map(lambda account: token_of(account, key))

    return token
