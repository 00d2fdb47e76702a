import { BRIDGE_ERRORS } from '../bridge/errors';
import { EDGE_ERRORS } from '../lib/error-codes';

/** docs/errors.md, from the two tables of codes. */
export function errorPage(): string {
  const synthSections = Object.entries(EDGE_ERRORS).map(
    ([code, { means, why, fix }]) => `### ${code}\n\n${means} ${why}\n\n**Fix.** ${fix}\n`,
  );
  const bridgeRows = Object.entries(BRIDGE_ERRORS).map(
    ([code, { status, retryable, meaning }]) =>
      `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${meaning} |`,
  );
  return `# Errors

Codes are part of the interface: they keep their meaning. \`npm run docs\` writes this page.

## At synth

A bad prop throws an \`EdgeError\` at once. What shows only in the whole app is thrown by \`app.synth()\` as one
\`EdgeValidationError\` with a line for each problem: the construct's path, the code, the value, the rule, and the fix.

${synthSections.join('\n')}
## From the bridge

Requesters see the code and the status in the error reply; \`retryable\` says whether the same request may succeed later.

| code | status | retryable | meaning |
|---|---|---|---|
${bridgeRows.join('\n')}
`;
}
