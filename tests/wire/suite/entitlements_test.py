"""What contracts grant."""

from suite.client import WireTest, control, service


class Entitlements(WireTest):
    def all(self, listing="clickhouse-committed", size=25, **more):
        found, token = [], {}
        while True:
            page = self.entitlements.get_entitlements(
                ProductCode=self.listings[listing]["productCode"], MaxResults=size, **more, **token)
            self.assertLessEqual(len(page["Entitlements"]), size)
            found += page["Entitlements"]
            if "NextToken" not in page:
                return found
            token = {"NextToken": page["NextToken"]}

    def test_pages_of_every_size_hold_everything_once(self):
        whole = self.all()
        self.assertGreater(len(whole), 30)
        for size in (1, 2, 24):
            self.assertEqual(self.all(size=size), whole)
        keys = [(one["LicenseArn"], one["Dimension"]) for one in whole]
        self.assertEqual(len(keys), len(set(keys)))

    def test_they_are_those_of_active_agreements(self):
        product = self.listings["clickhouse-committed"]["productId"]
        rows = self.search(("Status", "ACTIVE"), ("ResourceIdentifier", product))
        licenses = {row["entitlements"][0]["licenseArn"]: row for row in rows}
        for one in self.all():
            row = licenses[one["LicenseArn"]]
            self.assertEqual(one["CustomerAWSAccountId"], row["acceptor"]["accountId"])
            expires = one["ExpirationDate"]
            self.assertEqual(expires, row["endTime"])
            self.assertEqual(list(one["Value"]), ["IntegerValue"])

    def test_filters_unite_values_and_intersect_keys(self):
        whole = self.all()
        first, other = whole[0], next(
            one for one in whole if one["CustomerAWSAccountId"] != whole[0]["CustomerAWSAccountId"])
        accounts = [first["CustomerAWSAccountId"], other["CustomerAWSAccountId"]]
        self.assertEqual(self.all(Filter={"CUSTOMER_AWS_ACCOUNT_ID": accounts}),
                         [one for one in whole if one["CustomerAWSAccountId"] in accounts])
        self.assertEqual(self.all(Filter={"CUSTOMER_AWS_ACCOUNT_ID": accounts, "DIMENSION":
                                          ["support_tier"]}),
                         [one for one in whole if one["CustomerAWSAccountId"] in accounts
                          and one["Dimension"] == "support_tier"])
        self.assertEqual(self.all(Filter={"LICENSE_ARN": [first["LicenseArn"]]}),
                         [one for one in whole if one["LicenseArn"] == first["LicenseArn"]])
        self.assertEqual(self.all(Filter={"LICENSE_ARN": [first["LicenseArn"]],
                                          "CUSTOMER_AWS_ACCOUNT_ID": accounts[1:]}), [])
        self.assertEqual(self.all(size=1, Filter={"DIMENSION": ["support_tier", "none"]}),
                         [one for one in whole if one["Dimension"] == "support_tier"])
        for nothing in ({"LICENSE_ARN": ["x"]}, {"DIMENSION": ["x"]}, {"CUSTOMER_IDENTIFIER": ["x"]},
                        {"CUSTOMER_AWS_ACCOUNT_ID": ["999999999999999"]}):
            self.assertEqual(self.all(Filter=nothing), [])

    def test_a_legacy_listing_names_customers_by_identifier(self):
        whole = self.all("guance")
        self.assertTrue(whole)
        for one in whole:
            self.assertNotIn("LicenseArn", one)
        identifier = whole[0]["CustomerIdentifier"]
        self.assertEqual(self.all("guance", Filter={"CUSTOMER_IDENTIFIER": [identifier]}),
                         [one for one in whole if one["CustomerIdentifier"] == identifier])

    def test_a_new_contract_grants_when_it_is_provisioned_and_no_longer_than_it_lasts(self):
        made = self.subscribe("clickhouse-committed", "363636363636", privateOffer=True,
                              value="120000.00")
        mine = {"Filter": {"LICENSE_ARN": [made["licenseArn"]]}}
        self.assertEqual(self.all(**mine), [])
        control("advance", {"by": "2m"})
        granted = {one["Dimension"]: one["Value"]["IntegerValue"] for one in self.all(**mine)}
        self.assertEqual(granted, {"committed_spend": 120000, "support_tier": 1})
        control("expire", {"agreementId": made["agreementId"]})
        self.assertEqual(self.all(**mine), [])

    def test_parameters_outside_the_model_are_refused(self):
        code = self.listings["clickhouse-committed"]["productCode"]
        call = self.entitlements.get_entitlements
        page = call(ProductCode=code, MaxResults=1)
        cases = [
            {},
            {"ProductCode": ""},
            {"ProductCode": "x" * 256},
            {"ProductCode": "0" * 25},
            {"ProductCode": code, "MaxResults": 0},
            {"ProductCode": code, "MaxResults": 26},
            {"ProductCode": code, "NextToken": ""},
            {"ProductCode": code, "NextToken": "a b"},
            {"ProductCode": code, "NextToken": "x"},
            {"ProductCode": code, "MaxResults": 2, "NextToken": page["NextToken"]},
            {"ProductCode": code, "Filter": {"COLOR": ["red"]}},
            {"ProductCode": code, "Filter": {"DIMENSION": []}},
            {"ProductCode": code, "Filter": {"CUSTOMER_IDENTIFIER": ["x"],
                                             "CUSTOMER_AWS_ACCOUNT_ID": ["1"]}},
        ]
        for parameters in cases:
            self.refused(call, "InvalidParameterException", 400, **parameters)

    def test_the_other_modeled_errors_can_be_provoked(self):
        code = self.listings["clickhouse-committed"]["productCode"]
        for error, status in (("ThrottlingException", 400),
                              ("InternalServiceErrorException", 500)):
            control("faults", {"operation": "GetEntitlements", "error": error, "times": 1})
            self.refused(self.entitlements.get_entitlements, error, status, ProductCode=code)
        self.refused(service("marketplace-entitlement", signed_as="execute-api").get_entitlements,
                     "InvalidSignatureException", 400, ProductCode=code)
