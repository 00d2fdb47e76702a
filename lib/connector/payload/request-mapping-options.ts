/** Of any payload. */
export interface RequestMappingOptions {
  /** A larger payload is refused, unread. @default 4194304 */
  readonly maxPayloadBytes?: number;
}

/** Of payloads in JSON. */
export interface JsonRequestOptions extends RequestMappingOptions {
  /** A JSON Schema (draft 2020-12) for the payload as it comes. A request that breaks it never reaches the model. @default - any JSON */
  readonly schema?: Record<string, unknown>;
  /** JSONPath of the part that counts: names, positions and `*`, as in `$.samples[*].value`. @default - all of it */
  readonly path?: string;
}

/** How many instances a payload of JSON is. */
export enum RequestRows {
  ONE = 'one',
  MANY = 'many',
}

export interface V1RequestOptions extends JsonRequestOptions {
  /** @default - many for an array of nothing but arrays and objects, one for everything else */
  readonly rows?: RequestRows;
  /** Fixed fields beside `instances`: `signature_name` for instance. @default - none */
  readonly fields?: Record<string, unknown>;
}

export interface V1BytesOptions extends RequestMappingOptions {
  /** The keys around the base64 text, from the outside in. @default ['b64'] */
  readonly bytesKeys?: string[];
  /** Fixed fields beside `instances`. @default - none */
  readonly fields?: Record<string, unknown>;
}

export interface V2RequestOptions extends JsonRequestOptions {
  /** Fixed fields beside `inputs`: `parameters`, `outputs` or `id`. @default - none */
  readonly fields?: Record<string, unknown>;
}

export interface V2BytesOptions extends RequestMappingOptions {
  /** Fixed fields beside `inputs`: `parameters`, `outputs` or `id`. @default - none */
  readonly fields?: Record<string, unknown>;
}
