import { Pool } from 'undici';
import { LoadGenerator, request, takeOrders } from './load';

/** Calls the model without a broker in between: what undici alone costs. */

const REQUEST = request();
const CONNECTIONS = 64;

const [url = ''] = process.argv.slice(2);
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
const headers = { 'content-type': 'application/json' };

const generator: LoadGenerator = new LoadGenerator((number) => {
  pool
    .request({ method: 'POST', path: pathname, headers, body: REQUEST })
    .then(({ body }) => body.arrayBuffer())
    .then(
      () => generator.answered(number),
      (error: Error) => {
        throw error;
      },
    );
});
takeOrders(generator);
