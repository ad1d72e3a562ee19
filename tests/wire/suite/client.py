"""Clients of the sandbox: botocore's, whose answers are all checked against the models, the
sandbox's own controls, and raw HTTP."""

import json
import unittest
import urllib.error
import urllib.request

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from suite import shapes

ENDPOINT = None

SELLER = "111122223333"
PURCHASES = [
    {"name": "PartyType", "values": ["Proposer"]},
    {"name": "AgreementType", "values": ["PurchaseAgreement"]},
]


def service(name, region="us-east-1", signed_as=None, key="AKIDWIRECONFORMANCE", retries=False):
    """A client that sends whatever it is given: only the server validates."""
    session = botocore.session.get_session()
    session.set_credentials(key, "not a secret")
    config = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 3 if retries else 1, "mode": "standard"},
        read_timeout=20,
        proxies={},
    )
    made = session.create_client(name, region_name=region, endpoint_url=ENDPOINT, config=config)
    if signed_as is not None:
        made.meta.events.register("before-sign", lambda request, **_: _resign(request, signed_as))
    made.meta.events.register("after-call", _check)
    return made


def _resign(request, signed_as):
    request.context["signing"] = dict(request.context.get("signing", {}), signing_name=signed_as)


def _check(http_response, parsed, model, **_):
    shapes.check_answer(model, http_response, parsed)


def control(path, body=None, method=None):
    """Asks the sandbox's own controls; an error's JSON is answered like any other."""
    data = None if body is None else json.dumps(body).encode()
    method = method or ("GET" if body is None else "POST")
    request = urllib.request.Request(f"{ENDPOINT}/_sandbox/{path}", data=data, method=method)
    try:
        with _opener.open(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return dict(json.load(error), httpStatus=error.code)


def raw(path, body, headers, method="POST"):
    """Status, headers and body of a request made by hand."""
    request = urllib.request.Request(ENDPOINT + path, data=body, headers=headers, method=method)
    try:
        with _opener.open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class WireTest(unittest.TestCase):
    """A test with the usual clients, that leaves no fault behind."""

    @classmethod
    def setUpClass(cls):
        cls.agreements = service("marketplace-agreement")
        cls.metering = service("meteringmarketplace")
        cls.entitlements = service("marketplace-entitlement")
        cls.catalog = service("marketplace-catalog")
        cls.sts = service("sts")
        cls.listings = {one["id"]: one for one in control("status")["listings"]}

    def setUp(self):
        self.addCleanup(control, "faults", method="DELETE")

    def refused(self, call, code, status=None, reason=None, /, **parameters):
        """The error a call is refused with, which must have this code."""
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Code"], code, answer)
        if status is not None:
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status, answer)
        if reason is not None:
            self.assertEqual(answer.get("reason"), reason, answer)
        return answer

    def search(self, *filters, **parameters):
        """All summaries a search finds, page by page."""
        parameters.setdefault("maxResults", 50)
        found, token = [], {}
        wanted = PURCHASES + [{"name": name, "values": [value]} for name, value in filters]
        while True:
            page = self.agreements.search_agreements(filters=wanted, **parameters, **token)
            found += page["agreementViewSummaries"]
            if "nextToken" not in page:
                return found
            token = {"nextToken": page["nextToken"]}

    def subscribe(self, listing, account, **more):
        return control("subscribe", {"listing": listing, "account": account, **more})
