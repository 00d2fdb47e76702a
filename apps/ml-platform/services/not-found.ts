import { HttpServer, type HttpServerOptions } from './http-server';

/** Answers what no route takes. */
export function notFoundService(options: HttpServerOptions): HttpServer {
  return new HttpServer({ ...options, notFound: 'text' });
}
