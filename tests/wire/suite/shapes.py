"""Checks of raw answers against botocore's models: nothing outside the model, everything required,
and every value within its type, pattern, bounds and enumeration."""

import json
import re

# Errors any AWS service may answer with beside those of its model.
COMMON = {
    "AccessDeniedException",
    "DisabledApiException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RequestEntityTooLargeException",
    "SerializationException",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
}
# Members of every error body of the JSON protocols that no model lists.
ENVELOPE = {"__type", "message"}


# Errors that are the service's own fault, in models that have no HTTP status for them.
FAULTS = {"InternalServiceErrorException"}
# Where AWS itself answers outside its model, as its documentation's examples show: the type of a
# described entity carries a version.
OUTSIDE = {"DescribeEntity.EntityType"}


def check_answer(operation, http_response, parsed):
    request_id = http_response.headers.get("x-amzn-requestid")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", request_id or ""), request_id
    if operation.service_model.metadata["protocol"] == "query":
        return
    body = json.loads(http_response.content or b"{}")
    if http_response.status_code < 300:
        check(operation.output_shape, body, operation.name)
    else:
        check_error(operation, http_response, body, parsed)


def check_error(operation, http_response, body, parsed):
    code = parsed["Error"]["Code"]
    modeled = {shape.name: shape for shape in operation.error_shapes}
    shape = modeled.get(code)
    if shape is None:
        assert code in COMMON, f"{operation.name}: {code} is no error of the model"
        return
    status = shape.metadata.get("error", {}).get("httpStatusCode")
    status = status or (500 if shape.name in FAULTS else 400)
    assert http_response.status_code == status, (code, http_response.status_code, status)
    outside = set(body) - set(shape.members) - ENVELOPE
    assert not outside, f"{code} has {outside}, which the model does not know"
    known = {name: value for name, value in body.items() if name in shape.members}
    check(shape, known, code)


def check(shape, value, path):
    kind = {
        "structure": _structure,
        "list": _list,
        "map": _map,
        "string": _string,
        "timestamp": _number,
        "integer": _number,
        "long": _number,
        "double": _number,
        "boolean": _boolean,
    }[shape.type_name]
    kind(shape, value, path)


def _structure(shape, value, path):
    if getattr(shape, "is_document_type", False):
        return
    assert isinstance(value, dict), f"{path} is {value!r}"
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    outside = set(value) - set(names)
    assert not outside, f"{path} has {outside}, which the model does not know"
    missing = set(shape.required_members) - {names[name] for name in value}
    assert not missing, f"{path} lacks {missing}"
    if getattr(shape, "is_tagged_union", False):
        assert len(value) == 1, f"{path} is a union of {sorted(value)}"
    for name, member in value.items():
        check(shape.members[names[name]], member, f"{path}.{name}")


def _list(shape, value, path):
    assert isinstance(value, list), f"{path} is {value!r}"
    _bounds(shape, len(value), path)
    for position, item in enumerate(value):
        check(shape.member, item, f"{path}[{position}]")


def _map(shape, value, path):
    assert isinstance(value, dict), f"{path} is {value!r}"
    for key, item in value.items():
        check(shape.value, item, f"{path}.{key}")


def _string(shape, value, path):
    assert isinstance(value, str), f"{path} is {value!r}"
    _bounds(shape, len(value), path)
    if shape.enum:
        assert value in shape.enum, f"{path} is {value!r}, not one of {shape.enum}"
    pattern = shape.metadata.get("pattern")
    # One pattern of the catalog's model demands literal backslashes and fits no name at all.
    if pattern and path not in OUTSIDE and "\\\\\\\\S" not in json.dumps(pattern):
        assert re.fullmatch(pattern, value, re.DOTALL), f"{path} is {value!r}, not {pattern}"


def _number(shape, value, path):
    assert isinstance(value, int | float) and not isinstance(value, bool), f"{path} is {value!r}"
    if shape.type_name != "timestamp":
        _bounds(shape, value, path)


def _boolean(_, value, path):
    assert isinstance(value, bool), f"{path} is {value!r}"


def _bounds(shape, size, path):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    assert low is None or size >= low, f"{path} has {size}, less than {low}"
    assert high is None or size <= high, f"{path} has {size}, more than {high}"
