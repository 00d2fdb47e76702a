import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CLASSES, FEATURES } from './flowers';
import type { TrainedModel } from './training';

const CURRENT = 'current';
const MODELS = 'models';
const DATA_SETS = 'datasets';
/** How many models, and how many data sets, are kept. */
const KEPT = 20;

const modelSchema = z.object({
  features: z
    .array(z.object({ name: z.enum(FEATURES), mean: z.number(), deviation: z.number().positive() }))
    .length(FEATURES.length),
  classes: z
    .array(z.object({ name: z.enum(CLASSES), bias: z.number(), weights: z.array(z.number()).length(FEATURES.length) }))
    .length(CLASSES.length),
});

const storedSchema = z.object({
  version: z.string(),
  dataset: z.string(),
  rows: z.number(),
  heldOutAccuracy: z.number(),
  model: modelSchema,
});

/** A model with where it comes from. */
export interface StoredModel extends TrainedModel {
  readonly version: string;
  /** The data set it was trained on. */
  readonly dataset: string;
}

/** Answered with 404. */
class UnknownDataSet extends Error {
  readonly statusCode = 404;

  constructor(dataset: string) {
    super(`There is no data set "${dataset}". Upload it first.`);
  }
}

/**
 * Data sets and models in a folder that several pods share.
 *
 * A file appears under its name when it is complete, and never changes; which model is to be served is in the file
 * `current`, which is replaced at once. So a reader sees the old or the new, and nothing in between.
 */
export class ModelStore {
  constructor(readonly folder: string) {}

  /** @throws when this process may not write there */
  async prepare(): Promise<void> {
    for (const folder of [MODELS, DATA_SETS]) await mkdir(path.join(this.folder, folder), { recursive: true });
    await this.checkWritable();
  }

  async checkWritable(): Promise<void> {
    await access(this.folder, constants.W_OK);
  }

  /** Keeps a data set under a name that follows from its content. */
  async saveDataSet(csv: string): Promise<string> {
    const dataset = createHash('sha256').update(csv).digest('hex').slice(0, 16);
    await this.#write(`${DATA_SETS}/${dataset}.csv`, csv);
    await this.#prune(DATA_SETS, []);
    return dataset;
  }

  async dataSet(dataset: string): Promise<string> {
    if (!/^[0-9a-f]{16}$/.test(dataset)) throw new UnknownDataSet(dataset);
    return readFile(path.join(this.folder, DATA_SETS, `${dataset}.csv`), 'utf8').catch((error) => {
      throw isMissing(error) ? new UnknownDataSet(dataset) : error;
    });
  }

  /** Keeps a model, and makes it the one to be served. */
  async publish(dataset: string, trained: TrainedModel): Promise<StoredModel> {
    const version = newVersion();
    const stored = storedSchema.parse({ version, dataset, ...trained });
    await this.#write(`${MODELS}/${version}.json`, `${JSON.stringify(stored, null, 2)}\n`);
    await this.#write(CURRENT, version);
    await this.#prune(MODELS, [`${version}.json`]);
    return stored;
  }

  /** The version to be served, if there is one yet. */
  async current(): Promise<string | undefined> {
    const text = await readFile(path.join(this.folder, CURRENT), 'utf8').catch((error) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    return text?.trim();
  }

  /** @throws for a file that is not there, or holds no model */
  async load(version: string): Promise<StoredModel> {
    if (!/^[0-9A-Za-z-]+$/.test(version)) throw new Error(`"${version.slice(0, 80)}" is no version`);
    const text = await readFile(path.join(this.folder, MODELS, `${version}.json`), 'utf8');
    return storedSchema.parse(JSON.parse(text));
  }

  /** All versions, the newest first. */
  async versions(): Promise<string[]> {
    const files = await readdir(path.join(this.folder, MODELS)).catch((error) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const complete = files.filter((file) => file.endsWith('.json') && !file.startsWith('.'));
    return complete
      .map((file) => file.slice(0, -'.json'.length))
      .sort()
      .reverse();
  }

  async #write(name: string, content: string): Promise<void> {
    const target = path.join(this.folder, name);
    const draft = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}`);
    try {
      const file = await open(draft, 'wx', 0o644);
      try {
        await file.writeFile(content);
        // Or a crash of the node could leave the name without its content.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async #prune(folder: string, keep: string[]): Promise<void> {
    const files = await readdir(path.join(this.folder, folder));
    const aged = await Promise.all(
      files
        .filter((file) => !file.startsWith('.') && !keep.includes(file))
        .map(async (file) => ({ file, time: (await stat(path.join(this.folder, folder, file))).mtimeMs })),
    );
    const old = aged.sort((a, b) => b.time - a.time).slice(KEPT);
    for (const { file } of old) await rm(path.join(this.folder, folder, file), { force: true });
  }
}

/** Sorts by time, and is one of its kind also when two pods train in the same second. */
function newVersion(): string {
  const time = new Date().toISOString().replace(/[-:.]/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
