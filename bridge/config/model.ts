import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';
import { BRIDGE_DEFAULTS as defaults, MAX_TIMER_SECONDS } from './defaults';
import { GRPC_SCHEMES, grpcHeaderProblem, grpcUrlProblem, isGrpcUrl } from './grpc-url';
import { hostName, loginHeader, modelLogin } from './model-login';
import { modelUrlProblem } from './model-url';
import { tls } from './tls';
import { sampleOf } from './topic-pattern';
import { urlOf } from './url';

/** The model that a route leads to, and how it is asked. */
export function modelOf({ timeoutSeconds }: { readonly timeoutSeconds: number }) {
  return z
    .strictObject({
      url: modelUrl('Use model.login or model.headers'),
      timeoutSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(timeoutSeconds),
      retry: z
        .strictObject({
          attempts: z.int().min(1).max(100).default(defaults.retryAttempts),
          minMs: z.int().min(1).max(600_000).default(defaults.retryMinMs),
          maxMs: z.int().min(1).max(600_000).default(defaults.retryMaxMs),
        })
        .refine(({ minMs, maxMs }) => minMs <= maxMs, 'has a minMs above its maxMs. Swap them')
        .prefault({}),
      breaker: z
        .strictObject({
          failures: z.int().min(1).default(defaults.breakerFailures),
          openSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.breakerOpenSeconds),
        })
        .prefault({}),
      maxReplyBytes: z.int().min(1).default(defaults.maxReplyBytes),
      headers: z.record(z.string(), z.string()).superRefine(refuseBadHeaders).default({}),
      login: modelLogin.optional(),
      hostHeader: hostName.optional(),
      tls: tls.optional(),
    })
    .superRefine(refuseContradictions);
}

function modelUrl(credentials: string) {
  const url = urlOf(['http', 'https', ...GRPC_SCHEMES], credentials);
  return z.string().superRefine((value, context) => {
    const problem = modelUrlProblem(value) ?? grpcUrlProblem(sampleOf(value));
    if (problem) context.addIssue({ code: 'custom', message: `is "${value}", but ${problem}` });
    const whole = url.safeParse(sampleOf(value));
    for (const { message } of whole.error?.issues ?? []) context.addIssue({ code: 'custom', message });
  });
}

interface ModelAccess {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly login?: z.output<typeof modelLogin> | undefined;
  readonly hostHeader?: string | undefined;
  readonly tls?: object | undefined;
}

/** What would be sent twice, or not be used at all. */
function refuseContradictions({ url, headers, login, hostHeader, tls }: ModelAccess, context: z.RefinementCtx): void {
  const named = Object.keys(headers).map((name) => name.toLowerCase());
  const sent = login && loginHeader(login);
  const problems = [
    sent !== undefined &&
      named.includes(sent) &&
      `has a login and a header "${sent}", which is what the login is sent in. Give one of them`,
    hostHeader !== undefined && named.includes('host') && 'has a hostHeader and a header "host". Give one of them',
    hostHeader !== undefined &&
      /^[a-z]+:\/\/[^/]*\{/.test(url) &&
      'has a hostHeader and a URL whose host comes from the topic. Give one of them',
    tls !== undefined &&
      !/^(https|grpcs):/.test(url) &&
      'has tls and a URL that is not https:// or grpcs://. Change one of them',
    ...[...named, ...(sent === undefined ? [] : [sent])].map((name) => {
      const problem = isGrpcUrl(url) && grpcHeaderProblem(name);
      return problem && `has a header "${name}", which ${problem}. Leave it out`;
    }),
  ];
  for (const message of problems) if (message) context.addIssue({ code: 'custom', message });
}

function refuseBadHeaders(headers: Record<string, string>, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      const message = `has the header "${name}", which HTTP does not allow. Use visible ASCII`;
      context.addIssue({ code: 'custom', message });
    }
  }
}
