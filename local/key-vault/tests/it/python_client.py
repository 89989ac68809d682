"""The official Python SDK, as it comes from PyPI, against a vault, with the token of a local identity."""

import sys

from azure.core.exceptions import ClientAuthenticationError, ResourceNotFoundError
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient

url, trust = sys.argv[1:]
secrets = SecretClient(url, ManagedIdentityCredential(), verify_challenge_resource=False, connection_verify=trust)

made = secrets.set_secret("of-python", "first").properties.version
secrets.set_secret("of-python", "second")
assert secrets.get_secret("of-python").value == "second"
assert secrets.get_secret("of-python", made).value == "first"
assert {secret.name for secret in secrets.list_properties_of_secrets()} >= {"index-key", "of-python"}
try:
    secrets.get_secret("absent")
    raise AssertionError("a secret that is not there was found")
except ResourceNotFoundError:
    pass


class Stranger:
    def get_token(self, *_scopes, **_options):
        return ManagedIdentityCredential().get_token("https://storage.azure.com/.default")


try:
    SecretClient(url, Stranger(), verify_challenge_resource=False, connection_verify=trust).get_secret("of-python")
    raise AssertionError("a token for something else was taken")
except ClientAuthenticationError:
    pass
