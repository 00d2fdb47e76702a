import { describe, expect, it } from 'vitest';
import type { BridgeConfigInput } from '../../../bridge/config';
import { bridgeProblems } from '../../../lib/connector/bridge-rules';

const CONFIG: BridgeConfigInput = {
  broker: { url: 'mqtt://broker.example.com', clientId: 'bridge' },
  routes: [
    {
      name: 'iris',
      requestTopic: 'iris/input',
      model: { url: 'http://iris.example.com/v1/models/iris:predict' },
      reply: { topic: 'iris/output' },
      deadLetter: { topic: 'iris/dead-letter' },
    },
  ],
};

describe('the rules of the bridge', () => {
  it('have nothing against a configuration that it starts with', () => {
    expect(bridgeProblems(CONFIG)).toStrictEqual([]);
  });

  it('are told one by one, as the bridge says them', () => {
    const wrong = { ...CONFIG, delivery: { window: 0 }, http: { port: 70_000 } };

    expect(bridgeProblems(wrong)).toStrictEqual([
      expect.stringMatching(/^delivery\.window is 0\. /),
      expect.stringMatching(/^http\.port is 70000\. /),
    ]);
  });
});
