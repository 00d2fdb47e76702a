import { ApiObject, type App, Chart } from 'cdk8s';
import type { Mosquitto } from '../../lib';
import type { AwsConfig } from './config';
import type { LateValues, Login } from './exposure';

/** The Secrets with passwords that the topology names, and leaves to those who deploy it. */
export function addPasswords(
  app: App,
  { brokerNamespace: namespace }: Mosquitto,
  { cameraPassword, bridgePassword }: AwsConfig,
  { textOf }: LateValues<Login>,
): void {
  const chart = new Chart(app, 'passwords', { namespace });
  const passwords = { 'camera-7-mqtt': cameraPassword, 'bridge-mqtt': bridgePassword };
  for (const [name, secret] of Object.entries(passwords)) {
    const stringData = { password: textOf(secret) };
    new ApiObject(chart, name, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });
  }
}
