import { createHash } from 'node:crypto';
import { OUTPUT_TOKEN } from '../naming/unresolved';

/**
 * The recommended labels, of which name and instance select the pods.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function podLabels(name: string, instance: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': instance };
}

/** What the annotations begin with that `checksum` makes. */
export const CHECKSUM_ANNOTATION = 'edge-inference.cdk8s.io/';

/**
 * An annotation on the pod template that changes with what the pod reads at its start, so that a changed configuration
 * becomes a rollout. Of an Output it cannot be made, and is the Output's token itself, which synth refuses there.
 */
export function checksum(of: string, ...content: string[]): Record<string, string> {
  const annotation = `${CHECKSUM_ANNOTATION}${of}-checksum`;
  const token = content.map((text) => OUTPUT_TOKEN.exec(text)?.[0]).find(Boolean);
  if (token !== undefined) return { [annotation]: token };
  const hash = createHash('sha256');
  for (const text of content) hash.update(text).update('\0');
  return { [annotation]: hash.digest('hex') };
}
