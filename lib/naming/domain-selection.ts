/** A domain for those whose labels match. */
export interface SelectedDomain {
  readonly domain: string;
  /** All of these labels are on what is published under the domain. */
  readonly selector: Record<string, string>;
}

/**
 * The domain under which Knative publishes something with these labels: of those whose selector matches the one with
 * the most labels, of equals the first in the alphabet, and `fallback` when none matches.
 *
 * @see https://github.com/knative/serving/blob/knative-v1.23.0/pkg/reconciler/route/config/domain.go
 */
export function domainFor(
  labels: Record<string, string>,
  domains: readonly SelectedDomain[],
  fallback: string,
): string {
  const matching = domains.filter(({ selector }) =>
    Object.entries(selector).every(([key, value]) => labels[key] === value),
  );
  const [best] = matching.sort((a, b) => labelCount(b) - labelCount(a) || (a.domain < b.domain ? -1 : 1));
  return best?.domain ?? fallback;
}

function labelCount({ selector }: SelectedDomain): number {
  return Object.keys(selector).length;
}
