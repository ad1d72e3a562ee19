"""What a script does that nobody has thought about much: every call after the one before.

Lists a seller's agreements with AWS's own client and asks for each one's description, contacts,
terms and entitlements, as Bindery's first synchronization does. Prints one JSON object.

Usage: sequential_sync.py ENDPOINT [AGREEMENTS]
"""

import json
import sys
import time

import botocore.session
from botocore.config import Config

REGION = "us-east-1"
PAGE = 50


def main(endpoint, limit):
    """Synchronizes up to `limit` agreements from `endpoint` and says how long that took."""
    client = botocore.session.Session().create_client(
        "marketplace-agreement",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
        config=Config(retries={"mode": "standard", "max_attempts": 5}),
    )
    started = time.perf_counter()
    calls = agreements = 0
    for page, ids in pages(client):
        calls += page
        for agreement in ids[: limit - agreements]:
            calls += details(client, agreement)
            agreements += 1
        if agreements == limit:
            break
    seconds = time.perf_counter() - started
    print(json.dumps({"agreements": agreements, "calls": calls, "seconds": round(seconds, 3)}))


def pages(client):
    """Every page of the seller's agreements, as (calls made, ids on it)."""
    request = {
        "catalog": "AWSMarketplace",
        "filters": [
            {"name": "PartyType", "values": ["Proposer"]},
            {"name": "AgreementType", "values": ["PurchaseAgreement"]},
        ],
        "maxResults": PAGE,
    }
    while True:
        answer = client.search_agreements(**request)
        yield 1, [summary["agreementId"] for summary in answer["agreementViewSummaries"]]
        if not answer.get("nextToken"):
            return
        request["nextToken"] = answer["nextToken"]


def details(client, agreement):
    """Asks for everything about one agreement, and counts the calls."""
    client.describe_agreement(agreementId=agreement)
    client.get_agreement_contacts(agreementId=agreement)
    return 2 + every_page(client.get_agreement_terms, agreement) + every_page(
        client.get_agreement_entitlements, agreement
    )


def every_page(operation, agreement):
    """Reads an operation of one agreement to its end, and counts the calls."""
    request = {"agreementId": agreement}
    calls = 0
    while True:
        answer = operation(**request)
        calls += 1
        if not answer.get("nextToken"):
            return calls
        request["nextToken"] = answer["nextToken"]


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else sys.maxsize)
