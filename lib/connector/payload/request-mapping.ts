import type { BridgeConfigInput } from '../../../bridge/config';
import type {
  JsonRequestOptions,
  RequestMappingOptions,
  V1BytesOptions,
  V1RequestOptions,
  V2BytesOptions,
  V2RequestOptions,
} from './request-mapping-options';
import type { BytesTensorOptions, TensorOptions } from './tensor';

export type RequestConfig = NonNullable<BridgeConfigInput['routes'][number]['request']>;

/**
 * What a model is sent for what a device has published.
 *
 * A route without one hands payloads on unread, which is the fast path, and the right one where devices speak V1 or V2
 * themselves. With one, a payload that does not fit is answered with `BRIDGE_ERR_REQUEST_INVALID` or
 * `BRIDGE_ERR_REQUEST_TOO_LARGE`, and the model is not asked.
 */
export class RequestMapping {
  /** JSON as it is, or the part of it that counts. */
  static raw(options: JsonRequestOptions = {}): RequestMapping {
    return new RequestMapping({ as: 'raw', ...options });
  }

  /**
   * Bytes as they are. KServe's own servers take what says `application/json` for JSON, as the bridge does by default: for
   * a model that takes bytes, set the header `content-type` of the route.
   */
  static rawBytes(options: RequestMappingOptions = {}): RequestMapping {
    return new RequestMapping({ from: 'bytes', as: 'raw', ...options });
  }

  /** JSON, or a part of it, as the `instances` of a V1 request. */
  static v1(options: V1RequestOptions = {}): RequestMapping {
    return new RequestMapping({ as: 'v1', ...options });
  }

  /** Bytes, an image for instance, as the one instance of a V1 request: `{"instances": [{"b64": "…"}]}`. */
  static v1FromBytes(options: V1BytesOptions = {}): RequestMapping {
    return new RequestMapping({ from: 'bytes', as: 'v1', ...options });
  }

  /** Parts of JSON as the inputs of a V2 request. */
  static v2(tensors: TensorOptions[], options: V2RequestOptions = {}): RequestMapping {
    return new RequestMapping({ as: 'v2', tensors: tensors.map(copyOf), ...options });
  }

  /** Bytes as the one input of a V2 request: numbers, little-endian, or a single value of `BYTES`. */
  static v2FromBytes(tensor: BytesTensorOptions, options: V2BytesOptions = {}): RequestMapping {
    return new RequestMapping({ from: 'bytes', as: 'v2', tensors: [copyOf(tensor)], ...options });
  }

  readonly #config: RequestConfig;

  private constructor(config: RequestConfig) {
    this.#config = { ...config };
  }

  /** @internal */
  _config(): RequestConfig {
    return this.#config;
  }
}

function copyOf({ name, datatype, path, shape, binary }: TensorOptions): NonNullable<RequestConfig['tensors']>[number] {
  return {
    name,
    datatype,
    ...(path !== undefined && { path }),
    ...(shape !== undefined && { shape: [...shape] }),
    ...(binary !== undefined && { binary }),
  };
}
