import type { SecretReference } from '../broker/credentials';
import type { KServeContainer, KServeVariable } from '../crds/kserve';
import { validImage } from '../kubernetes/image';
import { type ContainerResources, renderResources } from '../kubernetes/plus';
import { refuse } from './refuse';

/** What a server is told through its environment. */
export interface ServerEnvironment {
  /** Variables in clear. @default - none */
  readonly env?: Record<string, string>;
  /** Variables whose values are in Secrets of the model's namespace. @default - none */
  readonly secretEnv?: Record<string, SecretReference>;
}

/** A container that serves: a model, what transforms requests to one, or any model of some format. */
export interface ServerContainer extends ServerEnvironment {
  /** Name it by digest, so that every pod runs the same. */
  readonly image: string;
  /** @default - the image's entry point */
  readonly command?: string[];
  /** @default - none */
  readonly args?: string[];
  /** The port it listens on. @default - KServe's: 8080 */
  readonly port?: number;
  /** @default - KServe's: 1 CPU and 2Gi of memory */
  readonly resources?: ContainerResources;
  /**
   * Whether Kubernetes refuses to run it as root.
   *
   * @default true
   */
  readonly runAsNonRoot?: boolean;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** KServe sets these itself, from what a model is given. */
const OWN_VARIABLES = ['PROTOCOL', 'STORAGE_URI'];
/** KServe's webhook refuses it from 0.18 on: whoever sets it decides what code the server loads. */
const BLOCKED_VARIABLE = 'PYTHONPATH';

/**
 * A container as KServe reads it.
 *
 * @param at what messages call it
 * @param ownVariables those that the library sets
 * @throws EdgeError EDGE_ERR_VALUE for what Kubernetes or KServe would refuse
 */
export function renderContainer(
  at: string,
  container: ServerContainer,
  ownVariables: Record<string, string> = {},
): KServeContainer {
  const { image, command, args, port, resources, runAsNonRoot = true } = container;
  const portProblem = port === undefined || isPort(port) ? undefined : 'ports are whole numbers from 1 to 65535';
  refuse('EDGE_ERR_VALUE', portProblem, { at: `${at}.port`, value: port, fix: 'Give the port it listens on' });
  const env = renderEnvironment(at, container, ownVariables);
  return {
    name: 'kserve-container',
    image: validImage(`${at}.image`, image),
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    ...(env.length > 0 && { env }),
    ...(port !== undefined && { ports: [{ containerPort: port, protocol: 'TCP' }] }),
    ...(resources && { resources: renderResources(resources) }),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot },
  };
}

/**
 * Variables as Kubernetes reads them, sorted by name within their kind.
 *
 * @throws EdgeError EDGE_ERR_VALUE for names that no variable can have; EDGE_ERR_DUPLICATE for one that is given twice
 */
export function renderEnvironment(
  at: string,
  { env = {}, secretEnv = {} }: ServerEnvironment,
  ownVariables: Record<string, string> = {},
): KServeVariable[] {
  for (const name of [...Object.keys(env), ...Object.keys(secretEnv)]) {
    refuse('EDGE_ERR_VALUE', variableProblem(name), { at: `a variable of ${at}`, value: name, fix: 'Leave it out' });
  }
  const twice = Object.keys(env).find((name) => name in secretEnv);
  refuse('EDGE_ERR_DUPLICATE', twice && 'env and secretEnv both have it', {
    at: `a variable of ${at}`,
    value: twice,
    fix: 'Leave one of them out',
  });
  return [
    ...sorted({ ...env, ...ownVariables }).map(([name, value]) => ({ name, value })),
    ...sorted(secretEnv).map(([name, { secretName, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secretName, key } },
    })),
  ];
}

function variableProblem(name: string): string | undefined {
  if (!VARIABLE.test(name)) return 'variables have only letters, digits and _, and do not begin with a digit';
  if (OWN_VARIABLES.includes(name)) return 'the library sets it, from protocol and storageUri';
  if (name === BLOCKED_VARIABLE) return "KServe's webhook refuses it, as it decides what code the server loads";
  return undefined;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function sorted<Value>(variables: Record<string, Value>): [name: string, value: Value][] {
  return Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
}
