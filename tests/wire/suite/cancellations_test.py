"""Cancellation requests: sent, read, withdrawn and answered."""

from suite.client import WireTest, control

NO_REQUEST = "acr-0000000000000"


class Cancellations(WireTest):
    account = 404040404040

    def agreement(self, listing="pinecone"):
        Cancellations.account += 1
        return self.subscribe(listing, str(Cancellations.account))["agreementId"]

    def sent(self, agreement, **more):
        return self.agreements.send_agreement_cancellation_request(
            agreementId=agreement, reasonCode="TEST_AGREEMENT", **more)

    def both(self, sent):
        return {name: sent[name] for name in ("agreementId", "agreementCancellationRequestId")}

    def status(self, sent):
        return self.agreements.get_agreement_cancellation_request(**self.both(sent))

    def test_a_request_reads_as_it_was_sent_and_is_listed(self):
        agreement = self.agreement()
        sent = self.sent(agreement, description="Wrong product, agreed by phone – 실수")
        self.assertEqual(sent["status"], "PENDING_APPROVAL")
        self.assertEqual(sent["createdAt"], sent["updatedAt"])
        self.assertNotIn("statusMessage", sent)
        read = self.status(sent)
        self.assertEqual(read["description"], "Wrong product, agreed by phone – 실수")
        self.assertEqual(read["reasonCode"], "TEST_AGREEMENT")
        listed = self.agreements.list_agreement_cancellation_requests(
            partyType="Proposer", agreementId=agreement)["items"]
        self.assertEqual(len(listed), 1)
        self.assertEqual(listed[0]["catalog"], "AWSMarketplace")
        self.assertEqual(listed[0]["agreementType"], "PurchaseAgreement")

    def test_a_token_makes_sending_idempotent(self):
        agreement, other = self.agreement(), self.agreement()
        sent = self.sent(agreement, clientToken="same-token")
        again = self.sent(agreement, clientToken="same-token")
        self.assertEqual(again["agreementCancellationRequestId"],
                         sent["agreementCancellationRequestId"])
        answer = self.refused(self.sent, "ConflictException", 409, agreement=other,
                              clientToken="same-token")
        self.assertEqual(answer["resourceType"], "AgreementCancellationRequest")
        self.refused(self.sent, "ConflictException", 409, agreement=agreement,
                     clientToken="same-token", description="other words")

    def test_one_request_at_a_time_and_only_for_active_agreements(self):
        agreement = self.agreement()
        sent = self.sent(agreement)
        answer = self.refused(self.sent, "ConflictException", 409, agreement=agreement)
        self.assertEqual(answer["resourceId"], sent["agreementCancellationRequestId"])
        ended = self.agreement()
        control("cancel", {"agreementId": ended})
        self.refused(self.sent, "ValidationException", 400, "INACTIVE_AGREEMENT", agreement=ended)
        answer = self.refused(self.sent, "ResourceNotFoundException", 404, agreement="agmt-x")
        self.assertEqual(answer["resourceType"], "Agreement")

    def test_an_agreement_that_does_not_support_it_is_told_so(self):
        for row in self.search(("Status", "ACTIVE")):
            entitlement = self.agreements.get_agreement_entitlements(
                agreementId=row["agreementId"])["agreementEntitlements"][0]
            if entitlement["statusReasonCode"] == "UNSUPPORTED_OPERATION":
                self.refused(self.sent, "ValidationException", 400, "UNSUPPORTED_ACTION",
                             agreement=row["agreementId"])
                return
        self.fail("the world has no agreement of this kind")

    def test_the_seller_withdraws_while_it_is_pending(self):
        sent = self.sent(self.agreement())
        withdraw = self.agreements.cancel_agreement_cancellation_request
        done = withdraw(cancellationReason="Settled otherwise", **self.both(sent))
        self.assertEqual((done["status"], done["statusMessage"]), ("CANCELLED", "Settled otherwise"))
        answer = self.refused(withdraw, "ConflictException", 409, cancellationReason="Again",
                              **self.both(sent))
        self.assertEqual(answer["resourceId"], sent["agreementCancellationRequestId"])

    def test_the_buyer_accepts_and_the_agreement_is_cancelled(self):
        agreement = self.agreement()
        sent = self.sent(agreement)
        done = self.agreements.accept_agreement_cancellation_request(**self.both(sent))
        self.assertEqual(done["status"], "APPROVED")
        told = self.agreements.describe_agreement(agreementId=agreement)
        self.assertEqual(told["status"], "CANCELLED")
        self.refused(self.agreements.accept_agreement_cancellation_request, "ConflictException",
                     409, **self.both(sent))

    def test_the_buyer_rejects_and_another_can_be_sent(self):
        agreement = self.agreement()
        sent = self.sent(agreement)
        reject = self.agreements.reject_agreement_cancellation_request
        done = reject(rejectionReason="We still need it", **self.both(sent))
        self.assertEqual((done["status"], done["statusMessage"]), ("REJECTED", "We still need it"))
        self.refused(reject, "ConflictException", 409, rejectionReason="No", **self.both(sent))
        self.assertEqual(self.sent(agreement)["status"], "PENDING_APPROVAL")

    def test_the_buyers_of_the_controls_answer_too(self):
        accepted, rejected = self.sent(self.agreement()), self.sent(self.agreement())
        path = "cancellation-requests/{}/{}"
        accept = path.format(accepted["agreementCancellationRequestId"], "accept")
        self.assertEqual(control(accept, {})["status"], "APPROVED")
        self.assertEqual(control(accept, {})["httpStatus"], 409)
        reject = path.format(rejected["agreementCancellationRequestId"], "reject")
        self.assertEqual(control(reject, {"reason": "Not now"})["status"], "REJECTED")
        self.assertEqual(self.status(rejected)["statusMessage"], "Not now")
        self.assertEqual(control(path.format(NO_REQUEST, "accept"), {})["httpStatus"], 404)

    def test_silence_for_seven_days_is_consent(self):
        agreement = self.agreement()
        sent = self.sent(agreement)
        control("advance", {"by": "6d"})
        self.assertEqual(self.status(sent)["status"], "PENDING_APPROVAL")
        control("advance", {"by": "1d"})
        control("advance", {"by": "1m"})
        self.assertEqual(self.status(sent)["status"], "APPROVED")
        told = self.agreements.describe_agreement(agreementId=agreement)
        self.assertEqual(told["status"], "CANCELLED")

    def test_a_suspended_account_makes_a_request_fail_later(self):
        for row in self.search(("Status", "ACTIVE")):
            entitlement = self.agreements.get_agreement_entitlements(
                agreementId=row["agreementId"])["agreementEntitlements"][0]
            if entitlement["statusReasonCode"] == "ACCOUNT_SUSPENDED":
                sent = self.sent(row["agreementId"])
                self.assertEqual(sent["status"], "PENDING_APPROVAL")
                control("advance", {"by": "1m"})
                read = self.status(sent)
                self.assertEqual(read["status"], "VALIDATION_FAILED")
                self.assertTrue(read["statusMessage"])
                return
        self.fail("the world has no agreement of this kind")

    def test_the_list_pages_and_filters(self):
        for _ in range(5):
            self.sent(self.agreement())
        call = self.agreements.list_agreement_cancellation_requests
        whole = []
        token = {}
        while True:
            page = call(partyType="Proposer", maxResults=3, **token)
            self.assertLessEqual(len(page["items"]), 3)
            whole += page["items"]
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        ids = [one["agreementCancellationRequestId"] for one in whole]
        self.assertEqual(len(ids), len(set(ids)))
        statuses = {one["status"] for one in whole}
        self.assertEqual(statuses, {"PENDING_APPROVAL", "APPROVED", "REJECTED", "CANCELLED",
                                    "VALIDATION_FAILED"})
        for status in statuses:
            found = call(partyType="Proposer", status=status)["items"]
            self.assertEqual({one["status"] for one in found}, {status})
        self.assertEqual(call(partyType="Acceptor")["items"], [])
        self.assertEqual(call(partyType="Proposer", agreementType="Lease")["items"], [])
        self.assertEqual(call(partyType="Proposer", agreementId="agmt-x")["items"], [])
        self.refused(call, "ValidationException", 400, "INVALID_NEXT_TOKEN",
                     partyType="Proposer", maxResults=4, **token)

    def test_parameters_outside_the_model_are_refused(self):
        agreement = self.agreement()
        sent = self.sent(agreement)
        both = self.both(sent)
        one = {"agreementId": agreement}
        acr = {"agreementCancellationRequestId": both["agreementCancellationRequestId"]}
        send = self.agreements.send_agreement_cancellation_request
        get = self.agreements.get_agreement_cancellation_request
        withdraw = self.agreements.cancel_agreement_cancellation_request
        accept = self.agreements.accept_agreement_cancellation_request
        reject = self.agreements.reject_agreement_cancellation_request
        listing = self.agreements.list_agreement_cancellation_requests
        cases = [
            (send, "MISSING_AGREEMENT_ID", {"reasonCode": "OTHER"}),
            (send, "MISSING_REASON_CODE", one),
            (send, "INVALID_REASON_CODE", {**one, "reasonCode": "BORED"}),
            (send, "INVALID_CLIENT_TOKEN", {**one, "reasonCode": "OTHER", "clientToken": "a b"}),
            (send, "INVALID_CLIENT_TOKEN", {**one, "reasonCode": "OTHER", "clientToken": "a" * 65}),
            (send, "INVALID_DESCRIPTION", {**one, "reasonCode": "OTHER", "description": ""}),
            (send, "INVALID_DESCRIPTION",
             {**one, "reasonCode": "OTHER", "description": "x" * 2001}),
            (get, "MISSING_AGREEMENT_CANCELLATION_REQUEST_ID", one),
            (get, "MISSING_AGREEMENT_ID", acr),
            (get, "INVALID_AGREEMENT_CANCELLATION_REQUEST_ID",
             {**one, "agreementCancellationRequestId": "request-1"}),
            (withdraw, "MISSING_REASON", both),
            (withdraw, "INVALID_REASON", {**both, "cancellationReason": ""}),
            (withdraw, "INVALID_REASON", {**both, "cancellationReason": "x" * 2001}),
            (accept, "MISSING_AGREEMENT_CANCELLATION_REQUEST_ID", one),
            (reject, "MISSING_REASON", both),
            (reject, "INVALID_REJECTION_REASON", {**both, "rejectionReason": "x" * 2001}),
            (listing, "MISSING_PARTY_TYPE", {}),
            (listing, "INVALID_PARTY_TYPE", {"partyType": "Bystander"}),
            (listing, "INVALID_STATUS", {"partyType": "Proposer", "status": "MAYBE"}),
            (listing, "INVALID_MAX_RESULTS", {"partyType": "Proposer", "maxResults": 51}),
            (listing, "INVALID_CATALOG", {"partyType": "Proposer", "catalog": "Elsewhere"}),
        ]
        for call, reason, parameters in cases:
            self.refused(call, "ValidationException", 400, reason, **parameters)

    def test_a_request_is_found_only_with_its_own_agreement(self):
        sent, other = self.sent(self.agreement()), self.agreement()
        acr = sent["agreementCancellationRequestId"]
        for call, more in (
            (self.agreements.get_agreement_cancellation_request, {}),
            (self.agreements.accept_agreement_cancellation_request, {}),
            (self.agreements.reject_agreement_cancellation_request, {"rejectionReason": "No"}),
            (self.agreements.cancel_agreement_cancellation_request, {"cancellationReason": "No"}),
        ):
            answer = self.refused(call, "ResourceNotFoundException", 404, agreementId=other,
                                  agreementCancellationRequestId=acr, **more)
            self.assertEqual(answer["resourceType"], "AgreementCancellationRequest")
            self.refused(call, "ResourceNotFoundException", 404, agreementId=other,
                         agreementCancellationRequestId=NO_REQUEST, **more)
        self.assertEqual(self.status(sent)["status"], "PENDING_APPROVAL")

    def test_a_request_accepted_but_unanswered_is_done_once(self):
        agreement = self.agreement()
        control("faults", {"operation": "SendAgreementCancellationRequest",
                           "dropAfterAccepting": True, "times": 1})
        with self.assertRaises(Exception) as caught:
            self.sent(agreement, clientToken="lost-answer")
        self.assertNotIn("ClientError", type(caught.exception).__name__)
        again = self.sent(agreement, clientToken="lost-answer")
        listed = self.agreements.list_agreement_cancellation_requests(
            partyType="Proposer", agreementId=agreement)["items"]
        self.assertEqual([one["agreementCancellationRequestId"] for one in listed],
                         [again["agreementCancellationRequestId"]])
