import { Mismatch, quoted } from '../../payload/mismatch';
import { bytesOf, fieldsOf, type ProtoField, textOf } from './proto-reader';
import { ProtoWriter } from './proto-writer';

/** The fields of an entry of a map. */
const ENTRY = { key: 1, value: 2 } as const;
/** The fields of InferParameter, of which each has one. */
const PARAMETER = { bool: 1, int64: 2, string: 3, double: 4, uint64: 5 } as const;

/**
 * Adds the parameters of a request or of a tensor to its message.
 *
 * @throws Mismatch for what is no parameter
 */
export function writeParameters(message: ProtoWriter, field: number, parameters: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) continue;
    const entry = new ProtoWriter().string(ENTRY.key, name).message(ENTRY.value, parameterOf(name, value));
    message.message(field, entry);
  }
}

function parameterOf(name: string, value: unknown): ProtoWriter {
  const message = new ProtoWriter();
  if (typeof value === 'boolean') return message.varint(PARAMETER.bool, Number(value));
  if (typeof value === 'string') return message.string(PARAMETER.string, value);
  if (Number.isSafeInteger(value)) return message.varint(PARAMETER.int64, BigInt(value as number));
  if (typeof value === 'number') return message.double(PARAMETER.double, value);
  throw new Mismatch(`has a parameter ${quoted(name)} that is a list or an object, which gRPC has no place for`);
}

/** One parameter as a member of a JSON object: `"name":value`. */
export function readParameter(entry: ProtoField['value']): string {
  let name = '';
  let json = 'null';
  for (const { number, value } of fieldsOf(bytesOf(entry))) {
    if (number === ENTRY.key) name = textOf(value);
    if (number === ENTRY.value) json = jsonOf(fieldsOf(bytesOf(value)).at(-1));
  }
  return `${JSON.stringify(name)}:${json}`;
}

function jsonOf(field: ProtoField | undefined): string {
  if (!field) return 'null';
  const { number, value } = field;
  if (number === PARAMETER.string) return JSON.stringify(textOf(value));
  if (number === PARAMETER.double) return JSON.stringify(bytesOf(value).readDoubleLE());
  if (typeof value !== 'bigint') return 'null';
  if (number === PARAMETER.bool) return String(value !== 0n);
  return String(number === PARAMETER.int64 ? BigInt.asIntN(64, value) : value);
}
