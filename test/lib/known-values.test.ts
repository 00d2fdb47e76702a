import { describe, it } from 'vitest';
import {
  AlbAuth,
  EdgeApp,
  EdgeGateway,
  GatewayReference,
  InferencePlatform,
  type InferencePlatformProps,
  type MosquittoVersion,
  TraefikInstallation,
} from '../../lib';
import { exposed, JWT } from './support/alb';
import { camelStack } from './support/camel';
import { expectRefusal } from './support/refusals';
import { brokerIn, IRIS, irisStack, platformIn } from './support/stacks';

/** What callers in JavaScript may write. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point
const any = (value: unknown): any => value;

function platform(props: Partial<InferencePlatformProps>) {
  const app = new EdgeApp();
  return new InferencePlatform(app, 'platform', { domain: 'example.com', namespaces: ['staging'], ...props });
}

const addModel = (options: object) => platformIn(new EdgeApp()).addModel('iris', { ...IRIS, ...options });
const addRuntime = (protocol: string) =>
  platformIn(new EdgeApp()).addRuntime('own', {
    container: { image: 'a/b:1' },
    formats: [{ format: IRIS.format }],
    protocols: [any(protocol)],
  });
const CLAIM = { name: 'scope', values: ['a'] };

describe('a value that is none of an enum', () => {
  it.each<[string, string, () => unknown]>([
    ['RawDeployment', 'Knative, Standard', () => platform({ kserve: { deploymentMode: any('RawDeployment') } })],
    ['flat', 'it is one of', () => platform({ hostLayout: any('flat') })],
    ['grpc', 'it is one of v1, v2', () => addModel({ protocol: 'grpc' })],
    ['v3', 'it is one of v1, v2', () => addRuntime('v3')],
    ['none', 'it is one of all, request, response', () => addModel({ logger: { messages: 'none' } })],
    ['public', 'it is one of internal, internet-facing', () => exposed({ auth: JWT, scheme: any('public') })],
    ['http', 'it is one of HTTP, HTTPS', () => exposed({ auth: JWT, gateway: { protocol: any('http') } })],
    [
      'list',
      'it is one of single-string',
      () => AlbAuth.jwt({ issuer: 'https://a.example.com', claims: [{ ...CLAIM, format: any('list') }] }),
    ],
    ['3.0', 'it is one of 3, 2.10, 2', () => TraefikInstallation.helm({ version: any('3.0') })],
    [
      'v2',
      'it is one of v1, v1alpha2',
      () => GatewayReference.existing({ name: 'a', namespace: 'b', version: any('v2') }),
    ],
    [
      'v2',
      'it is one of v1, v1alpha2',
      () => new EdgeGateway(new EdgeApp(), 'a', { className: 'b', version: any('v2') }),
    ],
    ['Route', 'it is one of', () => camelStack({}, { rendering: any('Route') })],
  ])('is refused: %s', (value, rule, action) => {
    expectRefusal(action, { code: 'EDGE_ERR_VALUE', value: `"${value}"`, rule });
  });

  it.each([
    ['KServe', () => platform({ kserve: { version: any('0.15') } }), '"0.15"', 'it is a KServeVersion'],
    [
      'Mosquitto',
      () => brokerIn(new EdgeApp(), { version: any('2.1') as MosquittoVersion }),
      '"2.1"',
      'it is a MosquittoVersion',
    ],
    ['RouteOrdering', () => irisStack({ ordering: any('topic') }), '""topic""', 'it is a RouteOrdering'],
    ['RequestMapping', () => irisStack({ request: any({ as: 'v1' }) }), '"{"as":"v1"}"', 'it is a RequestMapping'],
    ['ReplyMapping', () => irisStack({ replyBody: any({ path: '$' }) }), '"{"path":"$"}"', 'it is a ReplyMapping'],
  ])('is refused where it is to be one of the classes: %s', (_, action, value, rule) => {
    expectRefusal(action, { code: 'EDGE_ERR_VALUE', value, rule });
  });
});
