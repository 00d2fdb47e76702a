import type { ReplyBody, RequestMapping } from '../payload/config';
import type { BatchConfig } from './batch';
import type { RouteConfig } from './schema';

/** What a route of any kind says of its model. */
export interface ModelRoute {
  readonly name: string;
  /** Calls at a time. */
  readonly concurrency: number;
  readonly model: RouteConfig['model'];
  readonly request?: RequestMapping | undefined;
  readonly batch?: BatchConfig | undefined;
  readonly reply: { readonly body?: ReplyBody | undefined };
  /** Headers of the model's answer that are wanted, besides those that say how to read it. */
  readonly headers?: { readonly fromModel: readonly string[] } | undefined;
}
