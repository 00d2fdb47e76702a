import { expect, it } from 'vitest';
import { BridgeCode, EdgeApp, Mosquitto } from '../../../lib';

it.each([
  ['Mosquitto.image', (image: string) => new Mosquitto(new EdgeApp(), 'broker', { image })],
  ['BridgeCode.fromImage(image)', BridgeCode.fromImage],
  ['BridgeCode.bundled(nodeImage)', BridgeCode.bundled],
])('%s is not empty and has no blanks', (at, use) => {
  for (const image of ['', 'node 24']) expect(() => use(image)).toThrow(`EDGE_ERR_VALUE: ${at} is "${image}"`);
});
