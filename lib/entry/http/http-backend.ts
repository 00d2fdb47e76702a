import type { ApiObject } from 'cdk8s';
import { EdgeError } from '../../errors';
import type { NetworkPeer } from '../../kubernetes/objects';

interface ServiceManifest {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly ports?: { readonly name?: string; readonly port: number }[] };
}

/** Told who is going to send requests, so that it can let them in. */
type OnClient = (peer: NetworkPeer) => void;

/**
 * A named port of a Service: what a route leads to. It is taken from the Service itself, so it cannot name one that does
 * not exist; whether pods have the Service's target port is seen at synth.
 */
export class HttpBackend {
  /**
   * @param service a Service of the app, cdk8s-plus' or a plain ApiObject
   * @param portName one of its ports
   * @throws EdgeError EDGE_ERR_BACKEND for another kind of object, or a port that the Service does not have
   */
  static of(service: ApiObject, portName: string): HttpBackend {
    return new HttpBackend(service, portName, () => undefined);
  }

  /** @internal */
  static _of(service: ApiObject, portName: string, onClient: OnClient): HttpBackend {
    return new HttpBackend(service, portName, onClient);
  }

  readonly service: ApiObject;
  readonly portName: string;
  readonly portNumber: number;
  readonly namespace: string;
  readonly #onClient: OnClient;

  private constructor(service: ApiObject, portName: string, onClient: OnClient) {
    const { metadata, spec } = manifestOf(service);
    const port = spec.ports?.find(({ name }) => name === portName);
    if (!port) {
      throw new EdgeError('EDGE_ERR_BACKEND', {
        at: 'HttpBackend.of(.., portName)',
        value: portName,
        rule: `the ports of Service ${metadata.name} are named ${namesOf(spec)}`,
        fix: 'Use one of these',
      });
    }
    this.service = service;
    this.portName = portName;
    this.portNumber = port.port;
    this.namespace = metadata.namespace ?? 'default';
    this.#onClient = onClient;
  }

  /** @internal */
  _allowFrom(peer: NetworkPeer): void {
    this.#onClient(peer);
  }
}

function manifestOf(service: ApiObject): ServiceManifest {
  if (service?.kind === 'Service') return service.toJson();
  throw new EdgeError('EDGE_ERR_BACKEND', {
    at: 'HttpBackend.of(service)',
    value: service?.kind,
    rule: 'routes lead to Services',
    fix: "Give the Service's own object",
  });
}

function namesOf({ ports = [] }: ServiceManifest['spec']): string {
  const names = ports.flatMap(({ name }) => (name === undefined ? [] : [`"${name}"`]));
  return names.join(', ') || 'nothing at all';
}
