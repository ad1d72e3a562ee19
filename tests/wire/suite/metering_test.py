"""Resolving customers and metering their usage."""

import datetime
import re

from suite.client import WireTest, control, service


class Customers(WireTest):
    def test_a_new_listing_is_known_by_account_and_license(self):
        made = self.subscribe("pinecone", "303030303030")
        resolved = self.metering.resolve_customer(RegistrationToken=made["registrationToken"])
        self.assertEqual(resolved["CustomerAWSAccountId"], "303030303030")
        self.assertEqual(resolved["LicenseArn"], made["licenseArn"])
        self.assertEqual(resolved["ProductCode"], self.listings["pinecone"]["productCode"])
        self.assertEqual(resolved["Metadata"]["AgreementId"], made["agreementId"])
        self.assertNotIn("CustomerIdentifier", resolved)
        self.assertTrue(made["registrationUrl"].endswith(made["registrationToken"]))

    def test_a_legacy_listing_is_known_by_its_customer_identifier(self):
        made = self.subscribe("guance", "313131313131")
        self.assertIsNone(made["licenseArn"])
        resolved = self.metering.resolve_customer(RegistrationToken=made["registrationToken"])
        self.assertRegex(resolved["CustomerIdentifier"], r"^[A-Za-z0-9]{11}$")
        self.assertNotIn("LicenseArn", resolved)
        again = self.subscribe("guance", "313131313131")
        other = self.metering.resolve_customer(RegistrationToken=again["registrationToken"])
        self.assertEqual(other["CustomerIdentifier"], resolved["CustomerIdentifier"])
        self.assertNotEqual(other["Metadata"], resolved["Metadata"])

    def test_a_token_may_be_used_again_until_it_is_superseded_or_too_old(self):
        made = self.subscribe("emqx", "323232323232")
        resolve = self.metering.resolve_customer
        first = resolve(RegistrationToken=made["registrationToken"])
        again = resolve(RegistrationToken=made["registrationToken"])
        self.assertEqual(first["Metadata"], again["Metadata"])
        newer = control("set-up", {"agreementId": made["agreementId"]})
        self.refused(resolve, "ExpiredTokenException", 400,
                     RegistrationToken=made["registrationToken"])
        resolve(RegistrationToken=newer["registrationToken"])
        control("advance", {"by": "4h"})
        self.refused(resolve, "ExpiredTokenException", 400,
                     RegistrationToken=newer["registrationToken"])

    def test_what_is_no_token_is_invalid(self):
        resolve = self.metering.resolve_customer
        for wrong in ("x", "eyJ0.a.1.1.b", "a" * 5000, "한국어"):
            self.refused(resolve, "InvalidTokenException", 400, RegistrationToken=wrong)
        self.refused(resolve, "ValidationException", 400, RegistrationToken="")
        self.refused(resolve, "ValidationException", 400)

    def test_the_other_modeled_errors_can_be_provoked(self):
        made = self.subscribe("emqx", "333333333333")
        for error, status in (("ThrottlingException", 400), ("DisabledApiException", 400),
                              ("InternalServiceErrorException", 500)):
            for operation, call in (
                ("ResolveCustomer", lambda: self.metering.resolve_customer(
                    RegistrationToken=made["registrationToken"])),
                ("BatchMeterUsage", lambda: self.metering.batch_meter_usage(UsageRecords=[])),
            ):
                control("faults", {"operation": operation, "error": error, "times": 1})
                self.refused(call, error, status)
        far = service("meteringmarketplace", region="mx-central-1")
        self.refused(far.resolve_customer, "DisabledApiException", 400,
                     RegistrationToken=made["registrationToken"])
        near = service("meteringmarketplace", region="ap-northeast-2")
        near.resolve_customer(RegistrationToken=made["registrationToken"])


class Usage(WireTest):
    account = 600000000000

    def setUp(self):
        super().setUp()
        # Away from the end of a month, which refuses usage that is otherwise fine.
        while not 3 <= self.now.day <= 24:
            control("advance", {"by": "1d"})

    @property
    def now(self):
        return datetime.datetime.fromisoformat(control("status")["now"])

    def holder(self, listing="emqx"):
        Usage.account += 1
        made = self.subscribe(listing, str(Usage.account))
        control("advance", {"by": "2m"})
        return made, {"CustomerAWSAccountId": str(Usage.account), "LicenseArn": made["licenseArn"]}

    def record(self, holder, **more):
        return {"Timestamp": self.now, "Dimension": "session_minutes", **holder, **more}

    def meter(self, *records, **more):
        return self.metering.batch_meter_usage(UsageRecords=list(records), **more)

    def outcomes(self, *records, **more):
        answer = self.meter(*records, **more)
        self.assertEqual(answer["UnprocessedRecords"], [])
        return [one["Status"] for one in answer["Results"]]

    def test_a_record_is_accepted_and_answered_as_it_was_sent(self):
        _, holder = self.holder()
        record = self.record(holder, Quantity=17)
        answer = self.meter(record)
        result = answer["Results"][0]
        self.assertEqual(result["Status"], "Success")
        self.assertTrue(re.fullmatch(r"[0-9a-f-]{36}", result["MeteringRecordId"]))
        self.assertEqual(result["UsageRecord"]["Quantity"], 17)
        self.assertEqual(result["UsageRecord"]["LicenseArn"], holder["LicenseArn"])
        moved = result["UsageRecord"]["Timestamp"] - record["Timestamp"]
        self.assertLess(abs(moved), datetime.timedelta(milliseconds=1))
        self.assertNotIn("QuantityAsDecimal", result["UsageRecord"])

    def test_quantities_of_one_hour_are_compared_by_value(self):
        _, holder = self.holder()
        record = self.record(holder)
        first = self.meter({**record, "Quantity": 17})["Results"][0]
        for same in ({"Quantity": 17}, {"QuantityAsDecimal": "17"}, {"QuantityAsDecimal": "17.00"}):
            again = self.meter({**record, **same})["Results"][0]
            self.assertEqual(again["Status"], "Success")
            self.assertEqual(again["MeteringRecordId"], first["MeteringRecordId"])
        self.assertEqual(self.outcomes({**record, "QuantityAsDecimal": "17.000001"},
                                       {**record, "Quantity": 18}, record),
                         ["DuplicateRecord"] * 3)
        self.assertEqual(self.outcomes({**record, "Dimension": "traffic_gb", "Quantity": 18}),
                         ["Success"])
        control("advance", {"by": "1h"})
        self.assertEqual(self.outcomes({**self.record(holder), "Quantity": 18}), ["Success"])

    def test_duplicates_within_one_request(self):
        _, holder = self.holder()
        record = self.record(holder)
        self.assertEqual(
            self.outcomes({**record, "Quantity": 1}, {**record, "Quantity": 1},
                          {**record, "Quantity": 2}),
            ["Success", "Success", "DuplicateRecord"])

    def test_a_record_without_quantity_is_zero(self):
        _, holder = self.holder()
        record = self.record(holder)
        self.assertEqual(self.outcomes(record), ["Success"])
        self.assertEqual(self.outcomes({**record, "Quantity": 0}), ["Success"])
        self.assertEqual(self.outcomes({**record, "Quantity": 1}), ["DuplicateRecord"])

    def test_an_empty_request_is_fine_and_26_records_are_not(self):
        self.assertEqual(self.meter()["Results"], [])
        _, holder = self.holder()
        records = [self.record(holder, Quantity=1)] * 26
        self.refused(self.metering.batch_meter_usage, "ValidationException", 400,
                     UsageRecords=records)
        self.refused(self.metering.batch_meter_usage, "ValidationException", 400)
        self.assertEqual(len(self.outcomes(*records[:25])), 25)

    def test_the_window_is_a_day_and_refuses_the_whole_request(self):
        _, holder = self.holder()
        control("advance", {"by": "30h"})
        good = self.record(holder, Quantity=1)
        for hours in (-24, -25, 1):
            moved = good["Timestamp"] + datetime.timedelta(hours=hours)
            self.refused(self.metering.batch_meter_usage, "TimestampOutOfBoundsException", 400,
                         UsageRecords=[good, {**good, "Timestamp": moved}])
        moved = good["Timestamp"] - datetime.timedelta(hours=23, minutes=59)
        self.assertEqual(self.outcomes({**good, "Timestamp": moved}), ["Success"])
        # The request that was refused left nothing behind.
        self.assertEqual(self.outcomes({**good, "Quantity": 2}), ["Success"])

    def test_a_month_ends_at_six_on_the_first(self):
        _, holder = self.holder()
        now = self.now
        first = (now.replace(day=28) + datetime.timedelta(days=4)).replace(
            day=1, hour=5, minute=0, second=0, microsecond=0)
        control("advance", {"by": f"{int((first - now).total_seconds())}s"})
        late = first - datetime.timedelta(hours=6)
        record = {**holder, "Dimension": "session_minutes", "Timestamp": late, "Quantity": 3}
        self.assertEqual(self.outcomes(record), ["Success"])
        control("advance", {"by": "61m"})
        self.refused(self.metering.batch_meter_usage, "TimestampOutOfBoundsException", 400,
                     UsageRecords=[{**record, "Dimension": "traffic_gb"}])
        today = {**record, "Timestamp": first + datetime.timedelta(minutes=1)}
        self.assertEqual(self.outcomes(today), ["Success"])

    def test_license_and_product_code_exclude_each_other(self):
        _, holder = self.holder()
        record = self.record(holder, Quantity=1)
        call = self.metering.batch_meter_usage
        code = self.listings["emqx"]["productCode"]
        without = {name: value for name, value in record.items() if name != "LicenseArn"}
        self.refused(call, "InvalidProductCodeException", 400, ProductCode=code,
                     UsageRecords=[record])
        self.refused(call, "InvalidProductCodeException", 400, UsageRecords=[without])
        self.refused(call, "InvalidProductCodeException", 400, ProductCode=code,
                     UsageRecords=[without])
        self.refused(call, "InvalidProductCodeException", 400, ProductCode="0" * 25,
                     UsageRecords=[without])
        self.assertEqual(self.outcomes(record, ProductCode=""), ["Success"])

    def test_a_license_must_fit_its_customer_and_time(self):
        made, holder = self.holder()
        _, other = self.holder()
        record = self.record(holder, Quantity=1)
        call = self.metering.batch_meter_usage
        wrong = [
            {"LicenseArn": "arn:aws:license-manager::294406891311:license:l-" + "0" * 32},
            {"LicenseArn": other["LicenseArn"]},
            {"Timestamp": record["Timestamp"] - datetime.timedelta(hours=20)},
        ]
        for change in wrong:
            self.refused(call, "InvalidLicenseException", 400, UsageRecords=[{**record, **change}])
        self.refused(call, "ValidationException", 400,
                     UsageRecords=[{**record, "LicenseArn": "l-1"}])
        self.refused(call, "InvalidLicenseException", 400, UsageRecords=[
            record, {**self.record(self.holder("pinecone")[1]), "Dimension": "usage"}])
        self.refused(call, "InvalidCustomerIdentifierException", 400, UsageRecords=[
            {**record, "CustomerIdentifier": "X01EXAMPLEX"}])
        no_account = {k: v for k, v in record.items() if k != "CustomerAWSAccountId"}
        self.refused(call, "InvalidCustomerIdentifierException", 400, UsageRecords=[no_account])
        self.assertEqual(self.outcomes({**record, "CustomerIdentifier": ""}), ["Success"])

    def test_usage_is_taken_for_an_hour_after_the_end(self):
        made, holder = self.holder()
        record = self.record(holder, Quantity=1)
        control("cancel", {"agreementId": made["agreementId"]})
        control("advance", {"by": "50m"})
        self.assertEqual(self.outcomes(record), ["Success"])
        self.refused(self.metering.batch_meter_usage, "InvalidLicenseException", 400,
                     UsageRecords=[self.record(holder, Quantity=1)])
        control("advance", {"by": "11m"})
        self.assertEqual(self.outcomes({**record, "Dimension": "traffic_gb"}),
                         ["CustomerNotSubscribed"])

    def test_nothing_is_metered_before_it_is_provisioned(self):
        made = self.subscribe("emqx", "343434343434")
        holder = {"CustomerAWSAccountId": "343434343434", "LicenseArn": made["licenseArn"]}
        self.assertEqual(self.outcomes(self.record(holder, Quantity=1)), ["CustomerNotSubscribed"])

    def test_a_legacy_product_is_metered_by_its_code(self):
        made = self.subscribe("guance", "353535353535")
        identifier = self.metering.resolve_customer(
            RegistrationToken=made["registrationToken"])["CustomerIdentifier"]
        control("advance", {"by": "2m"})
        code = self.listings["guance"]["productCode"]
        record = {"Timestamp": self.now, "Dimension": "usage_usd_cents", "Quantity": 5}
        by_account = {**record, "CustomerAWSAccountId": "353535353535"}
        by_identifier = {**record, "CustomerIdentifier": identifier}
        self.assertEqual(self.outcomes(by_identifier, ProductCode=code), ["Success"])
        # The same customer by another name: it is the same usage.
        self.assertEqual(self.outcomes({**by_account, "Quantity": 6}, ProductCode=code),
                         ["DuplicateRecord"])
        call = self.metering.batch_meter_usage
        for customer in ({**by_account, "CustomerIdentifier": identifier}, record,
                         {**record, "CustomerIdentifier": "X01EXAMPLEX"}):
            self.refused(call, "InvalidCustomerIdentifierException", 400, ProductCode=code,
                         UsageRecords=[customer])
        stranger = {**record, "CustomerAWSAccountId": "999999999999999"}
        self.assertEqual(self.outcomes(stranger, ProductCode=code), ["CustomerNotSubscribed"])

    def test_dimensions_are_the_products(self):
        _, holder = self.holder()
        self.refused(self.metering.batch_meter_usage, "InvalidUsageDimensionException", 400,
                     UsageRecords=[self.record(holder, Dimension="usage", Quantity=1)])

    def test_allocations_add_up_in_one_kind_of_quantity(self):
        _, holder = self.holder()
        base = self.record(holder)

        def tags(*pairs):
            return [{"Key": key, "Value": value} for key, value in pairs]

        def allocation(quantity, *pairs):
            kind = "AllocatedUsageQuantity" + ("AsDecimal" if isinstance(quantity, str) else "")
            return {kind: quantity, **({"Tags": tags(*pairs)} if pairs else {})}

        whole = {**base, "Quantity": 10}
        decimal = {**base, "QuantityAsDecimal": "10.5", "Dimension": "traffic_gb"}
        a, b = ("team", "red"), ("team", "blue")
        bad = [
            {**whole, "UsageAllocations": [allocation(4, a), allocation(5, b)]},
            {**whole, "UsageAllocations": [allocation("10", a)]},
            {**decimal, "UsageAllocations": [allocation(10, a)]},
            {**whole, "UsageAllocations": [allocation(5, a), allocation(5, a)]},
            {**whole, "UsageAllocations": [{"Tags": tags(a)}]},
            {**whole, "UsageAllocations": []},
            {**whole, "UsageAllocations": [{"AllocatedUsageQuantity": 10, "Tags": tags(a),
                                            "AllocatedUsageQuantityAsDecimal": "10"}]},
        ]
        for record in bad:
            self.refused(self.metering.batch_meter_usage, "InvalidUsageAllocationsException", 400,
                         UsageRecords=[record])
        bad_tags = [tags(*[(str(n), "v") for n in range(6)]), tags(("", "v")), tags(("k", "")),
                    tags(("k" * 101, "v")), tags(("k", "v" * 257)), tags(("k", "é")),
                    tags(("k", "1"), ("k", "2")), []]
        for wrong in bad_tags:
            record = {**whole, "UsageAllocations": [{"AllocatedUsageQuantity": 10, "Tags": wrong}]}
            self.refused(self.metering.batch_meter_usage, "InvalidTagException", 400,
                         UsageRecords=[record])
        good = [
            {**whole, "UsageAllocations": [allocation(4, a), allocation(5, b), allocation(1)]},
            {**decimal, "UsageAllocations": [allocation("10.25", a), allocation("0.25", b)]},
        ]
        self.assertEqual(self.outcomes(*good), ["Success", "Success"])

    def test_quantities_outside_the_model_are_refused(self):
        _, holder = self.holder()
        for wrong in ({"Quantity": -1}, {"Quantity": 2147483648}, {"QuantityAsDecimal": "01"},
                      {"QuantityAsDecimal": "1.1234567"}, {"QuantityAsDecimal": "-1"},
                      {"QuantityAsDecimal": ""}, {"Quantity": 1, "QuantityAsDecimal": "1"},
                      {"Dimension": ""}, {"CustomerAWSAccountId": "abc"},
                      {"CustomerIdentifier": "x" * 256}):
            self.refused(self.metering.batch_meter_usage, "ValidationException", 400,
                         UsageRecords=[self.record(holder, **wrong)])
        record = self.record(holder)
        for missing in ("Timestamp", "Dimension"):
            lacking = {name: value for name, value in record.items() if name != missing}
            self.refused(self.metering.batch_meter_usage, "ValidationException", 400,
                         UsageRecords=[lacking])

    def test_an_answer_that_is_lost_can_be_asked_for_again(self):
        _, holder = self.holder()
        record = self.record(holder, Quantity=9)
        control("faults", {"operation": "BatchMeterUsage", "dropAfterAccepting": True, "times": 1})
        with self.assertRaises(Exception):
            self.meter(record)
        self.assertEqual(self.outcomes(record), ["Success"])
        self.assertEqual(self.outcomes({**record, "Quantity": 10}), ["DuplicateRecord"])
