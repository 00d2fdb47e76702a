import type { KServePort, PredictorSpec } from '../crds/kserve';
import { type ContainerResources, renderResources } from '../kubernetes/plus';
import { renderContainer, renderEnvironment, type ServerContainer, type ServerEnvironment } from './container-options';
import { InferenceProtocol } from './inference-protocol';
import type { ModelFormat } from './model-format';
import { checkStorage, checkStorageUri, type ModelStorage } from './model-storage';
import { refuse } from './refuse';

/** A saved model, which a runtime of the cluster serves. */
export interface SavedModel extends ServerEnvironment {
  readonly format: ModelFormat;
  /**
   * Where KServe's storage initializer fetches the model from: `gs://`, `s3://`, `pvc://`, `https://`, `oci://`, …
   *
   * Not together with `storage`; without either of them `args` say what to serve.
   */
  readonly storageUri?: string;
  /** Where the model is, by an entry of the Secret `storage-config`. @default - storageUri says it */
  readonly storage?: ModelStorage;
  /**
   * The ServingRuntime to use.
   *
   * @default - KServe picks one that supports the format
   */
  readonly runtime?: string;
  /** The tag of the runtime's image. @default - the runtime's */
  readonly runtimeVersion?: string;
  /** Arguments after the runtime's. @default - none */
  readonly args?: string[];
  /** @default - the runtime's */
  readonly resources?: ContainerResources;
}

/** A server of your own. */
export interface CustomServer {
  readonly container: ServerContainer;
  /** What KServe fetches into `/mnt/models` before the container starts. @default - nothing */
  readonly storageUri?: string;
}

/** What a server is to speak. */
export interface SpokenProtocol {
  readonly protocol: InferenceProtocol;
  /** The port for gRPC, which is then the only one that KServe publishes. */
  readonly grpcPort: KServePort | undefined;
}

/** What answers: exactly one of the ways that KServe has for it. */
export class Predictor {
  /** A saved model that a runtime serves. */
  static savedModel(model: SavedModel): Predictor {
    return new Predictor(model.runtime, model.format, (at, spoken) => renderSavedModel(at, model, spoken));
  }

  /**
   * A container that serves by itself. KServe reads its protocol from the variable `PROTOCOL`, and where to fetch from
   * out of `STORAGE_URI`.
   */
  static customServer(server: CustomServer): Predictor {
    return new Predictor(undefined, undefined, (at, spoken) => renderCustomServer(at, server, spoken));
  }

  /** The runtime that was asked for by name. */
  readonly runtime: string | undefined;
  /** Nothing for a server of your own. */
  readonly format: ModelFormat | undefined;
  readonly #render: (at: string, spoken: SpokenProtocol) => PredictorSpec;

  private constructor(
    runtime: string | undefined,
    format: ModelFormat | undefined,
    render: (at: string, spoken: SpokenProtocol) => PredictorSpec,
  ) {
    this.runtime = runtime;
    this.format = format;
    this.#render = render;
  }

  /**
   * @param at what messages call it
   * @throws EdgeError EDGE_ERR_VALUE for what Kubernetes or KServe would refuse
   * @internal
   */
  _spec(at: string, spoken: SpokenProtocol): PredictorSpec {
    return this.#render(at, spoken);
  }
}

function renderSavedModel(at: string, saved: SavedModel, { protocol, grpcPort }: SpokenProtocol): PredictorSpec {
  checkSavedModel(at, saved);
  const { format, storageUri, storage, runtime, runtimeVersion, args, resources } = saved;
  const env = renderEnvironment(at, saved);
  return {
    model: {
      modelFormat: { name: format.name, version: format.version },
      protocolVersion: protocol,
      storageUri,
      ...(storage && { storage: { ...storage } }),
      runtime,
      runtimeVersion,
      ...(env.length > 0 && { env }),
      ...(args && { args: [...args] }),
      ...(grpcPort && { ports: [grpcPort] }),
      resources: resources && renderResources(resources),
    },
  };
}

function renderCustomServer(at: string, server: CustomServer, { protocol, grpcPort }: SpokenProtocol): PredictorSpec {
  const { container, storageUri } = server;
  if (storageUri !== undefined) checkStorageUri(`${at}.storageUri`, storageUri);
  const rendered = renderContainer(`${at}.container`, container, {
    ...(protocol !== InferenceProtocol.V1 && { PROTOCOL: protocol }),
    ...(storageUri !== undefined && { STORAGE_URI: storageUri }),
  });
  const second = grpcPort && container.port !== undefined;
  refuse('EDGE_ERR_VALUE', second ? 'KServe publishes one port, and grpcPort is another' : undefined, {
    at: `${at}.container.port`,
    value: container.port,
    fix: 'Leave one of them out',
  });
  return { containers: [grpcPort ? { ...rendered, ports: [grpcPort] } : rendered] };
}

function checkSavedModel(at: string, { format, storageUri, storage, args }: SavedModel): void {
  if (storageUri !== undefined) checkStorageUri(`${at}.storageUri`, storageUri);
  if (storage) checkStorage(`${at}.storage`, storage);
  const both = storageUri !== undefined && storage !== undefined;
  refuse('EDGE_ERR_VALUE', both ? 'a model is fetched from one place, and storage names another' : undefined, {
    at: `${at}.storageUri`,
    value: storageUri,
    fix: 'Leave one of the two out',
  });
  const neither = storageUri === undefined && storage === undefined && !args?.length;
  refuse('EDGE_ERR_VALUE', neither ? 'the runtime would have nothing to serve' : undefined, {
    at: `${at}.storageUri`,
    value: undefined,
    fix: 'Give storageUri or storage, or the arguments from which the runtime knows its model',
  });
  refuse('EDGE_ERR_VALUE', typeof format?.name === 'string' ? undefined : 'it is a ModelFormat', {
    at: `${at}.format`,
    value: format,
    fix: 'Use ModelFormat.SKLEARN for instance, or ModelFormat.of(..)',
  });
}
