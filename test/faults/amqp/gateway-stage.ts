import path from 'node:path';
import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import { BridgeProcess } from '../bridge-process';
import type { CountedStage } from '../count';
import { freePort } from '../free-port';
import type { Brokers } from './brokers';
import { Callers } from './callers';
import { onStage, type Setting, type Stage, witnessed } from './stage';

/** What a scenario with gateways runs in. */
export interface GatewaySetting extends Setting {
  /** How long a gateway that is told to stop waits until nobody comes any more. */
  readonly drainDelaySeconds: number;
}

/** A stage on which requests come over HTTP, through one of two gateways. */
export interface GatewayStage extends CountedStage {
  readonly model: Stage['model'];
  readonly gateways: readonly [BridgeProcess, BridgeProcess];
  readonly callers: Callers;
}

export function onGatewayStage<T>(
  brokers: Brokers,
  setting: GatewaySetting,
  play: (stage: GatewayStage) => Promise<T>,
): Promise<T> {
  return onStage(brokers, setting, async (stage) => {
    const ports: [number, number] = [await freePort(), await freePort()];
    const gatewayOn = (port: number) => {
      const config = gatewayConfig(stage, setting, port);
      return new BridgeProcess(path.join(stage.directory, `gateway-${port}.json`), config, 'gateway');
    };
    const gateways: [BridgeProcess, BridgeProcess] = [gatewayOn(ports[0]), gatewayOn(ports[1])];
    const replicas = gateways.map((gateway, i) => ({ gateway, origin: `http://127.0.0.1:${ports[i]}` }));
    const callers = new Callers(replicas, setting.silenceMs);
    try {
      await Promise.all(gateways.map((gateway) => gateway.start().then(() => gateway.ready())));
      return await play({
        model: stage.model,
        bridges: [stage.bridge, ...gateways, witnessed(callers)],
        gateways,
        callers,
        verifier: callers,
      });
    } finally {
      await callers.close();
      for (const gateway of gateways) await gateway.close();
    }
  });
}

function gatewayConfig(
  { amqp, exchange }: Stage,
  { drainDelaySeconds }: GatewaySetting,
  port: number,
): GatewayConfigInput {
  return {
    amqp,
    gateway: {
      host: '127.0.0.1',
      port,
      drain: { delaySeconds: drainDelaySeconds },
      routes: [{ name: 'predict', path: '/v1/predict', amqp: { exchange } }],
    },
    http: { host: '127.0.0.1', port: 0 },
  };
}
