import { validateHeaderName } from 'node:http';
import * as z from 'zod';
import { hostProblem } from './host-name';
import { urlOf } from './url';

const file = z.string().min(1);
const loginUrl = urlOf(['http', 'https'], 'Use the files that model.login names');

const headerName = z.string().superRefine((name, context) => {
  try {
    validateHeaderName(name);
  } catch {
    context.addIssue({ code: 'custom', message: `is "${name}", which HTTP does not allow for a header` });
  }
});

export const hostName = z.string().superRefine((host, context) => {
  const problem = hostProblem(host);
  if (problem) context.addIssue({ code: 'custom', message: `is "${host}", but ${problem}` });
});

const clientCredentials = z
  .strictObject({
    tokenUrl: loginUrl.optional(),
    issuer: loginUrl.optional(),
    clientId: z.string().min(1),
    clientSecretFile: file,
    scope: z.string().min(1).optional(),
    audience: z.string().min(1).optional(),
    authentication: z.enum(['basic', 'post']).default('basic'),
    caFile: file.optional(),
  })
  .refine(
    ({ tokenUrl, issuer }) => (tokenUrl === undefined) !== (issuer === undefined),
    'needs to know where tokens are issued. Give either tokenUrl, or an issuer that says so itself',
  );

const dexForm = z.strictObject({
  url: loginUrl.optional(),
  usernameFile: file,
  passwordFile: file,
  connector: z.string().min(1).default('local'),
  allowedHosts: z.array(hostName).default([]),
  caFile: file.optional(),
});

/** How a route logs in to whatever stands in front of its model. Of a route, so that no secret goes to another host. */
export const modelLogin = z
  .strictObject({
    bearerTokenFile: file.optional(),
    headerFile: z.strictObject({ name: headerName, file }).optional(),
    clientCredentials: clientCredentials.optional(),
    dexForm: dexForm.optional(),
  })
  .refine(
    (login) => Object.values(login).filter((way) => way !== undefined).length === 1,
    'needs one way to log in. Give one of bearerTokenFile, headerFile, clientCredentials and dexForm',
  );

/** The header that a login sends, in lower case. */
export function loginHeader({ headerFile, dexForm }: z.output<typeof modelLogin>): string {
  if (headerFile) return headerFile.name.toLowerCase();
  return dexForm ? 'cookie' : 'authorization';
}
