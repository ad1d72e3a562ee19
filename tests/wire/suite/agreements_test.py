"""Searching and reading agreements."""

import datetime

from suite.client import PURCHASES, SELLER, WireTest, control, service

NO_AGREEMENT = "agmt-0000000000000000000000000"


class Searching(WireTest):
    def test_pages_of_every_size_hold_everything_once_in_each_order(self):
        whole = {one["agreementId"] for one in self.search()}
        self.assertEqual(len(whole), control("status")["agreements"])
        for size in (1, 7, 49, 50):
            for key, member in (
                ("EndTime", "endTime"),
                ("StartTime", "startTime"),
                ("LastUpdateTime", "lastUpdateTime"),
            ):
                for order in ("ASCENDING", "DESCENDING"):
                    if size == 1 and (key, order) != ("EndTime", "ASCENDING"):
                        continue
                    sort = {"sortBy": key, "sortOrder": order}
                    found = self.search(maxResults=size, sort=sort)
                    ids = [one["agreementId"] for one in found]
                    self.assertEqual(len(ids), len(set(ids)), (size, key, order))
                    self.assertEqual(set(ids), whole, (size, key, order))
                    last = datetime.datetime.max.replace(tzinfo=datetime.UTC)
                    times = [one.get(member, last) for one in found]
                    self.assertEqual(times, sorted(times, reverse=order == "DESCENDING"))

    def test_every_filter_finds_what_a_walk_over_everything_finds(self):
        everything = self.search()
        licensed = next(one for one in everything if one.get("entitlements"))
        chained = next(
            one for one in everything if one["initialAgreementId"] != one["agreementId"]
        )
        middle = sorted(one["lastUpdateTime"] for one in everything)[len(everything) // 2]
        moment = middle.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        at = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
        far = datetime.datetime.max.replace(tzinfo=datetime.UTC)
        product = self.listings["emqx"]["productId"]

        def end(one):
            return one.get("endTime", far)

        cases = [
            ("Status", "ACTIVE", lambda one: one["status"] == "ACTIVE"),
            ("Status", "RENEWED", lambda one: one["status"] == "RENEWED"),
            ("ResourceIdentifier", product,
             lambda one: one["proposalSummary"]["resources"][0]["id"] == product),
            ("ResourceType", "SaaSProduct", lambda one: True),
            ("ResourceType", "AmiProduct", lambda one: False),
            ("AcceptorAccountId", licensed["acceptor"]["accountId"],
             lambda one: one["acceptor"] == licensed["acceptor"]),
            ("OfferId", chained["proposalSummary"]["offerId"],
             lambda one: one["proposalSummary"]["offerId"] == chained["proposalSummary"]["offerId"]),
            ("OfferId", licensed["proposalSummary"]["offerId"],
             lambda one: one["proposalSummary"]["offerId"] == licensed["proposalSummary"]["offerId"]),
            ("OfferSetId", "offerset-none", lambda one: False),
            ("InitialAgreementId", chained["initialAgreementId"],
             lambda one: one["initialAgreementId"] == chained["initialAgreementId"]),
            ("LicenseArn", licensed["entitlements"][0]["licenseArn"],
             lambda one: one["agreementId"] == licensed["agreementId"]),
            ("EndTimeBehaviorType", "EXPIRE", lambda one: one.get("endTimeBehaviorType") == "EXPIRE"),
            ("EndTimeBehaviorReasonCode", "NO_RENEWAL_TERM",
             lambda one: one.get("endTimeBehaviorReasonCode") == "NO_RENEWAL_TERM"),
            ("IncludesContactOfType", "ACCEPTOR", lambda one: "includesContactOfType" in one),
            ("BeforeEndTime", moment, lambda one: end(one) < at),
            ("AfterEndTime", moment, lambda one: end(one) > at),
            ("BeforeStartTime", moment, lambda one: one["startTime"] < at),
            ("AfterStartTime", moment, lambda one: one["startTime"] > at),
            ("BeforeLastUpdateTime", moment, lambda one: one["lastUpdateTime"] < at),
            ("AfterLastUpdateTime", moment, lambda one: one["lastUpdateTime"] > at),
        ]
        for name, value, wanted in cases:
            expected = {one["agreementId"] for one in everything if wanted(one)}
            for sort in ("EndTime", "LastUpdateTime"):
                found = self.search((name, value), maxResults=17, sort={"sortBy": sort})
                self.assertEqual({one["agreementId"] for one in found}, expected, (name, value, sort))

    def test_what_changes_during_a_walk_by_update_time_is_seen_again(self):
        sort = {"sortBy": "LastUpdateTime", "sortOrder": "ASCENDING"}
        page = self.agreements.search_agreements(filters=PURCHASES, sort=sort, maxResults=20)
        seen = [one["agreementId"] for one in page["agreementViewSummaries"]]
        before = {one["agreementId"] for one in self.search()}
        changed = control("amend", {"count": 40})["agreementIds"]
        self.assertEqual(len(changed), 40)
        after_change = []
        while "nextToken" in page:
            page = self.agreements.search_agreements(
                filters=PURCHASES, sort=sort, maxResults=20, nextToken=page["nextToken"]
            )
            after_change += [one["agreementId"] for one in page["agreementViewSummaries"]]
        self.assertLessEqual(set(changed), set(after_change))
        self.assertLessEqual(before, set(seen) | set(after_change))

    def test_an_incremental_search_finds_only_what_changed(self):
        latest = max(one["lastUpdateTime"] for one in self.search())
        since = (latest + datetime.timedelta(seconds=1)).astimezone(datetime.UTC)
        control("advance", {"by": "1h"})
        changed = control("amend", {"count": 5})["agreementIds"]
        found = self.search(("AfterLastUpdateTime", since.strftime("%Y-%m-%dT%H:%M:%S.%fZ")))
        self.assertLessEqual(set(changed), {one["agreementId"] for one in found})

    def test_a_token_belongs_to_its_parameters(self):
        page = self.agreements.search_agreements(filters=PURCHASES, maxResults=10)
        token = page["nextToken"]
        narrower = PURCHASES + [{"name": "Status", "values": ["ACTIVE"]}]
        others = [
            {"filters": narrower, "maxResults": 10},
            {"filters": PURCHASES, "maxResults": 11},
            {"filters": PURCHASES, "maxResults": 10, "sort": {"sortOrder": "DESCENDING"}},
            {"filters": PURCHASES, "maxResults": 10, "catalog": "AWSMarketplace"},
        ]
        for parameters in others:
            self.refused(self.agreements.search_agreements, "ValidationException", 400,
                         "INVALID_NEXT_TOKEN", nextToken=token, **parameters)
        for wrong in ("0" * 35, token[:-1], token + "0", "not-one", "=" * 8193, "a b", ""):
            self.refused(self.agreements.search_agreements, "ValidationException", 400,
                         "INVALID_NEXT_TOKEN", nextToken=wrong, filters=PURCHASES, maxResults=10)
        again = self.agreements.search_agreements(
            filters=PURCHASES, maxResults=10, nextToken=token)
        self.assertEqual(len(again["agreementViewSummaries"]), 10)

    def test_filters_outside_the_rules_are_refused(self):
        party, kind = PURCHASES

        def f(name, *values):
            return {"name": name, "values": list(values)}

        acceptor = f("PartyType", "Acceptor")
        cases = [
            ("UNSUPPORTED_FILTERS", [party]),
            ("MISSING_PARTY_TYPE", [kind]),
            ("INVALID_FILTERS", []),
            ("INVALID_FILTERS", [party, kind] + [f("Status", "ACTIVE")] * 9),
            ("INVALID_FILTER_NAME", [party, kind, f("Color", "red")]),
            ("INVALID_FILTER_NAME", [party, kind, f("No-Name", "x")]),
            ("INVALID_FILTER_NAME", [party, kind, f("N" * 33, "x")]),
            ("INVALID_FILTER_NAME", [party, kind, f("Status", "ACTIVE"), f("Status", "EXPIRED")]),
            ("MISSING_FILTER_NAME", [party, kind, {"values": ["ACTIVE"]}]),
            ("MISSING_FILTER_VALUES", [party, kind, {"name": "Status"}]),
            ("INVALID_FILTER_VALUES", [party, kind, f("Status")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("Status", "ACTIVE", "EXPIRED")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("Status", "SLEEPING")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("Status", "")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("Status", "a" * 257)]),
            ("INVALID_FILTER_VALUES", [party, kind, f("Status", "two words")]),
            ("INVALID_FILTER_VALUES", [f("PartyType", "Bystander"), kind]),
            ("INVALID_FILTER_VALUES", [party, kind, f("ResourceType", "Boat")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("EndTimeBehaviorType", "STAY")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("EndTimeBehaviorReasonCode", "RENEW")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("IncludesContactOfType", "PROPOSER")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("AfterEndTime", "yesterday")]),
            ("INVALID_FILTER_VALUES", [party, kind, f("AfterEndTime", "2026-02-01T00:00:00Z"),
                                       f("BeforeEndTime", "2026-01-01T00:00:00Z")]),
            ("UNSUPPORTED_FILTERS", [acceptor, kind, f("LicenseArn", "arn:x")]),
            ("UNSUPPORTED_FILTERS", [acceptor, kind, f("AcceptorAccountId", "1")]),
            ("UNSUPPORTED_FILTERS", [acceptor, kind, f("ResourceType", "SaaSProduct"),
                                     f("Status", "ACTIVE")]),
            ("UNSUPPORTED_FILTERS", [acceptor, kind, f("OfferId", "offer-1"),
                                     f("ResourceIdentifier", "prod-1")]),
        ]
        for reason, filters in cases:
            answer = self.refused(self.agreements.search_agreements, "ValidationException", 400,
                                  reason, filters=filters)
            self.assertTrue(answer["fields"], filters)
            self.assertEqual(answer["requestId"], answer["ResponseMetadata"]["RequestId"])

    def test_a_seller_has_accepted_nothing(self):
        for more in ([], [("Status", "ACTIVE")], [("OfferId", "offer-1"), ("Status", "ACTIVE")],
                     [("ResourceType", "SaaSProduct"), ("AfterEndTime", "2026-01-01T00:00:00Z")]):
            filters = [{"name": "PartyType", "values": ["Acceptor"]}, PURCHASES[1]]
            filters += [{"name": name, "values": [value]} for name, value in more]
            page = self.agreements.search_agreements(filters=filters)
            self.assertEqual(page["agreementViewSummaries"], [])

    def test_sizes_and_orders_outside_the_model_are_refused(self):
        acceptor = [{"name": "PartyType", "values": ["Acceptor"]}, PURCHASES[1]]
        cases = [
            ("INVALID_MAX_RESULTS", {"maxResults": 0}),
            ("INVALID_MAX_RESULTS", {"maxResults": 51}),
            ("INVALID_MAX_RESULTS", {"maxResults": -1}),
            ("INVALID_SORT_BY", {"sort": {"sortBy": "Color"}}),
            ("INVALID_SORT_BY", {"sort": {"sortBy": ""}}),
            ("INVALID_SORT_ORDER", {"sort": {"sortBy": "EndTime", "sortOrder": "SIDEWAYS"}}),
            ("INVALID_CATALOG", {"catalog": "AWSMarketplaceOfElsewhere"}),
            ("INVALID_CATALOG", {"catalog": "no spaces"}),
            ("INVALID_SORT_BY", {"sort": {"sortBy": "StartTime"}, "filters": acceptor}),
        ]
        for reason, parameters in cases:
            parameters = {"filters": PURCHASES, **parameters}
            self.refused(self.agreements.search_agreements, "ValidationException", 400, reason,
                         **parameters)
        self.refused(self.agreements.search_agreements, "SerializationException", 400,
                     catalog=7)


class Reading(WireTest):
    def test_every_agreement_reads_and_agrees_with_its_summary(self):
        statuses, kinds, contacts, trials = set(), set(), 0, 0
        for row in self.search():
            one = {"agreementId": row["agreementId"]}
            told = self.agreements.describe_agreement(**one)
            for member in ("agreementId", "acceptor", "proposer", "startTime", "acceptanceTime",
                           "agreementType", "proposalSummary", "status", "initialAgreementId"):
                self.assertEqual(told[member], row[member], member)
            self.assertEqual(told.get("endTime"), row.get("endTime"))
            self.assertEqual(told["proposer"]["accountId"], SELLER)
            behavior = told.get("endTimeBehavior", {})
            self.assertEqual(behavior.get("type"), row.get("endTimeBehaviorType"))
            self.assertEqual(behavior.get("reasonCode"), row.get("endTimeBehaviorReasonCode"))
            self.assertEqual(told.get("freeTrialSummary", {}).get("trialEndTime"),
                             row.get("freeTrialEndTime"))
            trials += "freeTrialSummary" in told

            terms = self.agreements.get_agreement_terms(**one)["acceptedTerms"]
            kinds |= {name for term in terms for name in term}
            entitlement = self.agreements.get_agreement_entitlements(**one)
            entitlement = entitlement["agreementEntitlements"][0]
            statuses.add((entitlement["status"], entitlement["statusReasonCode"]))
            arns = [granted["licenseArn"] for granted in row.get("entitlements", [])]
            self.assertEqual([entitlement["licenseArn"]] if arns else [], arns)
            contact = self.agreements.get_agreement_contacts(**one).get("acceptorContact")
            self.assertEqual(contact is not None, "includesContactOfType" in row)
            contacts += contact is not None
        self.assertEqual({status for status, _ in statuses},
                         {"PROVISIONED", "SCHEDULED", "PENDING", "FAILED", "DEPROVISIONED"})
        self.assertEqual(len(kinds), 13, kinds)
        self.assertGreater(contacts, 50)
        self.assertGreater(trials, 0)

    def test_terms_come_in_pages_too(self):
        ids = [one["agreementId"] for one in self.search(("Status", "ACTIVE"))[:5]]
        for agreement in ids:
            whole = self.agreements.get_agreement_terms(agreementId=agreement)["acceptedTerms"]
            pages, token = [], {}
            while True:
                page = self.agreements.get_agreement_terms(
                    agreementId=agreement, maxResults=1, **token)
                self.assertEqual(len(page["acceptedTerms"]), 1)
                pages += page["acceptedTerms"]
                if "nextToken" not in page:
                    break
                token = {"nextToken": page["nextToken"]}
            self.assertEqual(pages, whole)
            self.refused(self.agreements.get_agreement_terms, "ValidationException", 400,
                         "INVALID_NEXT_TOKEN", agreementId=ids[0], maxResults=2,
                         nextToken=token.get("nextToken", "x"))
        self.refused(self.agreements.get_agreement_entitlements, "ValidationException", 400,
                     "INVALID_NEXT_TOKEN", agreementId=ids[0], nextToken="x")

    def test_an_agreement_must_be_named_and_known(self):
        for call in (self.agreements.describe_agreement, self.agreements.get_agreement_terms,
                     self.agreements.get_agreement_entitlements,
                     self.agreements.get_agreement_contacts):
            self.refused(call, "ValidationException", 400, "MISSING_AGREEMENT_ID")
            for wrong in ("", "a b", "x" * 65, "agmt-é"):
                self.refused(call, "ValidationException", 400, "INVALID_AGREEMENT_ID",
                             agreementId=wrong)
            for unknown in (NO_AGREEMENT, "agmt-x", "prod-1"):
                answer = self.refused(call, "ResourceNotFoundException", 404, agreementId=unknown)
                self.assertEqual(answer["resourceId"], unknown)
                self.assertEqual(answer["resourceType"], "Agreement")
            self.refused(call, "SerializationException", 400, agreementId=7)
        for call in (self.agreements.get_agreement_terms,
                     self.agreements.get_agreement_entitlements):
            for size in (0, 51):
                self.refused(call, "ValidationException", 400, "INVALID_MAX_RESULTS",
                             agreementId=NO_AGREEMENT, maxResults=size)

    def test_a_cancelled_agreement_ends_and_loses_its_contact(self):
        made = self.subscribe("pinecone", "202020202020")
        one = {"agreementId": made["agreementId"]}
        self.assertIn("acceptorContact", self.agreements.get_agreement_contacts(**one))
        control("cancel", one)
        self.assertNotIn("acceptorContact", self.agreements.get_agreement_contacts(**one))
        self.assertEqual(self.agreements.describe_agreement(**one)["status"], "CANCELLED")
        entitlement = self.agreements.get_agreement_entitlements(**one)["agreementEntitlements"][0]
        self.assertEqual(entitlement["status"], "DEPROVISIONED")
        self.assertEqual(entitlement["statusReasonCode"], "AGREEMENT_INACTIVE")

    def test_each_modeled_error_can_be_provoked(self):
        reads = {
            "SearchAgreements": lambda: self.agreements.search_agreements(filters=PURCHASES),
            "DescribeAgreement": lambda: self.agreements.describe_agreement(agreementId="a"),
            "GetAgreementTerms": lambda: self.agreements.get_agreement_terms(agreementId="a"),
            "GetAgreementEntitlements":
                lambda: self.agreements.get_agreement_entitlements(agreementId="a"),
            "GetAgreementContacts": lambda: self.agreements.get_agreement_contacts(agreementId="a"),
        }
        for operation, call in reads.items():
            for error, status in (("ThrottlingException", 429), ("AccessDeniedException", 403),
                                  ("InternalServerException", 500)):
                control("faults", {"operation": operation, "error": error, "times": 1})
                self.refused(call, error, status)

    def test_scope_and_key_are_looked_at(self):
        search = {"filters": PURCHASES}
        self.refused(service("marketplace-agreement", signed_as="sts").search_agreements,
                     "InvalidSignatureException", 400, **search)
        self.refused(service("marketplace-agreement", region="eu-west-1").search_agreements,
                     "InvalidSignatureException", 400, **search)
        self.refused(service("marketplace-agreement", key="").search_agreements,
                     "UnrecognizedClientException", 400, **search)
