import { type Failure, failure } from '../errors';
import { PAYLOAD_DEFAULTS, type RequestMapping } from './config';
import { parseJsonPath, pick } from './json-path';
import { compileSchema } from './json-schema';
import { type JsonText, readUnambiguousJson } from './json-text';
import { about, Mismatch, shortened } from './mismatch';
import type { ModelRequest } from './model-request';
import { V1Body } from './v1';
import { V2Body } from './v2-request';

/** What a model is sent for a request, or why it is not asked. */
type MappedRequest = ({ readonly ok: true } & ModelRequest) | { readonly ok: false; readonly failure: Failure };

export interface RequestMapper {
  /** Never throws. */
  map(payload: Buffer): MappedRequest;
}

const IDENTITY: RequestMapper = { map: (body) => ({ ok: true, body }) };

/** What a route makes of its requests; of a route without `request`, what hands them on unread. */
export function requestMapperOf({ request }: { readonly request?: RequestMapping | undefined }): RequestMapper {
  if (!request) return IDENTITY;
  const { maxPayloadBytes } = request;
  const convert = conversionOf(request);
  return {
    map: (payload) => {
      if (payload.length > maxPayloadBytes) return tooLarge(payload.length, maxPayloadBytes);
      try {
        return { ok: true, ...convert(payload) };
      } catch (error) {
        return { ok: false, failure: failure('BRIDGE_ERR_REQUEST_INVALID', reason(error)) };
      }
    },
  };
}

function tooLarge(length: number, limit: number): MappedRequest {
  const message = `the payload has ${length} bytes, but the route's maxPayloadBytes is ${limit}`;
  return { ok: false, failure: failure('BRIDGE_ERR_REQUEST_TOO_LARGE', message) };
}

function reason(error: unknown): string {
  if (error instanceof Mismatch) return `${error.subject ?? 'the payload'} ${error.message}`;
  // A schema that refers to itself without an end overflows the stack, for instance.
  return `the payload cannot be mapped: ${shortened((error as Error).message, 120)}`;
}

type Conversion<T> = (payload: T) => ModelRequest;

function conversionOf(request: RequestMapping): Conversion<Buffer> {
  const { from, schema, path, as } = request;
  if (from === 'bytes') return ofBytes(request);
  if (!schema && path === undefined && as === 'raw') return (body) => ({ body });
  const check = schema && compileSchema(schema);
  const part = parseJsonPath(path ?? '$');
  const convert = ofJson(request);
  return (payload) => {
    const json = readUnambiguousJson(payload);
    check?.(json.value);
    return convert(pick(part, json));
  };
}

function ofJson({ as, path, rows, tensors = [], fields = {} }: RequestMapping): Conversion<JsonText> {
  const subject = path === undefined ? 'the payload' : `the payload's part ${path}`;
  if (as === 'v1') {
    const v1 = new V1Body(fields);
    return (json) => ({ body: about(subject, () => v1.ofJson(json, rows)) });
  }
  if (as === 'v2') {
    const v2 = new V2Body(tensors, fields);
    return (json) => v2.ofJson(json);
  }
  return ({ bytes }) => ({ body: bytes });
}

function ofBytes({
  as,
  bytesKeys = [...PAYLOAD_DEFAULTS.bytesKeys],
  tensors = [],
  fields = {},
}: RequestMapping): Conversion<Buffer> {
  if (as === 'v1') {
    const v1 = new V1Body(fields);
    return (bytes) => ({ body: v1.ofBytes(bytes, bytesKeys) });
  }
  if (as === 'v2') {
    const v2 = new V2Body(tensors, fields);
    return (bytes) => v2.ofBytes(bytes);
  }
  return (body) => ({ body });
}
