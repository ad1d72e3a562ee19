"""The controls and the directory that fits the world."""

from suite.client import SELLER, WireTest, control


class Controls(WireTest):
    def test_the_status_says_what_there_is(self):
        status = control("status")
        self.assertEqual(status["sellerAccountId"], SELLER)
        self.assertEqual({one["id"] for one in status["listings"]},
                         {"clickhouse-payg", "clickhouse-committed", "emqx", "guance", "pinecone"})
        active = len(self.search(("Status", "ACTIVE")))
        self.assertEqual(control("status")["activeAgreements"], active)

    def test_a_subscription_is_found_by_everybody(self):
        made = self.subscribe("clickhouse-committed", "121212121212", privateOffer=True,
                              value="250000.50", currency="EUR", company="한강 데이터 주식회사",
                              email="buyer@hangang.example")
        one = {"agreementId": made["agreementId"]}
        told = self.agreements.describe_agreement(**one)
        self.assertEqual(told["estimatedCharges"],
                         {"currencyCode": "EUR", "agreementValue": "250000.50"})
        contact = self.agreements.get_agreement_contacts(**one)["acceptorContact"]
        self.assertEqual(contact["companyName"], "한강 데이터 주식회사")
        self.assertEqual(contact["emailAddress"], "buyer@hangang.example")
        for query in ("121212121212", "%ED%95%9C%EA%B0%95", "HANGANG", made["agreementId"]):
            buyers = control(f"buyers?query={query}&limit=5")["buyers"]
            self.assertEqual([one["account"] for one in buyers], ["121212121212"], query)
        self.assertEqual(buyers[0]["agreements"][0],
                         {"agreementId": made["agreementId"], "listing": "clickhouse-committed",
                          "status": "ACTIVE"})
        offer = told["proposalSummary"]["offerId"]
        found = self.search(("OfferId", offer))
        self.assertEqual([row["agreementId"] for row in found], [made["agreementId"]])

    def test_renewing_makes_the_next_term(self):
        made = self.subscribe("clickhouse-committed", "131313131313", privateOffer=True)
        one = {"agreementId": made["agreementId"]}
        renewed = control("renew", one)
        self.assertEqual(renewed["status"], "ACTIVE")
        self.assertNotEqual(renewed["licenseArn"], made["licenseArn"])
        before = self.agreements.describe_agreement(**one)
        after = self.agreements.describe_agreement(agreementId=renewed["agreementId"])
        self.assertEqual(before["status"], "RENEWED")
        self.assertEqual(after["initialAgreementId"], made["agreementId"])
        self.assertEqual(after["proposalSummary"], before["proposalSummary"])
        self.assertEqual(control("renew", one)["httpStatus"], 409)

    def test_opting_out_lets_it_expire(self):
        made = self.subscribe("clickhouse-committed", "141414141414", privateOffer=True)
        one = {"agreementId": made["agreementId"]}
        control("opt-out-of-renewal", one)
        behavior = self.agreements.describe_agreement(**one)["endTimeBehavior"]
        self.assertEqual(behavior, {"type": "EXPIRE", "reasonCode": "ACCEPTOR_RENEW_OPTED_OUT"})
        self.assertEqual(control("opt-out-of-renewal", one)["httpStatus"], 409)
        control("expire", one)
        self.assertEqual(self.agreements.describe_agreement(**one)["status"], "EXPIRED")

    def test_wrong_requests_are_told_why(self):
        cases = [
            ("subscribe", {"listing": "boats", "account": "121212121212"}, 400),
            ("subscribe", {"listing": "emqx", "account": "12"}, 400),
            ("subscribe", {"listing": "emqx", "account": SELLER}, 400),
            ("subscribe", {"listing": "emqx", "account": "121212121212", "value": "-1"}, 400),
            ("subscribe", {"listing": "emqx", "account": "121212121212", "value": "1.001"}, 400),
            ("subscribe", {"listing": "emqx", "account": "121212121212", "currency": "X"}, 400),
            ("subscribe", {"listing": "emqx", "account": "121212121212", "email": "x"}, 400),
            ("renew", {"agreementId": "agmt-x"}, 404),
            ("set-up", {}, 400),
            ("advance", {"by": "later"}, 400),
            ("nothing", {}, 404),
            ("amend", {"count": -1}, 400),
        ]
        for path, body, status in cases:
            answer = control(path, body)
            self.assertEqual(answer["httpStatus"], status, (path, body, answer))
            self.assertTrue(answer["message"])
            self.assertTrue(answer["code"])


class Directory(WireTest):
    def test_links_are_of_agreements_that_were_active_and_some_have_none(self):
        directory = control("directory")
        links = {one["agreementId"]: one for one in directory["links"]}
        everything = {one["agreementId"]: one for one in self.search()}
        organizations = {one["id"] for one in directory["organizations"]}
        billing = {one["userName"] for one in directory["billingAccounts"]}
        workspaces = {one["id"]: one for one in directory["workspaces"]}
        self.assertEqual(len(organizations), len(directory["organizations"]))
        self.assertEqual(len(billing), len(directory["billingAccounts"]))
        for agreement, link in links.items():
            row = everything[agreement]
            licenses = [one["licenseArn"] for one in row.get("entitlements", [])]
            self.assertEqual([link["licenseArn"]] if link["licenseArn"] else [], licenses)
            self.assertNotEqual(bool(link["licenseArn"]), bool(link["customerIdentifier"]))
            known = organizations if link["target"]["kind"] == "organization" else billing
            self.assertIn(link["target"]["id"], known)
            for one in link["workspaces"]:
                self.assertEqual(workspaces[one]["billingAccount"], link["target"]["id"])
        for one in directory["members"] + directory["deployments"]:
            self.assertIn(one["organization"], organizations)

    def test_every_listing_has_organizations_that_pass_and_ones_that_are_refused(self):
        directory = control("directory")
        members = {}
        for one in directory["members"]:
            members.setdefault(one["organization"], []).append(one)
        for listing in ("clickhouse-payg", "clickhouse-committed", "emqx", "pinecone"):
            mine = [one for one in directory["organizations"] if one["listing"] == listing]

            def some(wanted):
                self.assertTrue(any(map(wanted, mine)), listing)

            some(lambda one: one["paymentMethod"] == "card")
            some(lambda one: float(one["creditBalance"]["amount"]) > 0)
            some(lambda one: all(m["role"] == "member" for m in members[one["id"]]))
            some(lambda one: one["plan"] != "starter" and one["paymentMethod"] != "aws-marketplace")
            some(lambda one: any(m["authMethod"] != one["authMethod"] for m in members[one["id"]]))
            some(lambda one: one["openInvoices"] > 0)
            some(lambda one: not all(m["verified"] for m in members[one["id"]]))
            some(lambda one: one["paymentMethod"] == "aws-marketplace")
            some(lambda one: one["paymentMethod"] == "none" and one["plan"] == "starter"
                 and any(m["role"] in ("owner", "admin") for m in members[one["id"]]))
        self.assertEqual({one["language"] for one in directory["workspaces"]}, {"en", "ko", "zh"})
        self.assertTrue(any(one["trial"] for one in directory["deployments"]))
        self.assertTrue(any(one["state"] == "stopped" for one in directory["deployments"]))

    def test_pages_hold_the_same_as_the_whole(self):
        whole = control("directory")
        pages = {name: [] for name in whole if name != "next"}
        after = ""
        while after is not None:
            page = control(f"directory?limit=17&after={after or 0}")
            for name, items in pages.items():
                items += page[name]
            after = page["next"]
        self.assertEqual(pages, {name: whole[name] for name in pages})
