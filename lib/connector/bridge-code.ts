import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EdgeError } from '../errors';
import { validImage } from '../kubernetes/image';

/** Any Node 22 or later runs the bridge. */
const NODE_IMAGE = 'docker.io/library/node:24-alpine';
/**
 * `kubectl apply` copies each object into an annotation of at most 262,144 bytes. A part takes four thirds of this
 * there, as base64.
 */
const PART_BYTES = 180_000;

/** The file that a Node image runs. */
export const LOADER = 'bridge.cjs';

/** What one ConfigMap holds of the program. */
export interface ProgramPart {
  readonly data: Record<string, string> | undefined;
  readonly binaryData: Record<string, string>;
}

/** Where the bridge's program comes from. */
export class BridgeCode {
  /**
   * The program that came with this library, carried in ConfigMaps and run by a stock Node image: nothing to build, and
   * no registry needed.
   *
   * @param nodeImage @default 'docker.io/library/node:24-alpine'
   * @throws EdgeError EDGE_ERR_BUNDLE when the program is not there: in a checkout, `npm run bundle` makes it
   */
  static bundled(nodeImage: string = NODE_IMAGE): BridgeCode {
    const file = path.join(packageRoot(), 'bundle', 'bridge.cjs.br');
    if (!existsSync(file)) {
      throw new EdgeError('EDGE_ERR_BUNDLE', {
        at: "the bridge's program",
        value: file,
        rule: 'there is no such file',
        fix: 'In a checkout run "npm run bundle"; otherwise install the package again',
      });
    }
    return new BridgeCode(validImage('BridgeCode.bundled(nodeImage)', nodeImage), readFileSync(file));
  }

  /**
   * An image of your own whose entry point is the bridge; it is given `--config <file>`.
   *
   * @param image name it by digest, so that every pod runs the same
   */
  static fromImage(image: string): BridgeCode {
    return new BridgeCode(validImage('BridgeCode.fromImage(image)', image), undefined);
  }

  readonly image: string;
  readonly #program: Buffer | undefined;

  private constructor(image: string, program: Buffer | undefined) {
    this.image = image;
    this.#program = program;
  }

  /**
   * The program in pieces that fit into a ConfigMap each, the first with the file that puts them together; none for an
   * image.
   *
   * @internal
   */
  _parts(): ProgramPart[] {
    const program = this.#program ?? Buffer.alloc(0);
    const starts = Array.from({ length: Math.ceil(program.length / PART_BYTES) }, (_, i) => i * PART_BYTES);
    const names = starts.map((_, i) => `bridge.cjs.br.${i}`);
    return names.map((name, i) => ({
      binaryData: { [name]: program.subarray(starts[i], (starts[i] ?? 0) + PART_BYTES).toString('base64') },
      data: i === 0 ? { [LOADER]: loader(names) } : undefined,
    }));
  }
}

function loader(parts: string[]): string {
  return `'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { compileFunction } = require('node:vm');
const { brotliDecompressSync } = require('node:zlib');

const parts = ${JSON.stringify(parts)}.map((name) => readFileSync(join(__dirname, name)));
const program = brotliDecompressSync(Buffer.concat(parts)).toString('utf8');
compileFunction(program, ['exports', 'require', 'module'], { filename: join(__dirname, 'bridge.cjs') })(exports, require, module);
`;
}

/** The folder of this package, from its sources as well as from its build. */
function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  return folder;
}
