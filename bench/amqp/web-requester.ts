import { Pool } from 'undici';
import { LoadGenerator, request, takeOrders } from '../bridge/load';

/** Whoever asks over HTTP, on connections that are kept. */

const REQUEST = request();
const CONNECTIONS = 64;

const [origin = ''] = process.argv.slice(2);
const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
const headers = { 'content-type': 'application/json', 'routing-key': 'predict.now' };

const generator: LoadGenerator = new LoadGenerator((number) => {
  ask().then(
    () => generator.answered(number),
    (error: Error) => {
      throw error;
    },
  );
});

async function ask(): Promise<void> {
  const { statusCode, body } = await pool.request({ method: 'POST', path: '/v1/predict', headers, body: REQUEST });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`the gateway said ${statusCode}: ${text}`);
}

takeOrders(generator);
