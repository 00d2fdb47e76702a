import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EdgeApp } from '../../../../lib';
import { startLocalLoop } from '../../../../lib/testing';
import { freePort } from '../../../../lib/testing/local/free-port';
import { temporaryFolder } from '../../support/folders';
import { describeLoop } from '../../support/loop-rules';
import { BRIDGE_IMAGE, brokerIn, irisStack } from '../../support/stacks';

const startModel = async () => 'http://127.0.0.1:9';

describe('apps/edge-inference on aedes', () => describeLoop('aedes'));

describe('a loop that cannot start', () => {
  function manifestsOf(build: (app: EdgeApp) => void): string {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    build(app);
    app.synth();
    return app.outdir;
  }

  it('says so when a port is taken', async () => {
    const server = createServer();
    onTestFinished(() => {
      server.close();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
    const manifests = manifestsOf((app) => brokerIn(app));

    await expect(startLocalLoop({ manifests, startModel, broker: 'aedes', mqttPort: port })).rejects.toThrow(
      `port ${port} of 127.0.0.1 cannot be used: another program listens on it`,
    );
  });

  it.each([
    ['none', 0, () => undefined],
    [
      'two',
      2,
      (app: EdgeApp) => {
        brokerIn(app, { name: 'north' }, 'north');
        brokerIn(app, { name: 'south' }, 'south');
      },
    ],
  ])('says so when there is not one broker but %s', async (_, count, build) => {
    const manifests = manifestsOf(build);

    await expect(startLocalLoop({ manifests, startModel, broker: 'aedes' })).rejects.toThrow(
      `the manifests have ${count} brokers, but a local loop runs one`,
    );
  });

  it('says so when a bridge runs an image', async () => {
    const manifests = manifestsOf((app) => irisStack({}, {}, app));

    await expect(startLocalLoop({ manifests, startModel, broker: 'aedes' })).rejects.toThrow(
      `bridge bridge runs the image ${BRIDGE_IMAGE}; only BridgeCode.bundled() can run here`,
    );
  });

  it('passes on what a model says that does not start', async () => {
    const manifests = manifestsOf((app) => irisStack({}, {}, app));
    const failing = () => Promise.reject(new Error('no such model'));

    await expect(startLocalLoop({ manifests, startModel: failing, broker: 'aedes' })).rejects.toThrow('no such model');
  });

  it('says so when both ports are one', async () => {
    const manifests = manifestsOf((app) => brokerIn(app));
    const port = await freePort();

    await expect(
      startLocalLoop({ manifests, startModel, broker: 'aedes', mqttPort: port, websocketPort: port }),
    ).rejects.toThrow(String(port));
  }, 5_000);
});
