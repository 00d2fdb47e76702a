/** As Pulumi's Outputs and tokens of cdk8s look like; the check of finished manifests finds what is left of them. */
const PLACEHOLDER = /\$\{(pulumi:\d+|Token\[[^\]]*\])\}/;

/**
 * Whether a value is known only later, so that nothing can be said about it now. Other text in braces is no placeholder:
 * were it never replaced, everybody would know it.
 */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value);
}
