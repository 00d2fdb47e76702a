import { validateHeaderName } from 'node:http';
import * as z from 'zod';

/**
 * Never passed on, whoever asks for it: what proves or says who somebody is, which is for the one it was sent to.
 *
 * With CC and BCC whoever sends a message would choose to which queues its answer, and its copy in the parking queue, go.
 */
const PRIVATE =
  /authori[sz]ation|authenticat|cookie|passw(or)?d|secret|token|credential|^(x-)?api[-_]?key$|^b?cc$|^kubeflow-|^x-amzn-oidc-|^x-(forwarded|auth)-|^x-death$|^x-(first|last)-death-/i;
/** Written by the bridge, or by HTTP itself. */
const OWN =
  /^(host|connection|content-(type|length)|keep-alive|transfer-encoding|te|trailer|upgrade|expect|x-request-id|traceparent|tracestate|status|code)$/i;

/** Whether a header of a message may never be in one that is made from it. */
export function isPrivateHeader(name: string): boolean {
  return PRIVATE.test(name);
}

/** Names of headers that are passed on. They are compared without regard to case, and sent as they are written here. */
export const headerNames = z.array(z.string().min(1).max(255)).superRefine((names, context) => {
  const known = new Set<string>();
  for (const name of names) {
    const problem = headerProblem(name) ?? (known.has(name.toLowerCase()) && 'is there twice. Leave one out');
    if (problem) context.addIssue({ code: 'custom', message: `has "${name}", which ${problem}` });
    known.add(name.toLowerCase());
  }
});

function headerProblem(name: string): string | undefined {
  if (isPrivateHeader(name)) return 'is not for others: it says who somebody is, or where messages go. Leave it out';
  if (OWN.test(name)) return 'the bridge writes itself. Leave it out';
  try {
    validateHeaderName(name);
    return undefined;
  } catch {
    return 'HTTP does not allow for a header. Use letters, digits and -';
  }
}
