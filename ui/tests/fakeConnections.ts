// Connections for the fake core: cards, checks and policies as the core would send them.
import type { CheckView, ConnectionCard, Failure, OperationView } from "../src/ipc/bindings";
import { NOW } from "./fakeRows";

export const sandboxCard = (): ConnectionCard => ({
  id: "sandbox", name: "Sandbox", sandbox: true, current: true, account: null, credentials: null, region: "us-east-1", endpoint: null, stsEndpoint: null, mail: null, readOnly: false, memoryOnly: false,
});

export const sellerCard = (change: Partial<ConnectionCard> = {}): ConnectionCard => ({
  ...sandboxCard(), id: "acme", name: "Acme Software", sandbox: false, current: false, account: "222233334444",
  credentials: { profile: null, roleArn: null, externalId: null, mfaSerial: null }, ...change,
});

export const policyText = (readOnly: boolean): string => JSON.stringify({
  Version: "2012-10-17",
  Statement: [{
    Sid: "Bindery", Effect: "Allow", Resource: "*",
    Action: [
      "aws-marketplace:SearchAgreements", "aws-marketplace:DescribeAgreement", "aws-marketplace:GetAgreementTerms", "aws-marketplace:GetEntitlements", "aws-marketplace:ListEntities",
      ...(readOnly ? [] : ["aws-marketplace:ResolveCustomer", "aws-marketplace:SendAgreementCancellationRequest"]),
    ],
  }],
}, null, 2);

const refused = (operation: string): Failure => ({
  code: "denied", message: `User: arn:aws:iam::222233334444:user/bindery is not authorized to perform: aws-marketplace:${operation}.`,
  hint: null, requestId: `9a3c1f02-${operation.length}f51-4d2e`, at: null, suggestion: null, fields: [], changes: [],
});

const operation = (name: string, service: string, withoutIt: string, change: Partial<OperationView> = {}): OperationView => ({
  name, service, action: `aws-marketplace:${name}`, acts: false, withoutIt, outcome: "allowed", failure: null, ...change,
});

export const checkOf = (change: Partial<CheckView> = {}): CheckView => ({
  at: NOW - 60_000, account: "222233334444", arn: "arn:aws:iam::222233334444:user/bindery", identityFailure: null, expectedAccount: "222233334444", otherAccount: false,
  clockBehind: 400, clockIsOff: false, missingPolicy: null, fullPolicy: policyText(false),
  operations: [
    operation("GetCallerIdentity", "Security Token Service", "nobody knows whose the credentials are", { action: null }),
    operation("SearchAgreements", "Agreement Service", "no agreement is listed"),
    operation("GetAgreementTerms", "Agreement Service", "values and terms stay unknown"),
    operation("SendAgreementCancellationRequest", "Agreement Service", "no cancellation can be asked for", { acts: true }),
    operation("GetEntitlements", "Entitlement Service", "nobody sees what a buyer holds"),
    operation("ListEntities", "Catalog API", "listings are called by their ids"),
    operation("ResolveCustomer", "Metering Service", "no buyer can be linked by a registration token", { acts: true }),
  ],
  actions: [
    { key: "link-by-token", what: "link a buyer by registration token", refusal: null },
    { key: "request-cancellation", what: "ask a buyer for a cancellation", refusal: null },
  ],
  ...change,
});

/** Two operations are denied, one service is not reached, and one operation leaves it open. */
export function lackingCheck(change: Partial<CheckView> = {}): CheckView {
  const whole = checkOf();
  const denied = ["GetAgreementTerms", "ResolveCustomer"];
  return checkOf({
    operations: whole.operations.map((known) => denied.includes(known.name) ? { ...known, outcome: "denied", failure: refused(known.name) }
      : known.service === "Catalog API" ? { ...known, outcome: "unknown", failure: { ...refused(known.name), code: "offline", message: "AWS did not answer within 10 s.", requestId: null } }
      : known),
    actions: whole.actions.map((action) => (action.key === "link-by-token" ? { ...action, refusal: "AWS denies ResolveCustomer." } : action)),
    missingPolicy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: denied.map((name) => `aws-marketplace:${name}`), Resource: "*" }] }, null, 2),
    ...change,
  });
}
