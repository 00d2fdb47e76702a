import { AMQP_DEFAULTS } from '../../../bridge/config/amqp-defaults';
import { modelUrlProblem } from '../../../bridge/config/model-url';
import { sampleOf } from '../../../bridge/config/topic-pattern';
import type { HttpBackend } from '../../entry/http/http-backend';
import { EdgeError } from '../../errors';
import { type NetworkPeer, type NetworkRule, podsOfNamespaces } from '../../kubernetes/objects';
import { httpPathProblem } from '../../naming/http-paths';
import type { InferenceModel } from '../../serving/inference-model';
import { SERVING_NAMESPACES } from '../connector-egress';
import { egressTo } from '../url-egress';

interface EndpointParts {
  readonly url: string;
  readonly model?: InferenceModel;
  readonly backend?: HttpBackend;
}

/** What answers requests: a model on KServe, or anything else that is asked by HTTP. */
export class ModelEndpoint {
  /** A model of a platform, which is asked by its own protocol. */
  static ofModel(model: InferenceModel): ModelEndpoint {
    return new ModelEndpoint({ url: model.predictUrl, model });
  }

  /**
   * A Service that is asked by plain HTTP: of an `HttpService` its `backend`. Its NetworkPolicy lets the caller in.
   *
   * @param path `/predict` for instance
   * @throws EdgeError EDGE_ERR_VALUE for a path that is none
   */
  static ofBackend(backend: HttpBackend, path: string): ModelEndpoint {
    const rule = httpPathProblem(path);
    if (rule) {
      const at = 'the path of ModelEndpoint.ofBackend(..)';
      throw new EdgeError('EDGE_ERR_VALUE', { at, value: path, rule, fix: 'Write it like /predict' });
    }
    const host = `${backend.service.name}.${backend.namespace}.svc.cluster.local`;
    return new ModelEndpoint({ url: `http://${host}:${backend.portNumber}${path}`, backend });
  }

  /**
   * Any other address. Names in braces stand for what the request says by that name: of `predict.{model}` as binding key,
   * or of `/v1/models/{model}` as path.
   *
   * @throws EdgeError EDGE_ERR_VALUE for what is no URL of a model, or has a password in it
   */
  static atUrl(url: string): ModelEndpoint {
    const rule = urlProblem(url);
    if (rule) {
      throw new EdgeError('EDGE_ERR_VALUE', {
        at: 'ModelEndpoint.atUrl(..)',
        value: String(url).replace(/\/\/[^/]*@/, '//…@'),
        rule,
        fix: 'Write it like http://model.models.svc.cluster.local:8080/predict',
      });
    }
    return new ModelEndpoint({ url });
  }

  readonly url: string;
  /** Nothing for what is not on KServe. */
  readonly model: InferenceModel | undefined;
  readonly #backend: HttpBackend | undefined;

  private constructor({ url, model, backend }: EndpointParts) {
    this.url = url;
    this.model = model;
    this.#backend = backend;
  }

  /** What it may take, in seconds, as far as is known. @internal */
  _timeoutSeconds(): number {
    return this.model ? this.model.timeout.toMilliseconds() / 1_000 : AMQP_DEFAULTS.modelTimeoutSeconds;
  }

  /** @internal */
  _allowFrom(peer: NetworkPeer): void {
    this.#backend?._allowFrom(peer);
  }

  /** The way there. @internal */
  _egress(): NetworkRule[] {
    if (this.model) return [{ to: [podsOfNamespaces(this.model.namespace, ...SERVING_NAMESPACES)] }];
    return egressTo([new URL(sampleOf(this.url))]);
  }
}

function urlProblem(url: string): string | undefined {
  const parsed = URL.canParse(sampleOf(String(url))) ? new URL(sampleOf(url)) : undefined;
  if (!parsed || !/^(https?|grpcs?):$/.test(parsed.protocol)) return 'a model is asked by http, https, grpc or grpcs';
  if (parsed.username !== '' || parsed.password !== '')
    return 'everybody who reads the ConfigMap would see the password';
  return modelUrlProblem(url);
}
