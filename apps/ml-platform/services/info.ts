import { HttpServer, type HttpServerOptions } from './http-server';

/** Paths at the hosts that have all services. */
const SERVICES = [
  { name: 'predict', method: 'POST', path: '/api/v1/serve/predict' },
  { name: 'train', method: 'POST', path: '/api/v1/train/runs' },
  { name: 'deploy', method: 'GET', path: '/api/v1/serve/models?deployed=true' },
  { name: 'dataset', method: 'POST', path: '/api/v1/train/datasets' },
];

/** Tells what there is. */
export function infoService(options: HttpServerOptions): HttpServer {
  const server = new HttpServer(options);
  server.root('info', { service: 'info', services: '/api/v1/info/services' });
  server.app.get('/api/v1/info/services', async () => ({ services: SERVICES }));
  return server;
}
