/**
 * Finds the parts of a JSON text without reading them into values, so that a part can be sent on as it was written:
 * through JavaScript's numbers 1.0 becomes 1, which a model reads as an integer, and 12345678901234567890 becomes
 * 12345678901234567000.
 *
 * Everything but `nestsDeeper` expects valid JSON. Nothing here recurses, and each function looks at a byte once.
 */

/** From the first byte of a value to behind its last one. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Whether arrays and objects lie within each other deeper than `limit`; asked before anything reads the text. */
export function nestsDeeper(json: Buffer, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) at = stringEnd(json, at) - 1;
    else if (opens(byte)) depth += 1;
    else if (closes(byte)) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

/** The value that the whole text is. */
export function wholeOf(json: Buffer): Slice {
  const start = pastBlanks(json, 0);
  return { start, end: valueEnd(json, start) };
}

export function isArray(json: Buffer, { start }: Slice): boolean {
  return json[start] === OPEN_BRACKET;
}

export function isObject(json: Buffer, { start }: Slice): boolean {
  return json[start] === OPEN_BRACE;
}

/** The items of an array, or the values of an object. */
export function childrenOf(json: Buffer, container: Slice): Slice[] {
  const children: Slice[] = [];
  eachChild(json, container, (child) => children.push(child));
  return children;
}

/** The item of an array at a position, from the end where it is negative. */
export function itemOf(json: Buffer, array: Slice, position: number): Slice | undefined {
  let wanted = position < 0 ? countOf(json, array) + position : position;
  let item: Slice | undefined;
  eachChild(json, array, (child) => {
    if (wanted === 0) item = child;
    wanted -= 1;
  });
  return item;
}

/** The value that an object has under a key: the last one, as every reader of JavaScript and Python takes it. */
export function memberOf(json: Buffer, object: Slice, name: string): Slice | undefined {
  let member: Slice | undefined;
  eachChild(json, object, (child, key) => {
    if (key && textOf(json, key) === name) member = child;
  });
  return member;
}

/** The values in an array and in the arrays within it, in the order of the text. */
export function leavesOf(json: Buffer, { start, end }: Slice): string[] {
  const leaves: string[] = [];
  for (let at = start; at < end; at += 1) {
    const byte = json[at];
    if (byte === OPEN_BRACKET || byte === CLOSE_BRACKET || byte === COMMA || isBlank(byte)) continue;
    const leafEnd = valueEnd(json, at);
    leaves.push(json.toString('utf8', at, leafEnd));
    at = leafEnd - 1;
  }
  return leaves;
}

/** Where an object has a key twice, or nothing. */
export function repeatedKey(json: Buffer): { readonly path: (string | number)[]; readonly key: string } | undefined {
  const open: Container[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    const inside = open.at(-1);
    if (byte === OPEN_BRACE) open.push({ keys: new Set(), key: undefined, index: 0 });
    else if (byte === OPEN_BRACKET) open.push({ keys: undefined, key: undefined, index: 0 });
    else if (closes(byte)) open.pop();
    else if (byte === COMMA && inside) {
      inside.index += 1;
      inside.key = undefined;
    } else if (byte === QUOTE) {
      const end = stringEnd(json, at);
      if (inside?.keys && inside.key === undefined) {
        const key = textOf(json, { start: at, end });
        if (inside.keys.has(key)) return { path: open.slice(0, -1).map(({ key, index }) => key ?? index), key };
        inside.keys.add(key);
        inside.key = key;
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** An array or object that is not closed yet. */
interface Container {
  readonly keys: Set<string> | undefined;
  /** Of the member that is being read. */
  key: string | undefined;
  index: number;
}

function countOf(json: Buffer, array: Slice): number {
  let count = 0;
  eachChild(json, array, () => {
    count += 1;
  });
  return count;
}

function eachChild(json: Buffer, container: Slice, visit: (child: Slice, key: Slice | undefined) => void): void {
  const keyed = isObject(json, container);
  let at = pastBlanks(json, container.start + 1);
  while (at < container.end - 1) {
    let key: Slice | undefined;
    if (keyed) {
      key = { start: at, end: stringEnd(json, at) };
      at = pastBlanks(json, json.indexOf(COLON, key.end) + 1);
    }
    const child = { start: at, end: valueEnd(json, at) };
    visit(child, key);
    at = pastBlanks(json, child.end);
    if (json[at] === COMMA) at = pastBlanks(json, at + 1);
  }
}

function textOf(json: Buffer, { start, end }: Slice): string {
  const inner = json.toString('utf8', start + 1, end - 1);
  return inner.includes('\\') ? JSON.parse(`"${inner}"`) : inner;
}

function valueEnd(json: Buffer, start: number): number {
  const first = json[start];
  if (first === QUOTE) return stringEnd(json, start);
  if (opens(first)) return containerEnd(json, start);
  let at = start;
  while (at < json.length && json[at] !== COMMA && !closes(json[at]) && !isBlank(json[at])) at += 1;
  return at;
}

function containerEnd(json: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) at = stringEnd(json, at) - 1;
    else if (opens(byte)) depth += 1;
    else if (closes(byte)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return json.length;
}

/** A quote ends a string unless the backslashes before it are odd in number. */
function stringEnd(json: Buffer, start: number): number {
  for (let at = json.indexOf(QUOTE, start + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return json.length;
}

function pastBlanks(json: Buffer, from: number): number {
  let at = from;
  while (isBlank(json[at])) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function opens(byte: number | undefined): boolean {
  return byte === OPEN_BRACKET || byte === OPEN_BRACE;
}

function closes(byte: number | undefined): boolean {
  return byte === CLOSE_BRACKET || byte === CLOSE_BRACE;
}
