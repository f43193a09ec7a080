"""What requirements leave to environment variables: a server's key, and a URL with a secret."""

import os

from weighin.errors import RequirementsError, UsageError
from weighin.harness.served.address import Address, open_address, secret_address
from weighin.log import keep_out
from weighin.requirements.model import Endpoint, Requirements


def address_of(requirements: Requirements, endpoint: Endpoint) -> Address:
    """Where the model is served; no message ever shows the value of a variable.

    Raises:
        UsageError: The variable is not set, or holds no URL.
    """
    name = endpoint.url_env
    if name is None:
        if endpoint.url is None:
            raise RequirementsError(
                f"{requirements.source}: model.endpoint: expected url or url_env, found neither"
            )
        return open_address(endpoint.url)
    where = _where(requirements, "url_env")
    url = _value(where, name, what="URL", otherwise="write url if all of it may be told")
    address = secret_address(url, name, served_model=endpoint.served_model)
    if address is None:
        raise UsageError(
            f"{where}: expected a URL such as https://host:8000/secret/v1/completions, in "
            "printable ASCII without a user, password or fragment, in the environment variable "
            f"{name}, found something else; set it again, without a line break, and name the "
            "variable that holds a key in api_key_env"
        )
    return address


def api_key(requirements: Requirements, endpoint: Endpoint) -> str | None:
    """The key; no message ever shows it, and neither does it leave the subject but in a header.

    Raises:
        UsageError: The variable is not set, or what it holds cannot be sent.
    """
    name = endpoint.api_key_env
    if name is None:
        return None
    where = _where(requirements, "api_key_env")
    otherwise = "remove api_key_env for a server without keys"
    key = _value(where, name, what="key", otherwise=otherwise)
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UsageError(
            f"{where}: expected a key of printable ASCII without spaces in the environment "
            f"variable {name}, found other characters; set it again, without a line break"
        )
    return key


def _where(requirements: Requirements, field: str) -> str:
    return f"{requirements.required_at(f'model.endpoint.{field}')}: model.endpoint.{field}"


def _value(where: str, name: str, *, what: str, otherwise: str) -> str:
    value = os.environ.get(name)
    if not value:
        found = "it is not set" if value is None else "it is empty"
        raise UsageError(
            f"{where}: expected the {what} in the environment variable {name}, found that {found}; "
            f"set it (export {name}=...), or {otherwise}"
        )
    keep_out(value)
    return value
