import { headerNames } from './amqp-headers';

/** Between two ends of a connection, for the gateway itself, or believed by whoever reads it further on. */
const NOT_ON = /^(forwarded|http2-settings|origin|prefer|proxy-connection|routing-key)$/;
const ANYWAY = 'rquid';

/** Names of headers that the gateway hands on; in lower case, as Node has those that came. */
export const passedHeaders = headerNames
  .superRefine((names, context) => {
    for (const name of names) {
      const problem = problemOf(name.toLowerCase());
      if (problem) context.addIssue({ code: 'custom', message: `has "${name}", which ${problem}. Leave it out` });
    }
  })
  .transform((names) => names.map((name) => name.toLowerCase()));

function problemOf(name: string): string | undefined {
  if (name === ANYWAY) return 'is handed on anyway';
  return NOT_ON.test(name) ? 'is between the requester and the gateway' : undefined;
}
