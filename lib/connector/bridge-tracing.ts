import type { BridgeConfigInput } from '../../bridge/config';
import { EdgeError } from '../errors';
import type { NetworkRule } from '../kubernetes/objects';
import type { ISecret } from '../kubernetes/plus';
import type { ProjectedSource } from '../kubernetes/pod';
import { secretEntries } from '../kubernetes/secret-entry';
import { egressTo } from './url-egress';

/** Where a bridge sends the traces of its requests. */
export interface BridgeTracingOptions {
  /**
   * The collector, which speaks OTLP over HTTP: `http://collector.observability.svc:4318` for instance. `/v1/traces` is added
   * where there is no path.
   *
   * The bridge's NetworkPolicy opens the way there: to the namespace of a Service, or to a port at any address.
   */
  readonly endpoint: string;
  /**
   * The share of the traces that begin at the bridge which is recorded, from 0 to 1; a request that comes with a trace
   * follows the decision in it. Above some hundred requests per second 1 in 100 is plenty.
   *
   * @default 1
   */
  readonly sampleRatio?: number;
  /** What the traces call the bridge. @default 'edge-inference-bridge' */
  readonly serviceName?: string;
  /**
   * A Secret in the bridge's namespace, or its name, with headers for a collector that asks for a token: `name: value`, a
   * line each.
   *
   * @default - none
   */
  readonly headersSecret?: ISecret | string;
  /** Which entry of the Secret. @default 'headers' */
  readonly headersKey?: string;
}

const HEADERS_FILE = 'headers';

/** Tracing as a bridge's parts need it. */
export class BridgeTracing {
  readonly #options: BridgeTracingOptions;
  readonly #url: URL;
  /** What the pod gets to see; nothing without headers. */
  readonly source: ProjectedSource | undefined;

  /**
   * @throws EdgeError EDGE_ERR_VALUE for an endpoint that is no URL, or a share that is none; EDGE_ERR_NAME for a name or
   * key that no Secret can have
   */
  constructor(options: BridgeTracingOptions) {
    this.#options = options;
    this.#url = validEndpoint(options.endpoint);
    checkRatio(options.sampleRatio);
    const { headersSecret, headersKey = HEADERS_FILE } = options;
    this.source =
      headersSecret === undefined
        ? undefined
        : secretEntries('InferenceBridge.tracing', headersSecret, { [HEADERS_FILE]: headersKey });
  }

  /** @param folder where the source is mounted */
  config(folder: string): BridgeConfigInput['tracing'] {
    const { endpoint, sampleRatio, serviceName } = this.#options;
    const headersFile = this.source && `${folder}/${HEADERS_FILE}`;
    return { endpoint, headersFile, sampleRatio, serviceName };
  }

  egress(): NetworkRule[] {
    return egressTo([this.#url]);
  }
}

function validEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'InferenceBridge.tracing.endpoint',
    value: String(endpoint).replace(/\/\/[^/]*@/, '//…@'),
    rule: 'it is a URL that begins with http:// or https://, without user name and password',
    fix: 'Give such a URL, and headersSecret where the collector asks for a token',
  });
}

function checkRatio(ratio: number | undefined): void {
  if (ratio === undefined || (ratio >= 0 && ratio <= 1)) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'InferenceBridge.tracing.sampleRatio',
    value: ratio,
    rule: 'it is a share, from 0 to 1',
    fix: 'Correct it',
  });
}
