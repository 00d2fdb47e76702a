import { type ServerTrace, UNTRACED } from '../../operations/tracing/tracing';
import type { Refusal } from '../answer';

declare module 'fastify' {
  interface FastifyRequest {
    visit: Visit;
  }
}

/** Who came, as far as the access log says: no path and no headers, for these may hold what is nobody's business. */
export interface Visitor {
  readonly method: string;
  /** Of the certificate that the requester showed. */
  readonly subject: string | undefined;
}

/** One HTTP request, from its headers to the end of its response. */
export class Visit {
  readonly started = performance.now();
  requestId = '';
  /** Of the route that takes it, or a word for what else it asks. */
  route = 'none';
  trace: ServerTrace = UNTRACED;
  /** Why it has no prediction. */
  refusal: Refusal | undefined;
  readonly #gone = new AbortController();
  readonly #ended: (() => void)[] = [];
  #work: Promise<unknown> = Promise.resolve();

  /** Aborted when the requester is gone before it has its answer. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  /** What goes on for this request, whether or not its requester still waits. */
  worksOn<T>(work: Promise<T>): Promise<T> {
    this.#work = work;
    return work;
  }

  /** Calls back when the response is over, and so is the work. */
  onEnd(end: () => void): void {
    this.#ended.push(end);
  }

  /** @param complete whether the requester has the whole response */
  end(complete: boolean): void {
    if (!complete) this.#gone.abort();
    const ended = () => {
      for (const end of this.#ended.splice(0)) end();
    };
    this.#work.then(ended, ended);
  }
}
