import { refuse } from './refuse';

/** Where a model is, by an entry of the Secret `storage-config` in its namespace. */
export interface ModelStorage {
  /** The entry. @default - KServe's: the one for `parameters.type` */
  readonly key?: string;
  /** Where in the storage the model is. */
  readonly path: string;
  /** What else KServe has to know, `bucket` for instance; never a password. @default - what the entry says */
  readonly parameters?: Record<string, string>;
}

const STORAGE_URI = /^([a-z][a-z0-9+.-]*:\/\/\S+|\/\S+)$/;
/** KServe's webhook refuses other types. */
const TYPES = ['s3', 'hdfs', 'webhdfs'];
const SECRET = /secret|password|token|access_key/i;

/** @throws EdgeError EDGE_ERR_VALUE for what KServe's storage initializer cannot fetch from */
export function checkStorageUri(at: string, storageUri: string): void {
  refuse('EDGE_ERR_VALUE', STORAGE_URI.test(storageUri) ? undefined : 'it is a URI that KServe can fetch from', {
    at,
    value: storageUri,
    fix: 'Begin it with gs://, s3://, pvc:// or https://',
  });
}

/** @throws EdgeError EDGE_ERR_VALUE for a type that KServe refuses; EDGE_ERR_CREDENTIALS for a password */
export function checkStorage(at: string, { parameters = {} }: ModelStorage): void {
  const { type } = parameters;
  refuse('EDGE_ERR_VALUE', type === undefined || TYPES.includes(type) ? undefined : `KServe has ${TYPES.join(', ')}`, {
    at: `${at}.parameters.type`,
    value: type,
    fix: 'Use one of these, or storageUri instead',
  });
  const secret = Object.keys(parameters).find((name) => SECRET.test(name));
  refuse('EDGE_ERR_CREDENTIALS', secret && 'everybody who may read the model could read it', {
    at: `a parameter of ${at}`,
    value: secret,
    fix: 'Put it into the entry of the Secret storage-config',
  });
}
