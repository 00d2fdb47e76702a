/** How a Pulumi Output stands in a text: `token(..)` makes it, and `ClusterObjects` puts the value in its place. */
export const OUTPUT_TOKEN = /\$\{pulumi:(\d+)\}/;

/** As Pulumi's Outputs and tokens of cdk8s look like. */
const PLACEHOLDER = /\$\{(pulumi:\d+|Token\[[^\]]*\])\}/;

const BEGIN = '$' + '{pulumi:';

/** What is left of the begin in base64, at each of the three places where it may start within a group. */
const ENCODED = [0, 1, 2].map((before) => {
  const bits = (before + BEGIN.length) * 8;
  const encoded = Buffer.from(BEGIN.padStart(before + BEGIN.length)).toString('base64');
  return encoded.slice(before === 0 ? 0 : before + 1, Math.floor(bits / 6));
});

/**
 * Whether a value is known only later, so that nothing can be said about it now. Other text in braces is no placeholder:
 * were it never replaced, everybody would know it.
 */
export function isUnresolved(value: unknown): value is string {
  return typeof value === 'string' && PLACEHOLDER.test(value);
}

/** Whether an Output's token was encoded as base64, where nothing finds it again. */
export function hidesToken(text: string): boolean {
  return ENCODED.some((encoded) => text.includes(encoded));
}
