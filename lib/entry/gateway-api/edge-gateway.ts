import { type ApiObject, Chart, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gateway, type GatewayListener as ListenerSpec, ReferenceGrant } from '../../crds/gateway-api';
import { describe, EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { declareNamespace, PodSecurity } from '../../kubernetes/namespaces';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { GatewayApiVersion } from './gateway-api-version';
import { type GatewayListener, listenerClash } from './gateway-listener';
import { GatewayReference, type ListenerUse } from './gateway-reference';

const GROUP = 'gateway.networking.k8s.io';

export interface EdgeGatewayProps {
  /** The GatewayClass, and with it the controller: `istio`, `eg`, `traefik` for instance. */
  readonly className: string;
  /** @default 'gateways' */
  readonly namespace?: string;
  /** @default true */
  readonly createNamespace?: boolean;
  /** @default 'edge-gateway' */
  readonly name?: string;
  /** Where the controller runs the pods that connections pass through. @default - the Gateway's namespace */
  readonly proxyNamespace?: string;
  /** @default GatewayApiVersion.V1_6 */
  readonly version?: GatewayApiVersion;
}

/**
 * A Gateway of the app's own. It opens the listeners that exposures ask for, each for the namespaces and the kinds of
 * routes that do.
 *
 * @see https://gateway-api.sigs.k8s.io/api-types/gateway/
 */
export class EdgeGateway extends Chart {
  /** What exposures name, to use this one. */
  readonly reference: GatewayReference;
  /** The namespace, unless it is not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly gateway: ApiObject;
  /** One for each namespace, other than the Gateway's, with certificates that listeners use. */
  readonly referenceGrants: ApiObject[] = [];
  readonly #uses: ListenerUse[] = [];

  /** @throws EdgeError EDGE_ERR_NAME for names that cannot be */
  constructor(scope: Construct, id: string, props: EdgeGatewayProps) {
    super(scope, id);
    const name = checked('name', props.name ?? 'edge-gateway', dnsSubdomainProblem);
    const namespace = checked('namespace', props.namespace ?? 'gateways', dnsLabelProblem);
    const proxyNamespace = checked('proxyNamespace', props.proxyNamespace ?? namespace, dnsLabelProblem);
    const version = knownValue('EdgeGateway.version', props.version ?? GatewayApiVersion.V1_6, GatewayApiVersion);
    this.reference = GatewayReference._own({ name, namespace, proxyNamespace, version }, (use) => this.#open(use));
    if (props.createNamespace ?? true) {
      // Controllers run proxies of theirs beside the Gateway.
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.UNENFORCED);
    }
    this.gateway = new Gateway(this, 'Resource', {
      metadata: { name, namespace },
      spec: {
        gatewayClassName: checked('className', props.className, dnsSubdomainProblem),
        listeners: Lazy.any({ produce: () => this.#listeners().map((listener) => this.#listenerSpec(listener)) }),
      },
    });
    this.node.addValidation({ validate: () => this.#problems() });
  }

  #open(use: ListenerUse): void {
    const { listener } = use;
    if (listener.encrypts && !listener.passesThrough && listener.secretName === undefined) {
      throw new EdgeError('EDGE_ERR_GATEWAY_LISTENER', {
        at: `the secretName of listener "${listener.name}"`,
        value: undefined,
        rule: `Gateway ${this.reference.namespace}/${this.reference.name} of this app ends TLS with a certificate`,
        fix: 'Name the Secret with the certificate',
      });
    }
    this.#uses.push(use);
    const { secretNamespace } = listener;
    if (secretNamespace !== undefined && secretNamespace !== this.reference.namespace) this.#grant(secretNamespace);
  }

  #grant(namespace: string): void {
    const id = `grant-${namespace}`;
    if (this.node.tryFindChild(id)) return;
    this.referenceGrants.push(
      new ReferenceGrant(this, id, {
        metadata: { name: `${this.reference.namespace}-${this.reference.name}`, namespace },
        spec: {
          from: [{ group: GROUP, kind: 'Gateway', namespace: this.reference.namespace }],
          to: Lazy.any({
            produce: () =>
              unique(
                this.#listeners()
                  .filter(({ secretNamespace }) => secretNamespace === namespace)
                  .map(({ secretName }) => secretName),
              ).map((name) => ({ group: '', kind: 'Secret', name })),
          }),
        },
      }),
    );
  }

  #listeners(): GatewayListener[] {
    return [...new Map(this.#uses.map(({ listener }) => [listener.name, listener])).values()];
  }

  #listenerSpec(listener: GatewayListener): ListenerSpec {
    const { name, port, protocol, host } = listener;
    const uses = this.#uses.filter((use) => use.listener.name === name);
    return {
      name,
      port,
      protocol,
      hostname: host,
      tls: this.#tls(listener),
      allowedRoutes: {
        namespaces: this.#namespaces(unique(uses.map(({ namespace }) => namespace))),
        kinds: unique(uses.map(({ routeKind }) => routeKind)).map((kind) => ({ group: GROUP, kind })),
      },
    };
  }

  #tls({ encrypts, passesThrough, secretName, secretNamespace }: GatewayListener): ListenerSpec['tls'] {
    if (passesThrough) return { mode: 'Passthrough' };
    if (!encrypts || secretName === undefined) return undefined;
    return {
      mode: 'Terminate',
      certificateRefs: [{ kind: 'Secret', name: secretName, namespace: secretNamespace ?? this.reference.namespace }],
    };
  }

  #namespaces(namespaces: string[]): NonNullable<ListenerSpec['allowedRoutes']>['namespaces'] {
    if (namespaces.every((namespace) => namespace === this.reference.namespace)) return { from: 'Same' };
    const isOneOf = { key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces };
    return { from: 'Selector', selector: { matchExpressions: [isOneOf] } };
  }

  #problems(): string[] {
    if (this.#uses.length === 0) {
      return [
        describe('EDGE_ERR_GATEWAY_LISTENER', {
          at: 'the list of listeners',
          value: '[]',
          rule: 'a Gateway has at least one, and this one opens those that exposures ask for',
          fix: 'Expose a broker through it, or leave it out',
        }),
      ];
    }
    const asked = this.#uses.map(({ listener }) => listener);
    return asked.flatMap((listener, i) => {
      const rule = asked
        .slice(0, i)
        .map((other) => listenerClash(listener, other))
        .find(Boolean);
      if (!rule) return [];
      const fix = 'Give listeners different names, and different ports or hosts';
      return [describe('EDGE_ERR_GATEWAY_LISTENER', { at: 'a listener', value: listener.name, rule, fix })];
    });
  }
}

function unique<T>(values: (T | undefined)[]): T[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function checked(prop: string, value: string, problem: (name: string) => string | undefined): string {
  const rule = problem(value);
  if (!rule) return value;
  throw new EdgeError('EDGE_ERR_NAME', { at: `EdgeGateway.${prop}`, value, rule, fix: 'Choose another name' });
}
