import type { Backend } from "./backend";
import type { AgreementsQuery } from "./bindings";

/**
 * Asks at once for what the first screen is made of, so that the core answers while the screen is made. Whoever asks first
 * takes that answer; every later question is asked anew.
 */
export function askingAhead(backend: Backend, first: AgreementsQuery | undefined): Backend {
  const preferences = once(backend.preferences());
  const rows = first === undefined ? () => undefined : once(backend.listAgreements(first));
  return {
    ...backend,
    preferences: () => preferences() ?? backend.preferences(),
    listAgreements: (query) => {
      // Taken or not: an answer kept for later would be an old one.
      const asked = rows();
      return (first !== undefined && isSame(query, first) ? asked : undefined) ?? backend.listAgreements(query);
    },
  };
}

function once<T>(asked: Promise<T>): () => Promise<T> | undefined {
  let kept: Promise<T> | undefined = asked;
  // Whoever takes it sees why it failed; when nobody does, nobody misses it.
  asked.catch(() => undefined);
  return () => {
    const taken = kept;
    kept = undefined;
    return taken;
  };
}

function isSame(one: AgreementsQuery, other: AgreementsQuery): boolean {
  return one.filter === other.filter && one.sort === other.sort && one.descending === other.descending && one.offset === other.offset && one.limit === other.limit;
}
