"""Products and offers."""

import json

from suite.client import SELLER, WireTest, control

MARKET = {"Catalog": "AWSMarketplace"}


class Catalog(WireTest):
    def all(self, kind, size=50, **more):
        found, token = [], {}
        while True:
            page = self.catalog.list_entities(EntityType=kind, MaxResults=size, **MARKET, **more,
                                              **token)
            self.assertLessEqual(len(page["EntitySummaryList"]), size)
            found += page["EntitySummaryList"]
            if "NextToken" not in page:
                return found
            token = {"NextToken": page["NextToken"]}

    def test_the_products_are_the_five_listings(self):
        products = self.all("SaaSProduct", size=2)
        self.assertEqual({one["EntityId"] for one in products},
                         {one["productId"] for one in self.listings.values()})
        for listing in self.listings.values():
            told = self.catalog.describe_entity(EntityId=listing["productId"], **MARKET)
            document = told["DetailsDocument"]
            self.assertEqual(json.loads(told["Details"]), document)
            self.assertEqual(document["Description"]["ProductCode"], listing["productCode"])
            self.assertEqual(document["Description"]["ProductTitle"], listing["title"])
            kinds = {kind for one in document["Dimensions"] for kind in one["Types"]}
            self.assertEqual("Entitled" in kinds, listing["pricing"] == "contract")
            option = document["Versions"][0]["DeliveryOptions"][0]
            self.assertEqual(option["Type"], "SoftwareRegistration")
            self.assertIn(SELLER, told["EntityArn"])

    def test_private_offers_name_their_buyer(self):
        offers = self.all("Offer")
        private = [one for one in offers if one["OfferSummary"]["Targeting"] == ["BuyerAccounts"]]
        self.assertEqual(len(offers) - len(private), 5)
        for size in (3, 20):
            self.assertEqual(self.all("Offer", size=size), offers)
        used = {one["proposalSummary"]["offerId"]: one for one in self.search()}
        for offer in private[:10]:
            row = used[offer["EntityId"]]
            account = row["acceptor"]["accountId"]
            self.assertEqual(offer["OfferSummary"]["BuyerAccounts"], [account])
            told = self.catalog.describe_entity(EntityId=offer["EntityId"], **MARKET)
            rule = told["DetailsDocument"]["Rules"][0]
            self.assertEqual(rule["PositiveTargeting"]["BuyerAccounts"], [account])
        self.assertLessEqual(set(used), {one["EntityId"] for one in offers})

    def test_filters_and_orders(self):
        offers = self.all("Offer")
        product = self.listings["emqx"]["productId"]
        wanted = [one for one in offers if one["OfferSummary"]["ProductId"] == product]

        def by(**filters):
            return self.all("Offer", EntityTypeFilters={"OfferFilters": filters})

        self.assertEqual(by(ProductId={"ValueList": [product]}), wanted)
        account = next(one for one in offers if "BuyerAccounts" in one["OfferSummary"])
        account = account["OfferSummary"]["BuyerAccounts"][0]
        for one in by(BuyerAccounts={"WildCardValue": account}):
            self.assertEqual(one["OfferSummary"]["BuyerAccounts"], [account])
        self.assertEqual(len(by(Targeting={"ValueList": ["None"]})), 5)
        self.assertEqual(by(State={"ValueList": ["Draft"]}), [])
        self.assertEqual(by(CreatedBySource={"ValueList": ["Seller"]}), offers)
        self.assertEqual(by(TargetAgreementId={"ValueList": ["agmt-x"]}), [])
        self.assertEqual(self.all("Offer", OwnershipType="SHARED"), [])
        self.assertEqual(self.all("AmiProduct"), [])
        dates = sorted(one["OfferSummary"]["ReleaseDate"] for one in offers)
        middle = dates[len(dates) // 2]
        late = by(ReleaseDate={"DateRange": {"AfterValue": middle}})
        self.assertEqual({one["EntityId"] for one in late},
                         {one["EntityId"] for one in offers
                          if one["OfferSummary"]["ReleaseDate"] > middle})
        for order in ("ASCENDING", "DESCENDING"):
            sort = {"OfferSort": {"SortBy": "ReleaseDate", "SortOrder": order}}
            found = [one["OfferSummary"]["ReleaseDate"]
                     for one in self.all("Offer", size=7, EntityTypeSort=sort)]
            self.assertEqual(found, dates if order == "ASCENDING" else dates[::-1])
        title = {"SaaSProductFilters": {"ProductTitle": {"WildCardValue": "clickhouse"}}}
        self.assertEqual(len(self.all("SaaSProduct", EntityTypeFilters=title)), 2)
        legacy = [{"Name": "EntityId", "ValueList": [product]}]
        self.assertEqual([one["EntityId"] for one in self.all("SaaSProduct", FilterList=legacy)],
                         [product])

    def test_parameters_outside_the_model_are_refused(self):
        call = self.catalog.list_entities
        page = call(EntityType="Offer", MaxResults=1, **MARKET)
        cases = [
            {"EntityType": "Offer"},
            {"Catalog": "AWSMarketplace"},
            {"Catalog": "Elsewhere", "EntityType": "Offer"},
            {"Catalog": "no spaces", "EntityType": "Offer"},
            {**MARKET, "EntityType": "Boat"},
            {**MARKET, "EntityType": "Offer", "MaxResults": 0},
            {**MARKET, "EntityType": "Offer", "MaxResults": 51},
            {**MARKET, "EntityType": "Offer", "OwnershipType": "OTHERS"},
            {**MARKET, "EntityType": "Offer", "NextToken": "x"},
            {**MARKET, "EntityType": "Offer", "NextToken": "a b"},
            {**MARKET, "EntityType": "Offer", "MaxResults": 2, "NextToken": page["NextToken"]},
            {**MARKET, "EntityType": "SaaSProduct",
             "EntityTypeFilters": {"OfferFilters": {"State": {"ValueList": ["Released"]}}}},
            {**MARKET, "EntityType": "Offer", "EntityTypeFilters": {"AmiProductFilters": {}}},
            {**MARKET, "EntityType": "Offer", "EntityTypeSort": {"SaaSProductSort": {}}},
            {**MARKET, "EntityType": "Offer",
             "EntityTypeFilters": {"OfferFilters": {"State": {"ValueList": ["Sold"]}}}},
            {**MARKET, "EntityType": "Offer", "EntityTypeFilters":
             {"OfferFilters": {"ReleaseDate": {"DateRange": {"AfterValue": "2026-01-01"}}}}},
            {**MARKET, "EntityType": "Offer",
             "EntityTypeSort": {"OfferSort": {"SortBy": "Color"}}},
        ]
        for parameters in cases:
            answer = self.refused(call, "ValidationException", 422, **parameters)
            self.assertTrue(answer["ValidationExceptionFieldList"], parameters)
        describe = self.catalog.describe_entity
        self.refused(describe, "ResourceNotFoundException", 404, EntityId="prod-x", **MARKET)
        self.refused(describe, "ResourceNotFoundException", 404, EntityId="offer-x", **MARKET)
        for wrong in ({}, {"EntityId": "prod x"}, {"EntityId": "x" * 256}):
            self.refused(describe, "ValidationException", 422, **MARKET, **wrong)
        self.refused(describe, "ValidationException", 422, EntityId="prod-x", Catalog="Elsewhere")

    def test_the_other_modeled_errors_can_be_provoked(self):
        product = self.listings["emqx"]["productId"]
        for error, status in (("ThrottlingException", 429), ("AccessDeniedException", 403),
                              ("InternalServiceException", 500)):
            control("faults", {"operation": "*", "error": error, "times": 2})
            self.refused(self.catalog.list_entities, error, status, EntityType="Offer", **MARKET)
            self.refused(self.catalog.describe_entity, error, status, EntityId=product, **MARKET)
        control("faults", {"operation": "DescribeEntity", "error": "ResourceNotSupportedException",
                           "times": 1})
        self.refused(self.catalog.describe_entity, "ResourceNotSupportedException", 415,
                     EntityId=product, **MARKET)
        control("faults", {"operation": "ListEntities", "error": "ResourceNotFoundException",
                           "times": 1})
        self.refused(self.catalog.list_entities, "ResourceNotFoundException", 404,
                     EntityType="Offer", **MARKET)
