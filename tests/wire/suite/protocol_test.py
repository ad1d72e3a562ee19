"""The edge itself: signatures, sizes, unknown operations, identity, faults and the network."""

import datetime
import json
import time
from email.utils import parsedate_to_datetime

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
    ReadTimeoutError,
)

from suite.client import PURCHASES, SELLER, WireTest, control, raw, service

SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20261120/us-east-1/aws-marketplace/"
    "aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
    "X-Amz-Date": "20261120T060000Z",
}
JSON = {"Content-Type": "application/x-amz-json-1.0"}
AGREEMENT = "AWSMPCommerceService_v20200301"


def asked(operation, body, headers=None, service_name=AGREEMENT):
    target = {"X-Amz-Target": f"{service_name}.{operation}"}
    return raw("/", body, {**JSON, **SIGNED, **target, **(headers or {})})


class Edge(WireTest):
    def test_the_caller_is_the_seller(self):
        told = self.sts.get_caller_identity()
        self.assertEqual(told["Account"], SELLER)
        self.assertIn(SELLER, told["Arn"])
        service("sts", region="eu-west-1").get_caller_identity()
        with self.assertRaises(ClientError) as caught:
            service("sts", signed_as="aws-marketplace").get_caller_identity()
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Code"], "InvalidSignatureException")
        self.assertEqual(answer["Error"]["Type"], "Sender")

    def test_a_request_must_be_signed(self):
        body = json.dumps({"agreementId": "agmt-x"}).encode()
        cases = [
            ({"Authorization": ""}, 400, "IncompleteSignatureException"),
            ({"Authorization": "Bearer x"}, 400, "IncompleteSignatureException"),
            ({"Authorization": SIGNED["Authorization"].replace("Signature=", "S=")}, 400,
             "IncompleteSignatureException"),
            ({"Authorization": SIGNED["Authorization"].replace("aws-marketplace", "s3")}, 400,
             "InvalidSignatureException"),
            ({"Authorization": SIGNED["Authorization"].replace("aws4_request", "aws5")}, 400,
             "InvalidSignatureException"),
            ({"Authorization": SIGNED["Authorization"].replace("AKID", "")}, 400,
             "UnrecognizedClientException"),
        ]
        for headers, status, code in cases:
            got, _, answer = asked("DescribeAgreement", body, headers)
            self.assertEqual((got, json.loads(answer)["__type"]), (status, code), headers)
        unsigned = {name: value for name, value in SIGNED.items() if name != "Authorization"}
        target = {"X-Amz-Target": f"{AGREEMENT}.DescribeAgreement"}
        status, _, answer = raw("/", body, {**JSON, **unsigned, **target})
        self.assertEqual((status, json.loads(answer)["__type"]),
                         (403, "MissingAuthenticationTokenException"))

    def test_a_request_is_smaller_than_a_megabyte(self):
        body = json.dumps({"agreementId": "agmt-x", "padding": "x" * 1_048_576}).encode()
        status, _, answer = asked("DescribeAgreement", body)
        self.assertEqual((status, json.loads(answer)["__type"]),
                         (413, "RequestEntityTooLargeException"))
        body = json.dumps({"agreementId": "agmt-x", "padding": "x" * 1_000_000}).encode()
        self.assertEqual(asked("DescribeAgreement", body)[0], 404)

    def test_what_is_no_document_or_no_operation_is_refused(self):
        for body in (b"{", b"[]", b'"text"', b"\xff\xfe", b"7"):
            status, headers, answer = asked("DescribeAgreement", body)
            self.assertEqual((status, json.loads(answer)["__type"]), (400, "SerializationException"))
            self.assertEqual(headers["content-type"], "application/x-amz-json-1.0")
            self.assertTrue(headers["x-amzn-requestid"])
        for operation, name in (("CancelAgreement", AGREEMENT), ("x", AGREEMENT),
                                ("DescribeAgreement", "SomebodyElse"),
                                ("MeterUsage", "AWSMPMeteringService")):
            status, _, answer = asked(operation, b"{}", service_name=name)
            self.assertEqual((status, json.loads(answer)["__type"]),
                             (404, "UnknownOperationException"))
        for path in ("/nothing", f"/service/{AGREEMENT}/operation/Nothing",
                     "/service/AWSMPMeteringService/operation/ResolveCustomer"):
            self.assertEqual(raw(path, b"", SIGNED)[0], 404, path)

    def test_unknown_members_are_ignored_and_null_is_absent(self):
        body = json.dumps({"agreementId": None, "surprise": 1}).encode()
        status, _, answer = asked("DescribeAgreement", body)
        self.assertEqual((status, json.loads(answer)["reason"]), (400, "MISSING_AGREEMENT_ID"))

    def test_times_are_numbers_of_seconds(self):
        body = json.dumps({"filters": PURCHASES, "maxResults": 5}).encode()
        _, _, answer = asked("SearchAgreements", body)
        for row in json.loads(answer)["agreementViewSummaries"]:
            for name in ("acceptanceTime", "startTime", "lastUpdateTime"):
                self.assertIsInstance(row[name], int | float)
                self.assertAlmostEqual(row[name] * 1000, round(row[name] * 1000), places=3)


class Faults(WireTest):
    def search_once(self, **more):
        return service("marketplace-agreement", **more).search_agreements(filters=PURCHASES)

    def calls(self):
        return control("status")["calls"].get("SearchAgreements", 0)

    def test_throttling_is_retried_by_the_client_and_counted(self):
        control("reset-counters", method="POST")
        made = control("faults", {"operation": "SearchAgreements", "error": "ThrottlingException",
                                  "times": 2})
        self.search_once(retries=True)
        self.assertEqual(self.calls(), 3)
        fault = next(one for one in control("status")["faults"] if one["id"] == made["id"])
        self.assertEqual((fault["times"], fault["hits"]), (0, 2))

    def test_any_error_can_be_asked_for(self):
        for error in ("ExpiredTokenException", "UnrecognizedClientException",
                      "AccessDeniedException", "DisabledApiException"):
            control("faults", {"operation": "*", "error": error, "times": 1})
            self.refused(self.search_once, error)

    def test_a_delay_is_waited_for(self):
        control("faults", {"operation": "SearchAgreements", "delay": "300ms", "times": 1})
        before = time.monotonic()
        self.search_once()
        self.assertGreaterEqual(time.monotonic() - before, 0.3)

    def test_a_dropped_call_is_never_answered(self):
        control("faults", {"operation": "SearchAgreements", "drop": True, "times": 1})
        with self.assertRaises(ConnectionClosedError):
            self.search_once()
        self.search_once()

    def test_broken_bodies(self):
        for body in ("html", "garbage"):
            control("faults", {"operation": "DescribeAgreement", "body": body, "times": 1})
            status, _, answer = asked("DescribeAgreement", b"{}")
            self.assertEqual(status, 200)
            with self.assertRaises(ValueError):
                json.loads(answer)
        control("faults", {"operation": "DescribeAgreement", "body": "huge", "times": 1})
        status, headers, answer = asked("DescribeAgreement", b"{}")
        self.assertEqual((status, len(answer)), (200, 200 * 1024 * 1024))
        self.assertEqual(headers["content-type"], "application/x-amz-json-1.0")

    def test_a_skewed_clock_refuses_signatures(self):
        control("faults", {"operation": "*", "clockSkew": "20m", "times": 1})
        self.refused(self.search_once, "InvalidSignatureException", 400)
        control("faults", {"operation": "*", "clockSkew": "20m", "times": 1})
        _, headers, _ = asked("DescribeAgreement", b"{}")
        self.assertEqual(len(headers.get_all("date")), 1)
        now = datetime.datetime.fromisoformat(control("status")["now"])
        ahead = parsedate_to_datetime(headers["date"]) - now
        self.assertGreater(ahead, datetime.timedelta(minutes=15))
        control("faults", {"operation": "*", "clockSkew": "20m", "times": 1})
        self.refused(self.sts.get_caller_identity, "SignatureDoesNotMatch", 403)

    def test_an_answers_date_is_the_sandboxs_time(self):
        before = datetime.datetime.fromisoformat(control("status")["now"]).replace(microsecond=0)
        _, headers, _ = asked("DescribeAgreement", b"{}")
        after = datetime.datetime.fromisoformat(control("status")["now"])
        date = parsedate_to_datetime(headers["date"])
        self.assertTrue(before <= date <= after, (before, date, after))

    def test_one_key_can_be_required_and_expire(self):
        self.addCleanup(control, "credentials", {})
        control("credentials", {"accessKeyId": "AKIDSOMEBODYELSE"})
        self.refused(self.search_once, "UnrecognizedClientException", 400)
        self.refused(self.sts.get_caller_identity, "InvalidClientTokenId", 403)
        control("credentials", {"accessKeyId": "AKIDWIRECONFORMANCE"})
        self.search_once()
        control("credentials", {"accessKeyId": "AKIDWIRECONFORMANCE", "expired": True})
        self.refused(self.search_once, "ExpiredTokenException")
        self.refused(self.sts.get_caller_identity, "ExpiredToken", 403)
        answer = control("credentials", {"accessKey": "AKIDWIRECONFORMANCE"})
        self.assertEqual((answer["httpStatus"], answer["code"]), (400, "invalid"))

    def test_a_fault_can_be_removed(self):
        made = control("faults", {"operation": "*", "error": "ThrottlingException"})
        self.refused(self.search_once, "ThrottlingException", 429)
        control(f"faults/{made['id']}", method="DELETE")
        self.search_once()
        self.assertEqual(control(f"faults/{made['id']}", method="DELETE")["httpStatus"], 404)

    def test_a_fault_does_exactly_one_thing_to_a_known_operation(self):
        for wrong in ({"operation": "*"}, {"operation": "*", "drop": True, "delay": "1s"},
                      {"operation": "Nothing", "drop": True}, {"operation": "*", "delay": "soon"},
                      {"operation": "*", "body": "poem"}, {"operation": "*", "error": "a b"},
                      {"operation": "*", "drop": True, "times": 0}, {"drop": True},
                      {"operation": "*", "drop": True, "surprise": 1}):
            answer = control("faults", wrong)
            self.assertEqual((answer["httpStatus"], answer["code"]), (400, "invalid"), wrong)
        self.assertEqual(control("status")["faults"], [])

    def test_with_the_network_down_only_the_controls_answer(self):
        self.addCleanup(control, "network", {"up": True})
        control("network", {"up": False})
        self.assertFalse(control("status")["networkUp"])
        for call in (self.search_once, self.sts.get_caller_identity):
            with self.assertRaises((ConnectionClosedError, HTTPClientError, ReadTimeoutError)):
                call()
        control("network", {"up": True})
        self.search_once()


class Quotas(WireTest):
    def test_callers_can_be_held_to_the_published_quotas(self):
        self.addCleanup(control, "quotas", {"enforced": False})
        control("quotas", {"enforced": True})
        self.assertTrue(control("status")["quotasEnforced"])
        outcomes = []
        for _ in range(12):
            status, _, _ = asked("SearchAgreements", json.dumps({"filters": PURCHASES}).encode())
            outcomes.append(status)
        self.assertEqual(outcomes[:5], [200] * 5)
        self.assertIn(429, outcomes)
        service("marketplace-agreement", retries=True).search_agreements(filters=PURCHASES)
        control("quotas", {"enforced": False})
        for _ in range(12):
            self.assertEqual(
                asked("SearchAgreements", json.dumps({"filters": PURCHASES}).encode())[0], 200)
