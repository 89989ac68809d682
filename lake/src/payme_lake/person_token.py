"""A token in place of a person: keyed, so that an id alone does not give it.

The key is a secret of the workspace (`LAKE_PERSON_KEY`). Whoever has it can compute a token again.
"""

import hashlib
import hmac

import pandas
from pyspark.sql.functions import pandas_udf

PERSON = "usr_"
# All who were forgotten are one account: their money stays, and nothing says whose it was.
FORGOTTEN = "usr_forgotten"
FORGOTTEN_TOKEN = "psn_forgotten"


def _keyed(text, key):
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def token_of(account, key):
    """The token of a person's id; any other id as it is."""
    if account is None or not account.startswith(PERSON):
        return account
    return FORGOTTEN_TOKEN if account == FORGOTTEN else "psn_" + _keyed(account, key)


def digest_of(token, key):
    """What is kept of who was forgotten: neither id nor token, and it comes from both."""
    return _keyed("forgotten " + token, key)


def tokens(key):
    """The same for a column. In Python, not in SQL: a plan shows its literals, and so the key."""

    @pandas_udf("string")
    def token(accounts: pandas.Series) -> pandas.Series:
        return accounts.map(lambda account: token_of(account, key))

    return token
