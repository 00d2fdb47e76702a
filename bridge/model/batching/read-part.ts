import { type JsonText, readJson } from '../../payload/json-text';
import type { Part } from './part';
import { readV1 } from './v1-batch';
import { readV2 } from './v2-batch';

/** What a request may contribute to a batch, or nothing when it has to be asked alone. */
export function partOf(body: Buffer): Part | undefined {
  const json = jsonOf(body);
  return json && (readV1(json) ?? readV2(json));
}

/** The JSON that some bytes are, or nothing. */
export function jsonOf(bytes: Buffer): JsonText | undefined {
  try {
    return readJson(bytes);
  } catch {
    return undefined;
  }
}
