import type { NetworkRule } from '../../kubernetes/objects';

/** Each rule once: several routes may lead to one place. */
export function uniqueRules(rules: readonly NetworkRule[]): NetworkRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
