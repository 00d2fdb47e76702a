import { createHash } from 'node:crypto';

/**
 * The recommended labels, of which name and instance select the pods.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function podLabels(name: string, instance: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': instance };
}

/**
 * An annotation on the pod template that changes with what the pod reads at its start, so that a changed configuration
 * becomes a rollout.
 */
export function checksum(of: string, ...content: string[]): Record<string, string> {
  const hash = createHash('sha256');
  for (const text of content) hash.update(text).update('\0');
  return { [`edge-inference.cdk8s.io/${of}-checksum`]: hash.digest('hex') };
}
